FROM golang:1.27 AS build
RUN go build
# expect-next: run-as-root
FROM docker.io/library/debian:12-slim
COPY --from=build /shop /shop
