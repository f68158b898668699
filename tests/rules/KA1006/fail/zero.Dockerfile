FROM registry.example/base:1.0.0
ARG UID=0
# expect-next: run-as-root
USER ${UID}:10001
