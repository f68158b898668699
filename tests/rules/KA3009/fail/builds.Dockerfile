FROM registry.example/base:1.0.0 AS build
# expect-next: tls-verification-off
ARG GIT_SSL_NO_VERIFY=1
# expect-next: tls-verification-off
ARG NPM_CONFIG_STRICT_SSL=false
# expect-next: tls-verification-off
RUN curl -k https://get.example.com/a
# expect-next: tls-verification-off
RUN set -eux; curl -fsSLk -o /tmp/a https://get.example.com/a
RUN apt-get update && \
# expect-next: tls-verification-off
    wget -q --no-check-certificate https://get.example.com/a && \
# expect-next: tls-verification-off
    curl --insecure https://get.example.com/b
# expect-next: tls-verification-off
RUN npm config set strict-ssl false && npm ci
# expect-next: tls-verification-off
RUN echo "strict-ssl=false" >> ~/.npmrc
# expect-next: tls-verification-off
RUN yarn config set "strict-ssl" false -g
# expect-next: tls-verification-off
RUN git config --global http.sslVerify false
# expect-next: tls-verification-off
RUN git -c http.sslVerify=false clone https://git.example.com/shop
# expect-next: tls-verification-off
RUN export GIT_SSL_NO_VERIFY=true && git clone https://git.example.com/shop
# expect-next: tls-verification-off
RUN pip install --trusted-host pypi.example.com -r requirements.txt
# expect-next: tls-verification-off
RUN pip3 config set global.trusted-host pypi.example.com
# expect-next: tls-verification-off
RUN conda config --set ssl_verify false
# expect-next: tls-verification-off
RUN apt-get -o Acquire::https::Verify-Peer=false update
# expect-next: tls-verification-off
RUN yum --setopt=sslverify=false install -y git
# expect-next: tls-verification-off
RUN ["curl", "-k", "https://get.example.com/a"]
RUN <<EOF
# expect-next: tls-verification-off
wget --no-check-certificate https://get.example.com/a
EOF
FROM registry.example/base:1.0.0
# expect-next: tls-verification-off
ENV NODE_TLS_REJECT_UNAUTHORIZED=0
# expect-next: tls-verification-off
ENV PYTHONHTTPSVERIFY 0
ENV LANG=C.UTF-8 \
# expect-next: tls-verification-off
    PIP_TRUSTED_HOST=pypi.example.com
# expect-next: tls-verification-off
CMD ["sh", "-c", "curl -k https://api.example.com"]
# expect-next: tls-verification-off
HEALTHCHECK CMD curl -k https://api.example.com/health
USER 10001
