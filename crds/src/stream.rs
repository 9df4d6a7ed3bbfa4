//! The live stream of a letter, as a worker sends it and the web reads it: server-sent events with JSON as data.
//!
//! ```text
//!   event: state   {"attempt":1,"completionTokens":7,"promptTokens":123,"state":"Writing"}
//!   event: text    {"offset":17,"text":" as an analyst"}
//!   event: done    {"state":"Succeeded"}
//! ```
//!
//! A stream that ends without `done` was cut off, or the request is no longer this worker's; the request's status says
//! what happened.

use serde::{Deserialize, Serialize};

use crate::request::State;

/// One event of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamEvent {
    /// Where the work stands.
    State(WorkerState),
    /// The next piece of the letter.
    Text(Piece),
    /// Nothing follows.
    Done(End),
}

/// Where the work on a letter stands. The fields are in alphabetical order, which is their order on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkerState {
    /// Number of the attempt.
    #[serde(default)]
    pub attempt: i32,
    /// Tokens written so far.
    #[serde(default)]
    pub completion_tokens: usize,
    /// Tokens of the prompt.
    #[serde(default)]
    pub prompt_tokens: usize,
    /// What the worker does.
    pub state: Phase,
}

/// What a worker does with a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// The model reads the prompt.
    Reading,
    /// The model writes.
    Writing,
    /// The letter is checked and reported.
    Checking,
}

/// A piece of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Unicode scalar values of the letter before this piece.
    pub offset: usize,
    /// The piece, never empty.
    pub text: String,
}

/// How the work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// What the request's status says from now on.
    pub state: State,
}

impl StreamEvent {
    /// Kind of the event, for the line `event:`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::State(_) => "state",
            Self::Text(_) => "text",
            Self::Done(_) => "done",
        }
    }

    /// JSON of one line, for the line `data:`.
    ///
    /// # Panics
    /// Never: numbers and texts in plain structs are always JSON.
    #[must_use]
    pub fn data(&self) -> String {
        let data = match self {
            Self::State(state) => serde_json::to_string(state),
            Self::Text(piece) => serde_json::to_string(piece),
            Self::Done(end) => serde_json::to_string(end),
        };
        data.expect("plain structs are always JSON")
    }

    /// Reads an event. `None` for kinds and data that this version does not know; readers skip those.
    #[must_use]
    pub fn parse(name: &str, data: &str) -> Option<Self> {
        match name {
            "state" => serde_json::from_str(data).ok().map(Self::State),
            "text" => serde_json::from_str(data).ok().map(Self::Text),
            "done" => serde_json::from_str(data).ok().map(Self::Done),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
