FROM amazoncorretto:21
USER 10001
