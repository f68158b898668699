# After Trivy's DS-0031 and BuildKit's SecretsUsedInArgOrEnv.
FROM alpine:3.20
# expect-next: secret-in-build-arg
ARG AWS_SECRET_ACCESS_KEY
# expect-next: secret-in-build-arg
ARG GITHUB_TOKEN
RUN aws s3 cp s3://shop/file . && git clone https://x:$GITHUB_TOKEN@git.example/shop
USER guest
