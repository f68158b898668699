# expect-next: image-not-pinned
FROM golang:1.27 AS build
FROM build AS test
# expect-next: image-not-pinned
FROM registry.example:5000/base:2
USER 10001
