FROM node:24-slim
RUN npm ci --omit=dev
RUN npm ci --omit dev
RUN npm install --production
RUN npm install -g pm2
RUN npm install left-pad
RUN npm run build && npm --version
RUN yarn install --production --frozen-lockfile && yarn --version
RUN pnpm install --prod
RUN composer install --no-dev
RUN poetry install --only main
CMD ["node", "app.js"]
