FROM registry.example/toolchain:1.0.0 AS build
RUN make install
FROM build AS tests
RUN make test
FROM registry.example/base:1.0.0 AS base
# expect-next: whole-stage-copied
COPY --from=build / /
FROM base
# expect-next: whole-stage-copied
COPY --from=0 / /opt/build/
# expect-next: whole-stage-copied
COPY --link --from=tests /etc/passwd /. /
# expect-next: whole-stage-copied
COPY --from=build . /
USER 10001
