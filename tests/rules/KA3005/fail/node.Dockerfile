# expect-next: base-image-not-slim
FROM node
USER 10001
