//! A vocabulary as GGUF files list it.

/// Tokens in the order of their ids, and what is known of how text becomes them.
pub struct Listed<'a> {
    /// The algorithm: `gpt2` is byte pair encoding of words of bytes, `llama` that of `SentencePiece`.
    pub model: &'a str,
    /// How text is cut into words.
    pub pre: Option<&'a str>,
    /// Their texts.
    pub tokens: Vec<&'a str>,
    /// As many as there are tokens.
    pub kinds: Vec<Kind>,
    /// Pairs of tokens with a space in between, in the order of training.
    pub merges: Vec<&'a str>,
    /// Of `SentencePiece`'s tokens, which go first when they are merged.
    pub scores: Vec<f32>,
    /// Whether a blank is put before `SentencePiece`'s texts.
    pub adds_space: bool,
    /// The token for what `SentencePiece` does not know.
    pub unknown: Option<u32>,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A piece of text.
    Normal,
    /// Steers the model, and is no text.
    Control,
    /// Text that is found before anything else is cut.
    Added,
    /// Means nothing.
    Unused,
    /// A byte, in vocabularies that spell out what they do not know.
    Byte,
}
