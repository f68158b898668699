FROM registry.example/base:1.4.2 AS base
HEALTHCHECK CMD true
FROM base
# expect-next: no-healthcheck
HEALTHCHECK NONE
USER 10001
CMD ["/app"]
