# context: src/main.c
# dockerignore: .git/ *.pem .env
FROM registry.example/base:1.0.0
# expect-next: dockerignore-incomplete
ADD / /src
USER 10001
