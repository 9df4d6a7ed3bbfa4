//! Integration tests of `control_plane`.
