# expect-next: base-image-not-slim
FROM debian:bookworm
USER 10001
