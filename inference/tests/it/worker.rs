//! The worker tests.
