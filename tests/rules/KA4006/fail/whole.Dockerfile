# context: .env .env.local src/main.c deploy/id_rsa .git/ tls/server.key prod.tfvars .aws/
# dockerignore: .env.local
FROM registry.example/base:1.0.0 AS build
# expect-next: build-context-leak
COPY . /src
# expect-next: build-context-leak
ADD deploy /deploy
FROM registry.example/base:1.0.0
COPY src /src
USER 10001
