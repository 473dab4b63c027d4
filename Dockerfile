# Node.js 26 is the active LTS line until October 2027. Both stages have Debian 13.
FROM node:26-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The build needs no install script of a package.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.mjs scripts/
COPY src src
COPY web web
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund
RUN mkdir state

# Node.js without a shell, npm or another package manager. The user is nonroot, 65532.
FROM gcr.io/distroless/nodejs26-debian13:nonroot
WORKDIR /app
COPY LICENSE package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# A volume that is mounted here belongs to the user at its first use. Everything else is read-only.
COPY --from=build --chown=65532:65532 /app/state /var/lib/certgraph
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 PATH=/nodejs/bin
USER 65532:65532
EXPOSE 4000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["node", "--eval", "fetch('http://127.0.0.1:' + process.env.PORT + '/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The image's entrypoint is node. Without it, the command is complete and "node dist/main.js check" runs another one.
ENTRYPOINT []
CMD ["node", "dist/main.js"]
