FROM registry.example/node:24
USER 10001
