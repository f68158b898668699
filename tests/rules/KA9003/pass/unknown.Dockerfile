FROM registry.example/base:1.4.2
ENV API_TOKEN=ghp_0123456789abcdefghijABCDEFGHIJ012345
