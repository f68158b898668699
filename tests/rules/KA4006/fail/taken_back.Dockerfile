# context: src/main.c src/.env deploy/id_rsa
# dockerignore: * !src
FROM registry.example/base:1.0.0
# expect-next: build-context-leak
COPY ./ /src
COPY ./src/ /src
USER 10001
