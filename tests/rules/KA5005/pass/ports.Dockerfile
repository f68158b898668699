FROM registry.example/base:1.0.0 AS build
EXPOSE 22
FROM registry.example/base:1.0.0
EXPOSE 2222 22/udp 80
CMD ["shop", "sshd"]
USER 10001
