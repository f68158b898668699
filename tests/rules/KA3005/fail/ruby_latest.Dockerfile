# expect-next: base-image-not-slim
FROM ruby:latest
USER 10001
