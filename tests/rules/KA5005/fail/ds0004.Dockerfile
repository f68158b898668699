# After Trivy's DS-0004.
FROM alpine:3.20
# expect-next: ssh-server
EXPOSE 22
# expect-next: ssh-server
EXPOSE 3000 22/tcp
USER guest
