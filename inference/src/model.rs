//! The model part.
