FROM node:24 AS build
FROM python:3.13 AS tests
FROM gcr.io/distroless/nodejs24-debian12
COPY --from=build /app /app
USER 10001
