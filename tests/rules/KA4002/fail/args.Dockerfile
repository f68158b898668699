# expect-next: secret-in-build-arg
ARG DEPLOY_TOKEN=quiet-otter-17-swims
FROM registry.example/base:1.0.0 AS build
# expect-next: secret-in-build-arg
ARG GITHUB_TOKEN
# expect-next: secret-in-build-arg
ARG DB_PASSWORD="quiet otter 17"
# expect-next: secret-in-build-arg
ARG REGISTRY_PASSWORD=
ARG VERSION=1.2 \
# expect-next: secret-in-build-arg
    SIGNING_SECRET=quiet-otter-17
# expect-next: secret-in-build-arg
ARG WEAK_PASSWORD=changeme
RUN git clone https://x:${GITHUB_TOKEN}@git.example/shop && \
    login --user u --password-stdin <<< "$REGISTRY_PASSWORD"
RUN <<EOF
use $SIGNING_SECRET
EOF
FROM registry.example/base:1.0.0
COPY --from=build /shop /shop
USER 10001
