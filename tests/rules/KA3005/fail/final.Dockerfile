ARG NODE=24-bookworm
FROM golang:1.27 AS build
# expect-next: base-image-not-slim
FROM node:${NODE} AS base
FROM base AS middle
FROM middle
USER node
