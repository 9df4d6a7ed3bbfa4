//! The letters tests.
