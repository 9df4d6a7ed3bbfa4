//! What happens while a letter is written.

use crate::letter::{EmptyLetter, Letter};

/// What happens while a letter is written, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The model has read a part of the prompt.
    Reading {
        /// Tokens read so far.
        tokens: usize,
    },
    /// The model has written more.
    Writing {
        /// The letter's next text, possibly empty. All texts in a row are the letter, or its beginning.
        text: String,
        /// Tokens written so far, for all candidates together.
        completion_tokens: usize,
    },
    /// The model has finished, and the letter is being checked.
    Checking,
    /// The letter is finished; nothing follows.
    Finished(Box<Letter>),
}

/// Why a letter could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError<E> {
    /// The model could not complete what it was asked.
    #[error(transparent)]
    Model(E),
    /// The model wrote nothing.
    #[error(transparent)]
    Empty(#[from] EmptyLetter),
}
