# context: .env deploy/id_rsa src/main.c
FROM registry.example/base:1.4.2
COPY . /src
# expect-next: deleted-secret-recoverable
RUN make && rm -rf /src/deploy
# expect-next: deleted-secret-recoverable x2
RUN rm -rf /src/.env /src/.git
COPY deploy/ /deploy
# expect-next: deleted-secret-recoverable
RUN rm -rf /deploy
COPY . /
# expect-next: deleted-secret-recoverable
RUN rm /.env
USER 10001
