//! Integration tests: real processes on loopback.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod binaries;
mod control_plane;
mod image;
mod mlflow;
mod node;
mod postgres;
mod scripted_kubelet;
