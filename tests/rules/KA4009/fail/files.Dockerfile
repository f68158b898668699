FROM registry.example/base:1.4.2 AS base
WORKDIR /app
COPY deploy/id_rsa /root/.ssh/id_rsa
COPY .npmrc package.json ./
COPY --chown=10001 *.pem /certs/
# expect-next: deleted-secret-recoverable
RUN npm ci && rm -f .npmrc
# expect-next: deleted-secret-recoverable
RUN rm -rf /root/.ssh
RUN cd /certs \
# expect-next: deleted-secret-recoverable
    && rm -f *.pem
COPY kubeconfig /tmp/key
# expect-next: deleted-secret-recoverable
RUN ["rm", "/tmp/key"]
RUN echo "$NETRC" > ~/.netrc && chmod 600 ~/.netrc
# expect-next: deleted-secret-recoverable
RUN git clone https://git.example/shop.git && rm $HOME/.netrc
RUN <<EOF
set -e
# expect-next: deleted-secret-recoverable
shred -u /root/.ssh/id_rsa
EOF
COPY <<EOF /root/.pgpass
db:5432:shop:shop:$PASSWORD
EOF
# expect-next: deleted-secret-recoverable
RUN psql -f schema.sql && unlink /root/.pgpass

FROM base
# expect-next: deleted-secret-recoverable
RUN rm /certs/server.pem /app/.npmrc
USER 10001
