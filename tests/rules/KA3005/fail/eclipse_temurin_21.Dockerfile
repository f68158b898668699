# expect-next: base-image-not-slim
FROM eclipse-temurin:21
USER 10001
