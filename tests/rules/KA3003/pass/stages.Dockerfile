ARG VERSION
FROM node:${VERSION} AS unknown
FROM node:24-bookworm AS build
FROM build AS node16
FROM scratch AS files
COPY --from=node16 /app /app
FROM python:3.13-slim-bookworm
COPY --from=golang:1.27 /usr/local/go /usr/local/go
COPY --from=$VERSION /a /a
USER 10001
