FROM node:22
CMD ["shop"]
