FROM python:3.13-windowsservercore-ltsc2025
USER 10001
