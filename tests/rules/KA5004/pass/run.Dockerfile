FROM registry.example/base:1.0.0
RUN apt-get remove sudo
RUN echo sudo
USER 10001
