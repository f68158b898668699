FROM registry.example/base:1.0.0
ARG FILE
COPY requirements.txt /usr/src/app/
ADD rootfs.tar.xz /
ADD rootfs.tar /
ADD rootfs.tgz assets.txz /
ADD dist/shop-*.tar.* /opt/
ADD README.md rootfs.tar.gz /
ADD $FILE /app/
ADD build/$FILE /app/
ADD https://get.example.com/a /tmp/
ADD git@git.example.com:shop/shop.git /src
USER 10001
