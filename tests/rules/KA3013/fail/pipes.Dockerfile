FROM registry.example/base:1.4.2
# expect-next: pipe-hides-failure
RUN wget -O - https://some.example | wc -l > /number
# expect-next: pipe-hides-failure
RUN curl -fsSL https://files.example/list | sort | tee /list
# expect-next: pipe-hides-failure
RUN sha256sum -c SHA256SUMS 2>&1 | tee /log
# expect-next: pipe-hides-failure
RUN cd /src && make test | tee /log && make install
# expect-next: pipe-hides-failure
RUN VERSION=$(curl -s https://files.example/latest | jq -r .tag) && echo "$VERSION"
RUN set -ex \
    && apk add curl \
# expect-next: pipe-hides-failure
    && curl -fsSL https://files.example/key.asc | sudo tee /etc/apt/keyrings/shop.asc > /dev/null
RUN <<EOF
set -e
# expect-next: pipe-hides-failure
gunzip -c /tmp/hosts.gz | sed 's/a/b/' > /etc/shop/hosts
EOF
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN curl -fsSL https://files.example/list | sort > /list
SHELL ["/bin/sh", "-c"]
# expect-next: pipe-hides-failure
RUN curl -fsSL https://files.example/list | sort > /list
USER 10001
