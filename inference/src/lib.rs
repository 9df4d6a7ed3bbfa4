//! The worker: it claims requests and writes their letters.
//!
//! ```text
//!   view ───▶ queue ──▶ claim ──▶ model ──▶ report ──▶ claim
//!   requests  which     compare   letters   status     one fenced
//!   of this   one       and swap  over the  of the     write
//!   worker    next                engine    request
//!                                   └──▶ stream: readers follow the text
//! ```
//!
//! While the operator hands out requests ([`dispatcher`]), it writes the claims, and this program takes what is claimed in
//! its name; else it chooses and claims for itself.
//!
//! Start reading at [`worker`], which tells the story of one letter. Only [`claim`] writes requests and only [`lease`]
//! writes the worker's own Lease; nothing else in this crate writes to the API server. [`source`] fetches models that are
//! not part of the image, in a process of its own before the worker starts. [`server`] asks a server that has a model,
//! in place of the engine.

#[cfg(test)]
mod fixtures;
mod limit;
mod run;
mod token;

pub mod admin;
pub mod command;
pub mod config;
pub mod identity;
pub mod metrics;
pub mod telemetry;

pub mod worker;

pub mod claim;
pub mod crowd;
pub mod dispatcher;
pub mod lease;
pub mod queue;
pub mod report;
pub mod retirement;
pub mod stream;
pub mod view;

pub mod generation;
pub mod model;
pub mod reader;
pub mod server;

pub mod source;

pub use run::{RunError, run};
pub use token::Token;
