//! Why a tokenizer cannot be used.

/// A `tokenizer.json` that cannot be used, or text it cannot encode.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file is not a tokenizer.
    #[error("failed to parse the tokenizer")]
    Parse(#[from] serde_json::Error),
    /// A vocabulary that contradicts itself, or of a kind that is not known.
    #[error("failed to read the tokenizer: {0}")]
    Vocabulary(String),
    /// The tokenizer refused a text.
    #[error("failed to encode or decode text")]
    Code(#[source] tokenizers::Error),
}
