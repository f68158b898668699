FROM registry.example/base:1.4.2 AS base
SHELL ["/bin/ash", "-eo", "pipefail", "-c"]
RUN curl -fsSL https://files.example/list | sort > /list

FROM base
RUN curl -fsSL https://files.example/list | sort > /list

FROM registry.example/base:1.4.2
RUN set -o pipefail && wget -O - https://some.example | wc -l > /number
RUN set -euxo pipefail; curl -fsSL https://files.example/list | sort | tee /list
RUN <<EOF
set -eo pipefail
curl -fsSL https://files.example/list | sort > /list
EOF
# These refuse what broke off.
RUN curl -fsSL https://files.example/shop.tar.gz | tar -xz && curl -fsSL https://x.example/k | gpg --dearmor > /k
RUN curl -fsSL https://files.example/install.sh | sh
# Nothing is lost when these fail.
RUN echo 'shop:x:10001:' | tee -a /etc/group && cat /etc/passwd | cut -d: -f1 && sha256sum /x | awk '{print $1}'
RUN wget https://files.example/a || cat /b; curl -o /a https://files.example/a; sort /a
RUN ["sh", "-c", "echo"]
CMD curl http://localhost | tee /log
USER 10001
