FROM registry.example/base:1.0.0 AS build
COPY .env.example ca.pem id_rsa.pub tls/fullchain.pem /app/
COPY src/credentials.go environment.ts ./
COPY <<.env /app/
A=1
.env
RUN make
FROM registry.example/base:1.0.0
COPY --from=build /root/.npmrc /etc/ssl/private/server.key /x/
ADD https://files.example/server.key /x/
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
USER 10001
