//! The report part.
