# expect-next: single-stage-build
FROM maven:3.9-eclipse-temurin-21 AS base
RUN apt-get update && apt-get install -y gcc
FROM base
COPY . .
RUN mvn -q package
ENTRYPOINT ["java", "-jar", "target/shop.jar"]
