ARG NODE=16
# expect-next: base-image-end-of-life
FROM node:${NODE}-buster AS build
RUN npm ci
FROM build AS tests
# expect-next: base-image-end-of-life
FROM python:3.7-slim AS base
# expect-next: base-image-end-of-life
FROM docker.io/library/openjdk:11-jre-slim AS java
FROM base
COPY --from=build /app /app
# expect-next: base-image-end-of-life
COPY --from=php:7.4-fpm-alpine3.12 /usr/local /usr/local
# expect-next: base-image-end-of-life
COPY --from=golang:1.16 /usr/local/go /usr/local/go
USER 10001
