# context: src/main.c
FROM registry.example/base:1.0.0
COPY src package.json /src/
USER 10001
