ARG VERSION=1.2
ARG OTHER
FROM golang:${VERSION} AS build
FROM registry.example:5000/base@sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d
FROM registry.example/$OTHER
FROM scratch
FROM build
COPY --from=build /a /b
COPY --from=0 /a /c
COPY --from=busybox:1.37 /bin/sh /bin/sh
USER 10001
