//! Integration tests of `postgres`.
