# expect-next: no-healthcheck
FROM registry.example/base:1.4.2
EXPOSE 8080
ONBUILD HEALTHCHECK CMD true
USER 10001
