FROM registry.example/node:22
ARG USER_NAME
USER ${USER_NAME}
