FROM registry.example/base:1.4.2 AS build
HEALTHCHECK CMD true
RUN make

# expect-next: no-healthcheck
FROM registry.example/base:1.4.2
COPY --from=build /app /app
USER 10001
ENTRYPOINT ["/app"]
