//! The crate with real model files: the built-in model, and small random ones that the tests write to disk.

mod golden;
mod model;
mod smollm2;
