FROM registry.example/base:1.0.0
ARG NODE_TLS_REJECT_UNAUTHORIZED
ARG GIT_SSL_NO_VERIFY
ENV NODE_TLS_REJECT_UNAUTHORIZED=1 PYTHONHTTPSVERIFY=1
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/company.pem
ENV STRICT_SSL=$NODE_TLS_REJECT_UNAUTHORIZED
RUN curl -fsSL -o /tmp/k https://get.example.com/a
RUN curl --cacert /etc/ssl/company.pem https://get.example.com/a
RUN wget -q https://get.example.com/a && tar -k -xf a
RUN npm config set strict-ssl true && npm ci
RUN git config --global http.sslVerify true
RUN pip install --no-cache-dir -r requirements.txt
RUN yum --setopt=sslverify=true install -y git
RUN echo 'never curl -k anything'
HEALTHCHECK CMD curl -fk https://localhost:8443/health || exit 1
USER 10001
