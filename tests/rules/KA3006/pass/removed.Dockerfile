FROM python:3.13-slim
RUN apt-get update && apt-get install -y gcc libpq-dev \
    && pip install -r requirements.txt \
    && apt-get purge -y --auto-remove gcc libpq-dev
RUN apk add --no-cache --virtual .build-deps build-base && make && apk del .build-deps
RUN apt-get install -y ca-certificates libpq5 && echo build-essential
RUN pip install gcc
CMD ["python", "app.py"]
