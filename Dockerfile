# Two images, each with one program, its libraries and no shell:
#   docker build --target kaudit-webhook -t kaudit-webhook:0.1.0 .
#   docker build --target kaudit -t kaudit:0.1.0 .
# To build from the same inputs again, pin the base by the digest that you trust, and packages to a day:
#   --build-arg BASE=docker.io/library/debian:12-slim@sha256:…
#   --build-arg SNAPSHOT=20261101T000000Z (of snapshot.debian.org) --build-arg SOURCE_DATE_EPOCH=…
ARG BASE=docker.io/library/debian:12-slim

FROM ${BASE} AS build
SHELL ["/bin/sh", "-euc"]
WORKDIR /src
ARG SNAPSHOT=
ARG SOURCE_DATE_EPOCH=0
# This file alone first: the packages stay in the cache while sources change.
COPY scripts/lib.sh scripts/
RUN if [ -n "$SNAPSHOT" ]; then \
      sed -i "s|http://deb.debian.org/\(debian[a-z-]*\)|http://snapshot.debian.org/archive/\1/$SNAPSHOT|" \
        /etc/apt/sources.list.d/debian.sources; \
      echo 'Acquire::Check-Valid-Until "false";' >/etc/apt/apt.conf.d/snapshot; \
    fi; \
    bash -c 'source scripts/lib.sh && install_packages "${build_packages[@]}" binutils python3'
COPY . .
RUN cmake --preset release; \
    cmake --build --preset release; \
    cmake --install build/release --prefix /built --strip; \
    mkdir /image; \
    for program in kaudit kaudit-webhook; do \
      scripts/image-root "/built/bin/$program" "/image/$program"; \
    done

FROM scratch AS kaudit
LABEL org.opencontainers.image.title="kaudit" \
      org.opencontainers.image.description="Finds what makes workloads dangerous in manifests, Dockerfiles and Compose files" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /image/kaudit /
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/usr/bin/kaudit"]

FROM scratch AS kaudit-webhook
LABEL org.opencontainers.image.title="kaudit-webhook" \
      org.opencontainers.image.description="Denies dangerous pods at admission" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /image/kaudit-webhook /
USER 65532:65532
EXPOSE 9443 8080 8081
ENTRYPOINT ["/usr/bin/kaudit-webhook"]
