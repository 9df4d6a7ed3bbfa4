//! The trait that a model must implement to write letters.

use std::sync::Arc;

use crate::phrases::Phrases;

/// A model that completes conversations.
pub trait Complete {
    /// A completion in progress.
    type Completion: Completion<Error = Self::Error>;
    /// Why a conversation could not be completed.
    type Error;

    /// Begins one completion for every seed of `ask`.
    ///
    /// # Errors
    /// When the conversation does not fit the model, or the model has no room for it now.
    fn complete(&self, ask: &Ask<'_>) -> Result<Completions<Self::Completion>, Self::Error>;
}

/// What a model is asked.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The conversation to continue.
    pub messages: &'a [Message],
    /// A seed for every completion, at least one.
    pub seeds: &'a [u64],
    /// Whether a person reads the text while it is written, so that a pace meant for readers applies to it.
    pub is_shown: bool,
    /// All that the model may write; `None` leaves it free.
    pub phrases: Option<&'a Arc<Phrases>>,
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// Plain text, in which nothing is a control token.
    pub content: String,
}

/// Who speaks in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The rules.
    System,
    /// The request.
    User,
}

/// Completions of one conversation, in the order of their seeds.
pub struct Completions<C> {
    /// Tokens of the conversation; 0 for a model that tells only what it has read.
    pub prompt_tokens: usize,
    /// One completion for every seed.
    pub all: Vec<C>,
}

/// A completion in progress. Dropping it stops the work.
pub trait Completion: Send {
    /// Why it could not be finished.
    type Error;

    /// Waits for what happens next; nothing follows [`Event::Done`] or an error. Safe to drop while waiting.
    fn next(&mut self) -> impl Future<Output = Result<Event, Self::Error>> + Send;
}

/// What happens to a completion, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The model has read a part of the conversation.
    Read {
        /// Tokens read so far.
        tokens: usize,
    },
    /// The model has written more.
    Wrote {
        /// The next text, possibly empty.
        text: String,
        /// Tokens written so far.
        tokens: usize,
    },
    /// The completion is finished.
    Done {
        /// Why it ended.
        finish: Finish,
        /// Tokens written.
        tokens: usize,
    },
}

/// Why a completion ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// The model ended it.
    Stop,
    /// It reached the largest number of tokens.
    Length,
}
