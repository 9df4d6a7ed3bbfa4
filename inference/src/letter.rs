//! The letter part.
