# context: .env src/main.c
# dockerignore: .env .git
FROM registry.example/base:1.4.2
ARG VERSION
ENV DB_PASSWORD_FILE=/run/secrets/db TITLE=shop
RUN echo "$KEY" > /root/.ssh/id_rsa && git clone git@git.example:shop.git && rm /root/.ssh/id_rsa
RUN printf x | tee ~/.netrc && make && rm -rf ~/.netrc && export TOKEN=$(cat /x) && unset TOKEN
RUN rm -f /root/.ssh/id_rsa ~/.netrc
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci && rm -f /root/.npmrc
RUN unset VERSION TITLE DB_PASSWORD_FILE UNKNOWN
COPY . /src
COPY package.json server.crt ca.pem /src/
# .dockerignore leaves these out.
RUN rm -rf /src/.env /src/.git /src/ca.pem /src/server.crt /var/lib/apt/lists/* /src/$NAME
RUN curl -o /tmp/nginx_signing.key https://nginx.example/keys/nginx_signing.key
RUN apt-key add /tmp/nginx_signing.key && rm /tmp/nginx_signing.key
ENV TITLE= DB_PASSWORD=
USER 10001
