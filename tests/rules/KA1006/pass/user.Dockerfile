FROM node:22 AS build
USER root
RUN npm ci
FROM node:22
USER root
RUN apt-get update
USER 10001:10001
ONBUILD USER root
