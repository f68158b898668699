FROM node:24-slim
WORKDIR /app
COPY package.json ./
# expect-next: single-stage-build
RUN npm ci && npm run build
# expect-next: single-stage-build
RUN npm install --no-audit
# expect-next: single-stage-build
RUN yarn install --frozen-lockfile
# expect-next: single-stage-build
RUN corepack enable && pnpm install --frozen-lockfile
# expect-next: single-stage-build
RUN composer install --no-interaction
# expect-next: single-stage-build
RUN poetry config virtualenvs.create false && poetry install
CMD ["node", "app.js"]
