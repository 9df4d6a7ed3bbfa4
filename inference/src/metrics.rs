//! The metrics part.
