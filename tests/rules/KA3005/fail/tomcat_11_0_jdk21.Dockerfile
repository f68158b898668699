# expect-next: base-image-not-slim
FROM tomcat:11.0-jdk21
USER 10001
