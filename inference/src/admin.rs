//! The admin part.
