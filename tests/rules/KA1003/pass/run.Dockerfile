FROM registry.example/base:1.0.0
RUN --network=none make
RUN --network=default make
RUN make --network=host
USER 10001
