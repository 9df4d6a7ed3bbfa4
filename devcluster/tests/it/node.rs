//! Integration tests of `node`.
