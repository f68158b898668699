# expect-next: base-image-not-slim
FROM python:3.13
USER 10001
