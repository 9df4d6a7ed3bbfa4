//! The language model: rows of tokens in, logits out.

pub(crate) mod check;

pub use crate::error::ModelError;

/// Names one row (one letter being written) of a [`Model`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowId(pub u64);

/// Tokens to append to one row in one step.
#[derive(Clone, Copy, Debug)]
pub struct Span<'a> {
    /// The row.
    pub row: RowId,
    /// What it reads next, at least one token.
    pub tokens: &'a [u32],
    /// Whether the logits after the last of the tokens are needed. Without them a step is cheaper.
    pub wants_logits: bool,
}

/// A language model that reads and continues several rows of tokens at once, each with a KV cache of its own.
///
/// A row's logits depend only on that row's tokens, never on other rows: that is what makes a letter come out the same
/// alone and among others.
pub trait Model: Send {
    /// Tokens that one row can hold, prompt and completion together.
    fn context_length(&self) -> usize;

    /// Number of logits after a token.
    fn vocabulary(&self) -> usize;

    /// Begins an empty row.
    fn open(&mut self) -> RowId;

    /// Begins a row that has already read everything that `row` has read.
    ///
    /// # Errors
    /// When `row` is not open, and when its cache cannot be had twice.
    fn fork(&mut self, row: RowId) -> Result<RowId, ModelError>;

    /// Forgets a row and its cache. Unknown rows are ignored.
    fn close(&mut self, row: RowId);

    /// Appends every span to its row; a row may appear once. Returns the logits after the last token of each span that
    /// wants them, in the order of the spans, one after the other: [`Self::vocabulary`] values each.
    ///
    /// # Errors
    /// When a row is unknown, full or appears twice, or a span is empty or holds a token beyond the vocabulary: then
    /// nothing has changed ([`ModelError::is_of_input`]). When the computation itself fails: then the rows of this step
    /// can only be closed.
    fn step(&mut self, spans: &[Span<'_>]) -> Result<&[f32], ModelError>;

    /// How many tokens of a prompt must go into one span for the same prompt to give the same logits bit for bit; `None`
    /// when they are the same however a prompt is split.
    fn fixed_chunk(&self) -> Option<usize> {
        None
    }
}
