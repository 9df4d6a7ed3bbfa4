//! Letters: asking for one, following it while it is written, and keeping it.
//!
//! ```text
//! handlers -> forms -> submit -> hand_in -> the request in the cluster
//!          <- pages <- settle <- its end
//!          <- live <- its state and text until then
//!          <- document <- its text as a file
//! ```
//!
//! `sweep` finishes later what the others had to leave undone.

pub mod handlers;

pub mod document;
pub mod forms;
pub mod hand_in;
pub mod line;
pub mod live;
pub mod pages;
pub mod progress;
pub mod seats;
pub mod settle;
mod state;
pub mod submit;
pub mod sweep;

pub use state::{Letters, Settings};
