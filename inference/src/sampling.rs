//! The sampling part.
