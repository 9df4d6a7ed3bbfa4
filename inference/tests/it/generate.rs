//! The generate tests.
