//! Integration tests: real processes on loopback.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod binaries;
mod control_plane;
mod image;
mod node;
mod scripted_kubelet;
mod waiting;
