FROM registry.example/base:1.4.2 AS keys
COPY id_rsa /root/.ssh/
FROM registry.example/base:1.4.2
RUN rm -f /root/.ssh/id_rsa
COPY id_rsa /opt/key
RUN rm -f /root/opt/key id_rsa /opt/key.pub && echo rm /opt/key && cat /opt/key
ONBUILD RUN rm /opt/key
USER 10001
