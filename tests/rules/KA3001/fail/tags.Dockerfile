ARG BASE=registry.example/base
# expect-next: image-tag
FROM $BASE AS one
# expect-next: image-tag
FROM golang:latest AS two
ARG TAG
FROM one
# expect-next: image-tag
COPY --from=busybox /bin/sh /bin/sh
COPY --from=two /a /b
USER 10001
