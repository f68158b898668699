FROM registry.example/base:1.0.0
USER 10001:0
