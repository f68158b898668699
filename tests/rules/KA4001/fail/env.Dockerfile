FROM registry.example/node:22.11.0 AS build
# expect-next: secret-in-env
ENV DB_PASSWORD=quiet-otter-17
# expect-next: secret-in-env
ENV API_TOKEN quiet-otter-17-swims
ENV PORT=80 \
# expect-next: secret-in-env
    ADMIN_PASSWORD="changeme" \
# expect-next: secret-in-env
    UPSTREAM="https://shop:quiet-otter-17@db.example/x"
ARG NPM_TOKEN
# expect-next: secret-in-env
ENV NPM_TOKEN=${NPM_TOKEN}
RUN npm config set //registry.example/:_authToken=$NPM_TOKEN && npm ci
FROM registry.example/node:22.11.0
ARG SESSION_SECRET=quiet-otter-17
# expect-next: secret-in-env
ENV SESSION_SECRET=$SESSION_SECRET
USER 10001
# expect-next: secret-in-env
ONBUILD ENV DB_PASS=quiet-otter-17
