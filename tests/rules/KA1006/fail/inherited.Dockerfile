FROM registry.example/base:1.0.0 AS base
# expect-next: run-as-root
USER 0
FROM base
CMD ["shop"]
