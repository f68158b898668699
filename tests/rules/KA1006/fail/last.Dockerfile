FROM registry.example/base:1.0.0
USER 10001
RUN make
# expect-next: run-as-root
USER root
CMD ["shop"]
