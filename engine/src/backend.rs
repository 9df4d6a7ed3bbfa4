//! What computes a language model: rows of tokens in, logits out. No tensor library shows here, so that any may be behind.

/// Names one row, a sequence of tokens with a KV cache of its own, of a [`Backend`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowId(pub u64);

/// Tokens to append to one row in one step.
#[derive(Clone, Copy, Debug)]
pub struct Span<'a> {
    /// The row.
    pub row: RowId,
    /// What it reads next, at least one token.
    pub tokens: &'a [u32],
    /// After which of the tokens logits are needed. The fewer, the cheaper a step is.
    pub wants: Wants,
}

/// After which tokens of a span logits are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// After none.
    Nothing,
    /// After the last.
    Last,
    /// After each: for drafts, of a backend that takes them.
    Each,
}

impl Wants {
    /// Number of tokens with logits in a span of `tokens`.
    #[must_use]
    pub const fn count(self, tokens: usize) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Last => 1,
            Self::Each => tokens,
        }
    }
}

/// A language model that reads and continues several rows of tokens at once, each with a KV cache of its own.
///
/// A row's logits depend only on that row's tokens, never on other rows: that is what makes a completion the same alone
/// and among others.
pub trait Backend: Send {
    /// Tokens that one row can hold, prompt and completion together.
    fn context_length(&self) -> usize;

    /// Number of logits after a token.
    fn vocabulary(&self) -> usize;

    /// Begins an empty row.
    fn open(&mut self) -> RowId;

    /// Begins a row that has already read everything that `row` has read.
    ///
    /// # Errors
    /// When `row` is not open, or its cache cannot be copied.
    fn fork(&mut self, row: RowId) -> Result<RowId, BackendError>;

    /// Forgets a row and its cache. Unknown rows are ignored.
    fn close(&mut self, row: RowId);

    /// Appends every span to its row; a row may appear once. Returns the logits after the tokens that want them, in the
    /// order of the spans, one after the other: [`Self::vocabulary`] values each.
    ///
    /// # Errors
    /// When a row is unknown, full or appears twice, or a span is empty or holds a token beyond the vocabulary: then
    /// nothing has changed ([`BackendError::is_of_input`]). When the computation itself fails: then the rows of this step
    /// can only be closed.
    fn step(&mut self, spans: &[Span<'_>]) -> Result<&[f32], BackendError>;

    /// How many tokens of a prompt must go into one span for the same prompt to give the same logits bit for bit; `None`
    /// when they are the same however a prompt is split.
    fn fixed_chunk(&self) -> Option<usize> {
        None
    }

    /// Whether tokens can be appended on trial: the logits after each token of a span are, bit for bit, those that the
    /// tokens would give one by one, and [`Self::forget`] takes the last ones back.
    fn takes_drafts(&self) -> bool {
        false
    }

    /// Has a row hold only its first `length` tokens. Rows that hold fewer, or are unknown, stay as they are.
    fn forget(&mut self, row: RowId, length: usize) {
        let _ = (row, length);
    }
}

/// A step that failed.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// The row was never opened or is closed.
    #[error("failed to step row {0}: it is not open")]
    UnknownRow(u64),
    /// One step names the row twice.
    #[error("failed to step row {0}: it appears twice")]
    RepeatedRow(u64),
    /// The row has no room for the tokens.
    #[error("failed to step: {tokens} tokens exceed the context of {context_length}")]
    ContextFull {
        /// Tokens that the row would hold.
        tokens: usize,
        /// Tokens that it can hold.
        context_length: usize,
    },
    /// The tokens cannot be fed to this model.
    #[error("failed to step: no tokens, or a token beyond the vocabulary")]
    InvalidTokens,
    /// The logits are not numbers: the weights are damaged.
    #[error("failed to sample: the model returned values that are not numbers")]
    NotNumbers,
    /// The computation failed.
    #[error("failed to compute a step")]
    Compute(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl BackendError {
    /// Whether the step was refused for what it was asked, before anything was computed.
    #[must_use]
    pub fn is_of_input(&self) -> bool {
        matches!(self, Self::UnknownRow(_) | Self::RepeatedRow(_) | Self::ContextFull { .. } | Self::InvalidTokens)
    }
}

/// Refuses spans that cannot be appended, where `length` tells how many tokens an open row holds.
///
/// # Errors
/// Names what is wrong; see [`Backend::step`].
pub(crate) fn check(
    spans: &[Span<'_>],
    context_length: usize,
    vocabulary: usize,
    length: impl Fn(RowId) -> Option<usize>,
) -> Result<(), BackendError> {
    for (index, span) in spans.iter().enumerate() {
        let read = length(span.row).ok_or(BackendError::UnknownRow(span.row.0))?;
        if spans[..index].iter().any(|earlier| earlier.row == span.row) {
            return Err(BackendError::RepeatedRow(span.row.0));
        }
        if span.tokens.is_empty() || span.tokens.iter().any(|token| *token as usize >= vocabulary) {
            return Err(BackendError::InvalidTokens);
        }
        let tokens = read + span.tokens.len();
        if tokens > context_length {
            return Err(BackendError::ContextFull { tokens, context_length });
        }
    }
    Ok(())
}
