FROM golang:1.27
RUN apt-get update && apt-get install -y build-essential
RUN go install example.com/tool@v1.2.3
