FROM eclipse-temurin:21-jre-noble
USER 10001
