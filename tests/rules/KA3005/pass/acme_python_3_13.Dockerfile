FROM acme/python:3.13
USER 10001
