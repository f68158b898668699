FROM node:24-slim
RUN npm ci
RUN npm run build && npm prune --omit=dev
CMD ["node", "app.js"]
