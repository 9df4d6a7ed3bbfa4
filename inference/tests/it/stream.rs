//! The stream tests.
