FROM registry.example/node:22.11.0
ENV USERNAME=app GOPRIVATE=git.example/* DB_PASSWORD="" API_TOKEN=
ENV DB_PASSWORD_FILE=/run/secrets/db_password
ENV AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/secrets/token
ENV PASSWORD_MIN_LENGTH=12 TOKENIZERS_PARALLELISM=false SECRET_NAME=shop-db
ENV PATH=/opt/shop/bin:$PATH TOKEN_PATH=$HOME/token
ENV KEYRING /usr/share/keyrings/shop.gpg
ENV DB_PASSWORD=<password>
USER 10001
