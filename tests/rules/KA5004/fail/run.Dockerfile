FROM registry.example/base:1.0.0
RUN make && \
# expect-next: sudo
    sudo make install && sudo true
# expect-next: sudo
CMD ["sudo", "shop"]
