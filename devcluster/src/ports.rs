//! Free local ports.
