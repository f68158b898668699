FROM registry.example/base:1.4.2 AS build
COPY id_rsa /root/.ssh/
# expect-next: deleted-secret-recoverable
RUN git clone git@git.example:shop.git && rm /root/.ssh/id_rsa

FROM registry.example/base:1.4.2
COPY --from=build /shop /shop
USER 10001
