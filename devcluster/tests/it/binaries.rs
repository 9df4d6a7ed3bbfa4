//! Integration tests of `binaries`.
