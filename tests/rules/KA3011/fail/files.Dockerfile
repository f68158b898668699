FROM registry.example/base:1.0.0
ARG FILE=app.jar
# expect-next: add-instead-of-copy
ADD requirements.txt /usr/src/app/
# expect-next: add-instead-of-copy
ADD . /app
# expect-next: add-instead-of-copy
ADD --chown=app:app src config /app/
# expect-next: add-instead-of-copy
ADD ["a file", "/app/"]
# expect-next: add-instead-of-copy
ADD target/*.jar /app/
# expect-next: add-instead-of-copy
ADD ${FILE} /app/
# expect-next: add-instead-of-copy
ONBUILD ADD . /app
# expect-next: add-instead-of-copy
ADD app.zip /app/
USER 10001
