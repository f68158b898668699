FROM registry.example/base:1.4.2 AS build
RUN chmod -R 777 /src

FROM registry.example/base:1.4.2
COPY --chmod=755 app /app
COPY --chown=10001:10001 data /data
RUN chmod 1777 /tmp && chmod a+rwxt /scratch && chmod 775 /data && chmod g+w /data
RUN chmod +w /app/log && chmod u+w,o-w /app/log && chmod o=rx /app && chmod +x /entrypoint.sh
RUN chmod u=rwX,go=rX -R /app && mkdir -m 755 /x && mkdir -p /a777
RUN tmp="$(mktemp -d)" && chmod 777 "$tmp" && make -C "$tmp" && rm -rf "$tmp"
RUN echo 777 > /port && kill -m 777
USER 10001
