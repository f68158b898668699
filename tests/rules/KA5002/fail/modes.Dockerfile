FROM registry.example/base:1.4.2
# expect-next: world-writable
COPY --chmod=777 app /app
# expect-next: world-writable
ADD --chmod=0666 app.conf /etc/
# expect-next: world-writable
RUN mkdir /data && chmod 777 /data
# expect-next: world-writable
RUN chmod -R 0777 /app
# expect-next: world-writable
RUN chmod --recursive ugo+rwx /app
# expect-next: world-writable
RUN chmod a+w /app && chown app /app
# expect-next: world-writable
RUN chmod u=rw,o+w /app/log
# expect-next: world-writable
RUN ["chmod", "666", "/app/log"]
# expect-next: world-writable
RUN mkdir -p -m 777 /data
# expect-next: world-writable
RUN install -d -m 0777 /cache
# expect-next: world-writable
RUN chmod 777 /tmp
# expect-next: world-writable
CMD chmod 777 /run/app.sock && exec app
USER 10001
