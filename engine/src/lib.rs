//! Runs a language model: tokens in, tokens out, many completions at a time.
//!
//! ```text
//!   folder ──▶ model::load ──▶ Engine ──▶ chat template ──▶ scheduler (one thread, all rows step together) ──▶ Completion
//!                                         messages to       sampling, detokenizing                          read, wrote,
//!                                         tokens                                                            done
//! ```
//!
//! A completion depends on its prompt, its seed and the model, never on what else is being written. Start reading at
//! [`Engine`].

mod engine;

pub mod chat;
pub mod model;
pub mod sampling;
pub mod tokens;

pub use engine::{CompleteError, Completion, Engine, Options};
