# After hadolint's DL3004 and Trivy's DS-0010.
FROM busybox:1.36
# expect-next: sudo
RUN sudo apt-get install -y curl
# expect-next: sudo
RUN cd /tmp && sudo chown root file
# expect-next: sudo
RUN sudo pip install --upgrade pip
USER guest
