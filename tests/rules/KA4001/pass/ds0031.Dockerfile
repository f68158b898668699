# After Trivy's DS-0031 and BuildKit's SecretsUsedInArgOrEnv: names that only sound like it, files
# and references.
FROM alpine:3.20
ARG TOKEN_FILE
ENV PASSWORD_FILE=/run/secrets/password TOKEN_ENDPOINT=https://login.example/token
ENV PYTHON_GET_PIP_SHA256=24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d
ENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D PUBLIC_KEY=/etc/key.pub
ENV SECRET_NAME=db-credentials GOPRIVATE=github.com/shop DB_USERNAME=shop DB_PASSWORD=
USER guest
