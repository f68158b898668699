# expect-next: run-as-root
FROM scratch
COPY shop /
CMD ["/shop"]
