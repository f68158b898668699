FROM registry.example/base:1.0.0
RUN apk add curl \
# expect-next: secret-in-command
    && curl -u shop:quiet-otter-17 https://db.example/x \
    && rm -rf /var/cache
# expect-next: secret-in-command
RUN ["mysql", "-u", "root", "-pquiet-otter-17"]
# expect-next: secret-in-command
RUN git clone https://bot:quiet-otter-17@git.example/shop.git
# expect-next: secret-in-command
RUN export DB_PASSWORD=quiet-otter-17 && make && unset DB_PASSWORD
RUN <<EOF
set -e
# expect-next: secret-in-command
login --password quiet-otter-17
EOF
RUN --network=host \
# expect-next: secret-in-command x2
    curl -fu "shop:quiet-otter-17" https://db.example/x -o '/tmp/x' && app --db-password 'calm-heron-23'
# A long script: its line is enough.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl git gnupg less locales make openssh-client patch procps rsync unzip wget \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb /usr/share/doc/* /usr/share/man/* /var/log/*.log \
# expect-next: secret-in-command
    && git clone https://bot:quiet-otter-17@git.example/shop.git /src/shop \
    && make -C /src/shop install PREFIX=/usr/local && rm -rf /src/shop
# The value stands there once more, where nothing tells what it is.
# expect-next: secret-in-command
RUN export DB_PASSWORD=quiet-otter-17 && echo quiet-otter-17 | login -u me
COPY <<config.ini /etc/shop/config.ini
user = shop
# expect-next: secret-in-command
password = quiet-otter-17
config.ini
# expect-next: secret-in-command
ADD https://shop:quiet-otter-17@files.example/data.tar.gz /data/
# expect-next: secret-in-command
LABEL com.example.db.password="quiet-otter-17" com.example.team=shop
# expect-next: secret-in-command
HEALTHCHECK CMD curl -f -u admin:quiet-otter-17 http://localhost/
# expect-next: secret-in-command
CMD ["shop", "--db-password=quiet-otter-17"]
USER 10001
