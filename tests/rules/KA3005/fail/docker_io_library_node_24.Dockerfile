# expect-next: base-image-not-slim
FROM docker.io/library/node:24@sha256:5f2b0ff9d3f2e1d8a0f1e7a4c7d6f4b3a2918070f6e5d4c3b2a1908f7e6d5c4b
USER 10001
