# After hadolint's DL3002: the last user is root.
FROM busybox:1.36 AS tools
USER nobody
FROM busybox:1.36
USER guest
RUN something
# expect-next: run-as-root
USER root
