FROM registry.example/base:1.0.0
# expect-next: host-network
RUN --network=host curl http://169.254.169.254/
USER 10001
