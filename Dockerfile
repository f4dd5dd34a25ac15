# The command in an image, built by Docker from a clone. `pnpm build:image` makes a smaller one without Docker.
#
# `node:24-slim` is another image every few weeks. To build from a fixed one, and to get updates only when you ask for them, put its digest
# behind the name in both lines FROM, as node:24-slim@sha256:…, with what this prints:
#   docker buildx imagetools inspect node:24-slim --format '{{.Manifest.Digest}}'
# An image of another registry works too, if it has Node 22.19 or later and the user 1000.
#
# The labels have what does not change. Give yours, such as the version and the commit, when you build:
#   docker build --label org.opencontainers.image.version=VERSION --label org.opencontainers.image.revision="$(git rev-parse HEAD)" .
# HEALTHCHECK is of Docker's own format; builders that write OCI's leave it out (podman: build with --format docker). Kubernetes never reads
# it and asks /livez and /readyz instead.
FROM node:24-slim AS build
WORKDIR /source
COPY . .
RUN npx -y pnpm@12 build:npm \
  && npm install --global --offline --prefix /installed ./dist/asana-audit-[0-9]*.tgz \
  && install -d -m 700 -o 1000 -g 1000 /state

FROM node:24-slim
LABEL org.opencontainers.image.title="asana-audit" \
  org.opencontainers.image.description="Delivers Asana's audit log to OTLP, Splunk HEC, Panther or files, without losing an event" \
  org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /installed /usr/local
COPY --from=build --chown=1000:1000 /state /var/lib/asana-audit
ENV ASANA_AUDIT_STATE=/var/lib/asana-audit/state.db
# By number, as `runAsNonRoot` of Kubernetes asks for: the image's user `node`.
USER 1000
VOLUME ["/var/lib/asana-audit"]
# It asks the state, and stays healthy while Asana or a destination is down, because a restart changes nothing about that.
HEALTHCHECK --interval=60s --timeout=30s --start-period=60s CMD ["asana-audit", "health"]
ENTRYPOINT ["asana-audit"]
CMD ["run", "--config", "/etc/asana-audit/asana-audit.yaml"]
