# After hadolint's DL4006.
FROM debian:12.8 AS build
SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
RUN wget -O - https://some.site | wc -l > /number
FROM build AS inherits
RUN wget -O - https://some.site | wc -l > /number
FROM debian:12.8
RUN set -o pipefail && wget -O - https://some.site | wc -l > /number
SHELL ["pwsh", "-c"]
RUN wget -O - https://some.site | wc -l > /number
SHELL ["cmd.exe", "/c"]
RUN wget -O - https://some.site | wc -l > /number
USER guest
