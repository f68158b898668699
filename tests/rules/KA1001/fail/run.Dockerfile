FROM registry.example/base:1.0.0
# expect-next: privileged-container
RUN --security=insecure mount /dev/sda1 /mnt
USER 10001
