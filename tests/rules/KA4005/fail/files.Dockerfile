FROM registry.example/base:1.0.0 AS build
# expect-next: secret-file-copied
COPY .env /app/
COPY package.json \
# expect-next: secret-file-copied
    .npmrc ./
# expect-next: secret-file-copied
ADD deploy/id_rsa /root/.ssh/id_rsa
# expect-next: secret-file-copied
COPY ["tls/server.key", "/etc/tls/"]
# expect-next: secret-file-copied
COPY .git/ /src/.git
ARG FILE=kubeconfig
# expect-next: secret-file-copied
COPY ${FILE} /root/
RUN make
FROM registry.example/base:1.0.0
# expect-next: secret-file-copied
ONBUILD COPY .docker/config.json /root/.docker/config.json
USER 10001
