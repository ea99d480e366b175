# The add-on's image, as the Supervisor builds it: for aarch64 and amd64, with no arguments but
# BUILD_VERSION and BUILD_ARCH. The base is pinned by its full version; Node's is the one that
# package-lock.json pins for Debian hosts.
FROM node:26.10.0-trixie-slim AS packages

WORKDIR /app
COPY package.json package-lock.json ./
# Of the optional packages only koffi's binary is wanted, without which no probe can be sent: not the
# second Node, nor TypeScript, which valibot may use. No install script is needed, and none is run.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && mv node_modules/@koromix /tmp/ \
  && npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
  && mv /tmp/@koromix node_modules/

FROM node:26.10.0-trixie-slim

RUN apt-get update \
  && apt-get install --yes --no-install-recommends \
    conntrack \
    iproute2 \
    iptables \
    iputils-ping \
    nftables \
  && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY src src
COPY addon/wan-failover addon/wan-failover
RUN ln -s /app/addon/wan-failover /usr/local/bin/wan-failover

ARG BUILD_VERSION
ARG BUILD_ARCH
LABEL \
  io.hass.version="${BUILD_VERSION}" \
  io.hass.type="app" \
  io.hass.arch="${BUILD_ARCH}" \
  org.opencontainers.image.title="WAN Failover" \
  org.opencontainers.image.description="Keeps the house online when its Internet line dies" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${BUILD_VERSION}"

# The Supervisor puts tini in front (`init` is true by default): it reaps children and passes TERM
# on. The base image's own entry point adds nothing to that.
ENTRYPOINT []
CMD ["wan-failover", "run"]
