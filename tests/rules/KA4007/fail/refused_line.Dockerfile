# context: src/main.c
# dockerignore: .git **/.env* **/*.pem **/*.key [a
FROM registry.example/base:1.0.0
# expect-next: dockerignore-incomplete
COPY . /src
USER 10001
