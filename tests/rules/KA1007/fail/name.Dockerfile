FROM registry.example/base:1.0.0
RUN adduser -D app
# expect-next: may-run-as-root
USER app:app
