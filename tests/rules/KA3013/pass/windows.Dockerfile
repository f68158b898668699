FROM mcr.microsoft.com/windows/servercore:ltsc2022 AS base
RUN curl https://files.example/list | sort
FROM registry.example/tools:1.4.2
SHELL ["pwsh", "-Command"]
RUN curl https://files.example/list | sort
USER 10001
