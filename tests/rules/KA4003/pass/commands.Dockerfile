FROM registry.example/base:1.0.0
RUN --mount=type=secret,id=db_password,env=DB_PASSWORD \
    shop migrate --password "$DB_PASSWORD"
RUN curl -u "shop:$(cat /run/secrets/db)" https://db.example/x
RUN adduser --disabled-password --gecos "" app
RUN echo "DB_PASSWORD=${DB_PASSWORD}" > /etc/shop.env
LABEL org.opencontainers.image.revision="3f786850e387550fdab836ed7e6dc881de23001b"
RUN <<EOF
export TOKEN=$(cat /run/secrets/token)
EOF
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d \
    https://files.example/data.tar.gz /data/
HEALTHCHECK CMD curl -f http://localhost/
CMD ["shop", "--db-password-file=/run/secrets/db"]
USER 10001
