# expect-next: base-image-not-slim
FROM python:3.13-bookworm
USER 10001
