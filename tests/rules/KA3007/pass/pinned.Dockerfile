FROM registry.example/base:1.0.0
ARG DIGEST
ARG COMMIT
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://get.example.com/a /tmp/
ADD --checksum=$DIGEST https://get.example.com/a /tmp/
ADD https://git.example.com/shop.git#8f84a87ff1d3c0d8c6e1b6a1a6fd2c21c12d40d3 /src
ADD https://git.example.com/shop.git#8f84a87ff1d3c0d8c6e1b6a1a6fd2c21c12d40d3:docs /src
ADD https://git.example.com/shop.git?tag=v1&checksum=8f84a87ff1d3c0d8c6e1b6a1a6fd2c21c12d40d3 /src
ADD https://git.example.com/shop.git#${COMMIT} /src
ADD archive.tar.gz /opt/
ADD shop.git /src
COPY https/get.example.com /tmp/
USER 10001
