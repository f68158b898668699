FROM registry.example/base:1.4.2
LABEL kaudit.dev/exposure="internet"
# expect-next: exposed-secret-in-image
ENV API_TOKEN=ghp_0123456789abcdefghijABCDEFGHIJ012345
