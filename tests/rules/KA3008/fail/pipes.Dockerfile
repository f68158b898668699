FROM registry.example/base:1.0.0
# expect-next: pipe-to-shell
RUN curl -fsSL https://get.example.com | sh
# expect-next: pipe-to-shell
RUN set -e; wget -qO- https://get.example.com | sudo -E bash -s -- --yes
RUN apt-get update && \
# expect-next: pipe-to-shell
    curl https://deb.example.com/setup | bash - && \
    apt-get install shop
# expect-next: pipe-to-shell
RUN curl https://get.example.com/x.gz | gunzip | python3 -
# expect-next: pipe-to-shell
RUN bash -c "$(curl -fsSL https://get.example.com)"
# expect-next: pipe-to-shell
RUN bash <(wget -qO- https://get.example.com)
RUN <<EOF
# expect-next: pipe-to-shell
curl https://get.example.com | sh
EOF
USER 10001
