FROM registry.example/base:1.4.2 AS base
ARG NPM_TOKEN
ENV DB_PASSWORD=quiet-otter-17
# expect-next: deleted-secret-recoverable
RUN npm ci && unset NPM_TOKEN
ENV GITHUB_TOKEN=$TOKEN
FROM base
# expect-next: deleted-secret-recoverable x2
RUN make; unset DB_PASSWORD GITHUB_TOKEN
# expect-next: deleted-secret-recoverable
ENV DB_PASSWORD=
USER 10001
