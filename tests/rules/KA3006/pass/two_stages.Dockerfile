FROM golang:1.27 AS build
RUN apt-get update && apt-get install -y gcc libc6-dev && npm ci
COPY . .
RUN go build -o /app .
FROM gcr.io/distroless/static:nonroot
COPY --from=build /app /app
CMD ["/app"]
