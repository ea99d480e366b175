# The add-on's image, for aarch64 and amd64, with no arguments but BUILD_VERSION and BUILD_ARCH. The
# release workflow builds it; the Supervisor does, where config.yaml names no image. The base is
# pinned by its full version, which is that of package-lock.json's Node, and by its digest.
FROM node:26.10.0-trixie-slim@sha256:ec7758ee051e457b468b32bde57b0879010b325bb9862718e9615225ce4aaae1 AS packages

WORKDIR /app
COPY package.json package-lock.json ./
# Only what runs, as the lock file has it: no tools, not the second Node that Debian hosts get, not
# what the page is bundled from, nor TypeScript, which npm keeps as a peer that valibot may use. No
# install script is needed or run. Of each package its code and licence: no types, source maps,
# sources in C, documents, nor the bundles for browsers.
RUN npm pkg delete devDependencies optionalDependencies dependencies.lit dependencies.uplot \
  && npm ci --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/typescript node_modules/@typescript node_modules/@types \
    node_modules/koffi/vendor node_modules/koffi/doc \
    node_modules/mqtt/dist node_modules/*/browser node_modules/*/test node_modules/*/docs \
    node_modules/@koromix/*/musl_* node_modules/@opentelemetry/api/build/esm* \
    node_modules/hono/dist/cjs node_modules/valibot/dist/*.min.* \
  && find node_modules -type f -regextype posix-extended \
    -iregex '.*(\.map|\.[cm]?ts|\.cc|\.hh|\.S|/(readme|changelog|history)[^/]*)' -delete

FROM node:26.10.0-trixie-slim@sha256:ec7758ee051e457b468b32bde57b0879010b325bb9862718e9615225ce4aaae1 AS page

WORKDIR /app
COPY package.json package-lock.json ./
# Of the tools the page needs one: the others would be another 150 MB on a user's card.
RUN esbuild=$(npm pkg get devDependencies.esbuild) \
  && npm pkg delete devDependencies optionalDependencies \
  && npm pkg set --json "devDependencies.esbuild=$esbuild" \
  && npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY script/build-page script/build-page
COPY addon/art/icon.svg addon/art/icon.svg
COPY src src
# The page's own sources are in it now, and no program reads them.
RUN script/build-page && rm -rf src/web/ui

FROM node:26.10.0-trixie-slim@sha256:ec7758ee051e457b468b32bde57b0879010b325bb9862718e9615225ce4aaae1 AS keepalived

COPY script/build-keepalived /usr/local/bin/build-keepalived
RUN build-keepalived /image

# Debian with Node and the network's tools; of Node less the symbols for debuggers, a fifth of it.
FROM node:26.10.0-trixie-slim@sha256:ec7758ee051e457b468b32bde57b0879010b325bb9862718e9615225ce4aaae1 AS system

# Debian's own fixes are wanted: a package pinned to a version is one that the mirror drops.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends \
    binutils \
    conntrack \
    iproute2 \
    iptables \
    iputils-ping \
    nftables \
    wireguard-tools \
  && rm -rf /var/lib/apt/lists/* \
  && strip --strip-unneeded /usr/local/bin/node
COPY script/collect-system /usr/local/bin/collect-system
# The programs that the daemon and its launcher call, and nothing else.
RUN collect-system /image \
  node ip nft conntrack iptables ip6tables ping wg setpriv sh cat dirname readlink sleep \
  && ln -s /app/addon/wan-failover /image/usr/local/bin/wan-failover

FROM scratch

COPY --from=system /image /
COPY --from=keepalived /image /
# Node strips the types when a module is loaded and keeps the result here: a cache that is made now
# saves each start a second, and each health check most of its work. A part of its key are the flags
# of V8; a small young generation is 20 MB less for a process that allocates little, and one arena
# of the C library is another 2 MB. On a Debian host main.ts sees to all of it.
# What strips the types is WebAssembly: it checks its bounds itself, since an emulator of another
# processor, as a build for both may use, doesn't have the traps that would do it.
ENV \
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  NODE_COMPILE_CACHE=/app/compile-cache \
  NODE_OPTIONS="--max-semi-space-size=1 --disable-wasm-trap-handler" \
  MALLOC_ARENA_MAX=1 \
  NODE_NO_WARNINGS=1
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY addon/wan-failover addon/wan-failover
COPY --from=page /app/page page
# The words of the page's form.
COPY translations translations
COPY --from=page /app/src src
RUN wan-failover --help >/dev/null

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

# It asks whether the daemon's loop turns, never whether a WAN is up. The Supervisor starts Home
# Assistant only once this is healthy, so it is asked every second until then.
HEALTHCHECK --interval=30s --timeout=10s --retries=3 --start-period=60s --start-interval=1s \
  CMD ["node", "/app/src/main.ts", "health"]

# The Supervisor puts tini in front (`init` is true by default): it reaps children and passes TERM on.
# The launcher would look for a Node that is known here.
CMD ["node", "/app/src/main.ts", "run"]
