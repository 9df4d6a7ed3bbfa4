# syntax=docker/dockerfile:1
# One image with the three programs and the built-in model, for machines with Docker.
# `cargo xtask image` writes the same image without Docker; this file only repeats it in the conventional form.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release -p operator -p webapp -p inference \
 && install -D -t /out target/release/operator target/release/webapp target/release/inference

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/ /usr/local/bin/
COPY models/built-in/ /models/built-in/
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/operator"]
