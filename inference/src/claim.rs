//! The claim part.
