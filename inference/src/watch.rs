//! The watch part.
