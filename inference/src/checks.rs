//! The checks part.
