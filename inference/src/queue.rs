//! The queue part.
