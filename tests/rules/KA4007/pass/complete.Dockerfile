# context: src/main.c
# dockerignore: * !src !*.json
FROM registry.example/base:1.0.0
COPY . /src
USER 10001
