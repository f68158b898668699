# After hadolint's DL3057 and Trivy's DS-0026: in the stage itself or in one that it builds on.
FROM busybox:1.36 AS base
HEALTHCHECK CMD /bin/bla
FROM base
HEALTHCHECK --interval=5m --timeout=3s CMD curl -f http://localhost/ || exit 1
CMD ["/app/serve"]
USER guest
