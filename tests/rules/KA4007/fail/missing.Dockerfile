# context: src/main.c .env
FROM registry.example/base:1.0.0 AS build
# expect-next: dockerignore-incomplete
COPY . /src
FROM registry.example/base:1.0.0
ADD ./ /src
USER 10001
