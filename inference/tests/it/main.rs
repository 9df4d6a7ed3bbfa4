//! The crate against a real API server and a real model file.

mod claims;
mod generate;
mod letters;
mod stream;
mod worker;
