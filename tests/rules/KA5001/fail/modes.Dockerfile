FROM registry.example/base:1.4.2
# expect-next: setuid-file
COPY --chmod=4755 helper /usr/local/bin/
# expect-next: setuid-file
RUN chmod 4755 /usr/local/bin/helper
# expect-next: setuid-file
RUN chmod 06755 /usr/local/bin/helper
# expect-next: setuid-file
RUN chmod -v u+s /usr/local/bin/helper
# expect-next: setuid-file
RUN chmod u+rwxs,go=rx /usr/local/bin/helper
# expect-next: setuid-file
RUN chmod +s /usr/local/bin/helper
# expect-next: setuid-file
RUN ["/bin/chmod", "a+s", "/usr/local/bin/helper"]
# expect-next: setuid-file
RUN apk add tool && install -o root -m 4711 helper /usr/local/bin/
RUN apk add tool \
# expect-next: setuid-file
    && install -m4711 helper /usr/local/bin/ \
# expect-next: setuid-file
    && install --mode=u=rwxs helper /usr/local/bin/
# expect-next: setuid-file
RUN find /opt -name 'ping*' -exec chmod u+s {} \;
# expect-next: setuid-file
RUN find /opt -name 'ping*' | xargs chmod u+s
RUN <<EOF
set -e
# expect-next: setuid-file
chmod 4755 /usr/local/bin/helper
EOF
USER 10001
