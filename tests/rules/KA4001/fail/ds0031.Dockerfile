# After Trivy's DS-0031 and BuildKit's SecretsUsedInArgOrEnv, with values that are none of anybody.
FROM alpine:3.20
# expect-next: secret-in-env
ENV passwd=banana-moth-41 team=shop
# expect-next: secret-in-env
ENV AWS_SECRET_ACCESS_KEY wJq2ZtR8vLk5HnYc3XeP7sMd9BfUa4TgQo6iEr1u
# expect-next: secret-in-env
ENV GITHUB_TOKEN="quiet-otter-17-calm-heron"
USER guest
