# After hadolint's DL3004: that it is installed is not that it is run.
FROM busybox:1.36
RUN apt-get update && apt-get install -y sudo curl
RUN echo sudo && gosu guest make
USER guest
