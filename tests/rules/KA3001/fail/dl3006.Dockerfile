# After hadolint's DL3006 and DL3007, Trivy's DS-0001.
# expect-next: image-tag
FROM debian AS one
# expect-next: image-tag
FROM debian:latest AS two
# expect-next: image-tag
FROM --platform=linux/amd64 registry.example:5000/team/debian AS three
FROM one
USER 10001
