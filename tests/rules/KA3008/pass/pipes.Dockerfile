FROM registry.example/base:1.0.0
RUN curl -fsSLo /tmp/x https://get.example.com && echo "abc  /tmp/x" | sha256sum -c - && sh /tmp/x
RUN curl https://get.example.com/x.tar.gz | tar xz
RUN curl https://get.example.com || sh -c 'echo failed'
RUN cat setup.sh | sh
RUN VERSION=$(curl https://get.example.com/version) && make V=$VERSION
RUN curl https://get.example.com/key | gpg --dearmor > /key.gpg; sh setup.sh
USER 10001
