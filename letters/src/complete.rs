//! What a model must be able to do for letters to be written with it.

use crate::style::Message;

/// A model that completes conversations.
pub trait Complete {
    /// A completion on its way.
    type Completion: Completion<Error = Self::Error>;
    /// Why a conversation could not be completed.
    type Error;

    /// Begins one completion for every seed of `ask`.
    ///
    /// # Errors
    /// When the conversation does not fit the model, or the model has no room for it now.
    fn complete(&self, ask: &Ask<'_>) -> Result<Completions<Self::Completion>, Self::Error>;
}

/// What is asked of a model.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The conversation to be continued.
    pub messages: &'a [Message],
    /// A seed for every completion, at least one.
    pub seeds: &'a [u64],
    /// Whether a person reads the text while it is written, so that a pace meant for readers applies to it.
    pub is_shown: bool,
}

/// Completions of one conversation, in the order of their seeds.
pub struct Completions<C> {
    /// Tokens of the conversation.
    pub prompt_tokens: usize,
    /// The completions.
    pub all: Vec<C>,
}

/// A completion on its way. Dropping it stops the work.
pub trait Completion: Send {
    /// Why it could not be finished.
    type Error;

    /// Waits for what happens next; after [`Event::Done`] or an error nothing follows. Safe to drop while waiting.
    fn next(&mut self) -> impl Future<Output = Result<Event, Self::Error>> + Send;
}

/// What happens to a completion, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The model has read this much of the conversation.
    Read {
        /// Tokens read so far.
        tokens: usize,
    },
    /// The model has written on.
    Wrote {
        /// The next text, possibly none.
        text: String,
        /// Tokens written so far.
        tokens: usize,
    },
    /// The completion is done.
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
    /// The model said that it is done.
    Stop,
    /// There was no room for more.
    Length,
}
