//! The claims tests.
