# context: src/main.c .env
# dockerignore: .git
FROM registry.example/base:1.0.0
COPY . /src
USER 10001
