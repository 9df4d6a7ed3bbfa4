//! The language model: rows of tokens in, logits out.
//!
//! ```text
//!   folder ──▶ load ──▶ Loaded { model, tokenizer, template, ... } ──▶ thread: owns the model, steps all letters
//! ```

pub mod config;
mod error;
mod folder;
mod gguf;
mod load;
mod qwen2;
pub mod thread;
mod weights;

pub use error::{LoadError, ModelError};
pub use load::{Loaded, load};

/// Names one row (one letter being written) of a [`Model`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowId(pub u64);

/// A language model that reads and continues several rows of tokens, each with a KV cache of its own.
///
/// A row's logits depend on the tokens of that row and on how they were split over calls, never on other rows: that is
/// what makes a letter come out the same alone and among others.
pub trait Model: Send {
    /// Tokens that one row can hold, prompt and completion together.
    fn context_length(&self) -> usize;

    /// Length of the logits.
    fn vocabulary(&self) -> usize;

    /// Begins an empty row.
    fn open(&mut self) -> RowId;

    /// Forgets a row and its cache. Unknown rows are ignored.
    fn close(&mut self, row: RowId);

    /// Appends `tokens` (at least one) to the row and returns the logits after the last of them.
    ///
    /// # Errors
    /// When the row is unknown or full, when `tokens` is empty or holds an id beyond the vocabulary, and when the
    /// computation itself fails.
    fn forward(&mut self, row: RowId, tokens: &[u32]) -> Result<Vec<f32>, ModelError>;
}
