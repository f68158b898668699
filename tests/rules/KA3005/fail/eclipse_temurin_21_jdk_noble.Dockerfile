# expect-next: base-image-not-slim
FROM eclipse-temurin:21-jdk-noble
USER 10001
