FROM registry.example/toolchain:1.0.0 AS build
RUN make install
FROM scratch
# expect-next: whole-stage-copied
COPY --from=build / /
USER 10001
