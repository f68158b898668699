# After hadolint's DL3006 and DL3007: versions, earlier stages, scratch, a digest.
ARG VERSION=12.8
FROM debian:12.8 AS build
FROM build AS test
FROM scratch AS empty
FROM debian:${VERSION} AS variable
FROM debian@sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d
COPY --from=build /a /b
COPY --from=0 /a /c
USER 10001
