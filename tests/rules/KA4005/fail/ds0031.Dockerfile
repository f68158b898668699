# After Trivy's DS-0031: secrets by the names of their files.
FROM alpine:3.20
# expect-next: secret-file-copied
COPY .aws/credentials /root/.aws/credentials
# expect-next: secret-file-copied
COPY --chown=guest id_ed25519 /home/guest/.ssh/
# expect-next: secret-file-copied
ADD .netrc /root/
USER guest
