# context: .env src/main.c srcs/.env
FROM registry.example/base:1.0.0
COPY src /src
COPY .env.example /src/
USER 10001
