# After hadolint's DL3002: root in between, and in a stage that is not shipped.
FROM busybox:1.36 AS build
USER root
RUN make
FROM busybox:1.36
USER root
RUN something
USER guest
