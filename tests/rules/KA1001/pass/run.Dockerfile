FROM registry.example/base:1.0.0
RUN --security=sandbox make
RUN make --security=insecure
USER 10001
