FROM registry.example/base:1.4.2 AS build
RUN chmod 4755 /usr/local/bin/only-here

FROM registry.example/base:1.4.2
ARG MODE
COPY --chmod=755 helper /usr/local/bin/
COPY --chmod=$MODE helper /usr/local/bin/
RUN chmod 0755 /usr/local/bin/helper && chmod 755 /x && chmod g+s /shared && chmod 2775 /shared
RUN chmod u-s /bin/su && chmod a-s /bin/mount && chmod u=rwx,go=rx /x && chmod $MODE /x
RUN find / -perm /6000 -type f -exec chmod a-s {} \; || true
RUN chmod --reference=/bin/su /x && mkdir -m 1777 /scratch && install -m 755 -d /data
RUN setcap cap_net_bind_service=+ep /usr/local/bin/helper
RUN echo chmod 4755 /x && grep -m 4755 x /etc/passwd
USER 10001
