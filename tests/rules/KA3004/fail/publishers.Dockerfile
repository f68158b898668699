# expect-next: base-image-unverified
FROM acme/node-extras:22.11 AS build
# expect-next: base-image-unverified
FROM docker.io/bitnami/python:3.13 AS base
# expect-next: base-image-unverified
FROM ghcr.io/somebody/tools:1.2@sha256:5f2b0ff9d3f2e1d8a0f1e7a4c7d6f4b3a2918070f6e5d4c3b2a1908f7e6d5c4b AS tools
FROM base
# expect-next: base-image-unverified
COPY --from=quay.io/somebody/ca:1 /etc/ssl /etc/ssl
# expect-next: base-image-unverified
COPY --from=public.ecr.aws/a1b2c3d4/tool:1 /tool /tool
COPY --from=build /app /app
USER 10001
