# After hadolint's DL3002 and Trivy's DS-0002: root by number, with a group.
FROM busybox:1.36
# expect-next: run-as-root
USER 0:0
CMD ["sh"]
