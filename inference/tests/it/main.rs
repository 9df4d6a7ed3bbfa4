//! The crate against a real API server and a real model file.

mod cluster;
mod handed;
mod history;
mod script;

mod admin;
mod claims;
mod letters;
mod many;
mod metrics;
mod program;
mod race;
mod reader;
mod server;
mod soak;
mod source;
mod stream;
mod traces;
mod watch;
mod worker;
