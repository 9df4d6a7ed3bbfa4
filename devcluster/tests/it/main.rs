//! Integration tests: real processes on loopback.

mod binaries;
mod control_plane;
mod image;
mod node;
mod postgres;
