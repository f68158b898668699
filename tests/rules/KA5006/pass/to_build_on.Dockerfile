FROM registry.example/base:1.4.2
RUN apk add --no-cache curl
USER 10001
