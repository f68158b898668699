FROM registry.example/wheels:1.0.0 AS build
RUN apt-get install -y build-essential
FROM debian:13-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
      ca-certificates \
# expect-next: single-stage-build
      build-essential=12.12 libpq-dev && \
    rm -rf /var/lib/apt/lists/*
# expect-next: single-stage-build
RUN apk add --no-cache libffi-dev
# expect-next: single-stage-build
RUN yum -y install openssl-devel && yum clean all
# expect-next: single-stage-build
RUN ["apt-get", "install", "-y", "golang-go"]
RUN <<EOF
apt-get update
# expect-next: single-stage-build
apt-get install -y openjdk-21-jdk
EOF
CMD ["/app"]
