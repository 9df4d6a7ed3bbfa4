//! The generate part.
