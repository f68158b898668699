ARG BASE
FROM node:24 AS build
FROM docker.io/library/python:3.13 AS python
FROM public.ecr.aws/docker/library/debian:12 AS mirror
FROM build AS somebody
FROM scratch AS files
COPY --from=somebody /a /a
FROM $BASE AS unknown
FROM registry.example/team/base:1 AS own
FROM localhost:5000/acme/base:1 AS local
FROM gcr.io/distroless/static:nonroot AS distroless
FROM europe-docker.pkg.dev/acme/images/base:1 AS project
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS dotnet
FROM registry.k8s.io/pause:3.10 AS pause
FROM grafana/grafana:12.3.0
COPY --from=hashicorp/terraform:1.14 /bin/terraform /bin/terraform
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/uv
COPY --from=quay.io/prometheus/busybox:latest /bin/sh /bin/sh
USER 10001
