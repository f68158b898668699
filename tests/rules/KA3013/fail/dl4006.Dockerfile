# After hadolint's DL4006.
FROM debian:12.8 AS build
# expect-next: pipe-hides-failure
RUN wget -O - https://some.site | wc -l > /number
FROM debian:12.8
SHELL ["/bin/sh", "-c"]
# expect-next: pipe-hides-failure
RUN wget -O - https://some.site | wc -l > /number
USER guest
