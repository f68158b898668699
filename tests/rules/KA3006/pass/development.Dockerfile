FROM node:24 AS build
FROM build AS dev-envs
RUN apt-get update && apt-get install -y build-essential && npm ci
CMD ["npm", "run", "watch"]
