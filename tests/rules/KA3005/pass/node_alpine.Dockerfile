FROM node:alpine
USER 10001
