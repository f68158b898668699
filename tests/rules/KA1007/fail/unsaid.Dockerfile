# expect-next: may-run-as-root
FROM registry.example/base:1.0.0
CMD ["shop"]
