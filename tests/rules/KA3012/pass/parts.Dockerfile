FROM registry.example/toolchain:1.0.0 AS build
COPY --from=registry.example/xx:1.2.0 / /
RUN make install
FROM scratch AS files
COPY --from=build /out/shop /bin/shop
FROM build AS rest
COPY --from=build / /copy
FROM registry.example/base:1.0.0
ARG STAGE
COPY --from=build /out/ /
COPY --from=files / /usr/local/
COPY --from=registry.example/certificates:1.0.0 / /
COPY --from=$STAGE / /
COPY . /
USER 10001
