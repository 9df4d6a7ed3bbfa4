//! Integration tests of `image`.
