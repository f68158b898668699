# context: .env src/main.c deploy/id_rsa .git/ tls/ca.pem
# dockerignore: .env* .git **/id_rsa
FROM registry.example/base:1.0.0 AS build
COPY . /src
FROM registry.example/base:1.0.0
COPY --from=build . /src
USER 10001
