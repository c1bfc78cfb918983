# syntax=docker/dockerfile:1
# check=experimental=all;error=true

ARG GO_VERSION=1.26

# build cross-compiles on the builder's own platform, so no emulation is needed.
FROM --platform=$BUILDPLATFORM golang:${GO_VERSION}-alpine AS build
WORKDIR /src
# Dependencies change less often than code: they get a layer of their own.
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod \
    go mod download
COPY cmd ./cmd
COPY pkg ./pkg
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=dev
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/go/build-cache \
    GOCACHE=/go/build-cache CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
      -ldflags "-s -w -X github.com/unfold-gitops/unfold/pkg/cli.version=$VERSION" \
      -o /out/unfold ./cmd/unfold

# The final image holds one static binary and its plugin configuration: no shell, no other program.
FROM scratch
ARG VERSION=dev
LABEL org.opencontainers.image.title="unfold" \
      org.opencontainers.image.description="Argo CD Config Management Plugin: one app.yaml becomes the manifests of any environment" \
      org.opencontainers.image.source="https://github.com/unfold-gitops/unfold" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=build /out/unfold /usr/local/bin/unfold
COPY plugin.yaml /home/argocd/cmp-server/config/plugin.yaml
# argocd-cmp-server looks up the command "unfold" of plugin.yaml here.
ENV PATH=/usr/local/bin
# Argo CD's repo-server runs as this user too; both read and write the shared plugin socket.
USER 999
# The init container of Argo CD's repo-server copies argocd-cmp-server into this shared volume.
ENTRYPOINT ["/var/run/argocd/argocd-cmp-server"]
