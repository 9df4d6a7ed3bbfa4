//! Makes a cover letter of a request, with any model that completes text.
//!
//! ```text
//!   request ──▶ facts ──▶ plan or instructions ──▶ model ──▶ draft ──▶ letter ──▶ checks
//!               what the  what the model reads     [Complete]  its      salutation  hints beside
//!               form says                                      answer   to signature the letter
//! ```
//!
//! Everything here is pure: the same request, model and seed make the same letter. The model stands behind the trait
//! [`Complete`]; start reading at [`write()`], which tells the story of one letter.

#![forbid(unsafe_code)]

mod complete;
#[cfg(test)]
mod fixtures;
mod write;

pub mod checks;
pub mod compose;
pub mod facts;
pub mod instructions;
pub mod plain;
pub mod plan;
pub mod style;

pub use complete::{Ask, Complete, Completion, Completions, Event, Finish};
pub use style::{Message, Role, Style};
pub use write::{Form, Letter, Progress, WriteError, Writing, samples, write};
