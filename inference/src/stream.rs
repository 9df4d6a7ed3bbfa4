//! The stream part.
