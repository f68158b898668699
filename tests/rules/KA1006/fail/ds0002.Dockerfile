# After Trivy's DS-0002: no user at all.
# expect-next: run-as-root
FROM debian:12.8
RUN apt-get update && apt-get install -y --no-install-recommends curl
CMD ["curl", "--version"]
