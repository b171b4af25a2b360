# syntax=docker/dockerfile:1
# Mission Control in a container: `docker build -t mission-control .`
# The image holds the executable, the certificate authorities and pg_dump for backups; it runs without root.

FROM node:22-trixie-slim AS node

FROM rust:1.95-slim-trixie AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends build-essential \
 && rm -rf /var/lib/apt/lists/*
# The console is built by npm while cargo builds the crate that embeds it.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
 && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    --mount=type=cache,target=/root/.npm \
    cargo build --release --locked --package mission-control \
 && install -D target/release/mission-control /out/mission-control

# The console for an origin of its own: `docker build --target frontend --build-arg NEXT_PUBLIC_API_URL=… .`
FROM node AS console
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY web ./
ARG NEXT_PUBLIC_API_URL=auto
ARG NEXT_PUBLIC_AUTH_MODE=local
RUN npm run build

FROM nginxinc/nginx-unprivileged:stable-alpine AS frontend
COPY deploy/nginx/console.conf /etc/nginx/conf.d/default.conf
COPY --from=console /src/web/dist /usr/share/nginx/html

FROM debian:trixie-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --create-home --home-dir /data mission-control
COPY --from=build /out/mission-control /usr/local/bin/mission-control
USER 10001:10001
WORKDIR /data
ENV MC_DATA_DIR=/data
VOLUME /data
EXPOSE 8000
# Bash speaks TCP, so that the image needs no HTTP client.
HEALTHCHECK --interval=15s --timeout=4s --start-period=20s --retries=3 CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/${PORT:-8000} && printf 'GET /readyz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -u 3 line && [[ $line == *' 200 '* ]]"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["mission-control"]
CMD ["serve"]
