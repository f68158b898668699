FROM registry.example/base:1.0.0
# expect-next: ssh-server
EXPOSE 80 22/tcp
# expect-next: ssh-server
CMD service ssh start && shop
