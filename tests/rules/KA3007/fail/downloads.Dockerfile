FROM registry.example/base:1.0.0 AS build
ARG VERSION
# expect-next: remote-add
ADD https://get.example.com/tool-${VERSION}.tar.gz /opt/
# expect-next: remote-add
ADD http://get.example.com/install.sh /tmp/install.sh
# expect-next: remote-add x2
ADD https://get.example.com/a local.txt https://get.example.com/b /tmp/
# expect-next: remote-add
ADD ["https://get.example.com/a file", "/tmp/"]
# expect-next: remote-add
ADD --keep-git-dir=true https://git.example.com/shop.git /src
# expect-next: remote-add
ADD https://git.example.com/shop.git#v1.4.2:docs /src
# expect-next: remote-add
ADD https://git.example.com/shop.git?tag=v1.4.2 /src
# expect-next: remote-add
ADD git@git.example.com:shop/shop.git /src
# expect-next: remote-add
ADD ssh://git@git.example.com/shop.git#main /src
FROM registry.example/base:1.0.0
# expect-next: remote-add
ONBUILD ADD https://get.example.com/latest /tmp/
COPY --from=build /opt /opt
USER 10001
