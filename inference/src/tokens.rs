//! Text to token ids and back.

mod detokenizer;

use std::collections::{BTreeMap, BTreeSet};

use tokenizers::Tokenizer;

pub use detokenizer::Detokenizer;

/// A tokenizer that keeps control text (written by a chat template) and content (written by people) apart.
pub struct Tokens {
    /// Knows control tokens such as `<|im_end|>`.
    control: Tokenizer,
    /// The same without them: what looks like a control token is a row of ordinary characters to it.
    content: Tokenizer,
    added: BTreeMap<String, u32>,
    special: BTreeSet<u32>,
}

/// A `tokenizer.json` that cannot be used, or text it cannot encode.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file is not a tokenizer.
    #[error("failed to parse the tokenizer")]
    Parse(#[source] tokenizers::Error),
    /// The file is not JSON.
    #[error("failed to parse the tokenizer")]
    Json(#[from] serde_json::Error),
    /// The tokenizer refused a text.
    #[error("failed to encode or decode text")]
    Code(#[source] tokenizers::Error),
}

/// A prompt that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("prompt has {tokens} tokens, more than the {limit} that leave room for a letter")]
pub struct TooLong {
    /// Tokens of the prompt.
    pub tokens: usize,
    /// Most tokens that fit.
    pub limit: usize,
}

impl Tokens {
    /// Reads a `tokenizer.json`.
    ///
    /// # Errors
    /// When the bytes are not a tokenizer.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TokenError> {
        let control = Tokenizer::from_bytes(bytes).map_err(TokenError::Parse)?;
        let mut json: serde_json::Value = serde_json::from_slice(bytes)?;
        json["added_tokens"] = serde_json::Value::Array(Vec::new());
        // A post-processor may name added tokens; content is never post-processed.
        json["post_processor"] = serde_json::Value::Null;
        let content = Tokenizer::from_bytes(serde_json::to_vec(&json)?).map_err(TokenError::Parse)?;
        let added = control.get_added_tokens_decoder();
        Ok(Self {
            control,
            content,
            special: added.keys().copied().collect(),
            added: added.into_iter().map(|(id, token)| (token.content, id)).collect(),
        })
    }

    /// Number of different tokens, control tokens included.
    #[must_use]
    pub fn vocabulary(&self) -> usize {
        self.control.get_vocab_size(true)
    }

    /// Id of a control token such as `<|im_end|>`.
    #[must_use]
    pub fn control_id(&self, token: &str) -> Option<u32> {
        self.added.get(token).copied()
    }

    /// Whether `id` is a control token.
    #[must_use]
    pub fn is_control(&self, id: u32) -> bool {
        self.special.contains(&id)
    }

    /// Encodes text of a chat template, control tokens included.
    ///
    /// # Errors
    /// When the tokenizer refuses the text.
    pub fn encode_control(&self, text: &str) -> Result<Vec<u32>, TokenError> {
        let encoding = self.control.encode_fast(text, false).map_err(TokenError::Code)?;
        Ok(encoding.get_ids().to_vec())
    }

    /// Encodes text that people wrote. Never yields a control token, whatever the text says.
    ///
    /// # Errors
    /// When the tokenizer refuses the text.
    pub fn encode_content(&self, text: &str) -> Result<Vec<u32>, TokenError> {
        let encoding = self.content.encode_fast(text, false).map_err(TokenError::Code)?;
        Ok(encoding.get_ids().iter().copied().filter(|id| !self.is_control(*id)).collect())
    }

    /// Text of `ids`, control tokens left out.
    ///
    /// # Errors
    /// When the tokenizer's decoder fails.
    pub fn decode(&self, ids: &[u32]) -> Result<String, TokenError> {
        self.control.decode(ids, true).map_err(TokenError::Code)
    }
}

/// Checks that a prompt and the longest completion fit into the context.
///
/// # Errors
/// [`TooLong`] with the numbers.
pub fn fit(prompt: &[u32], max_new_tokens: usize, context_length: usize) -> Result<(), TooLong> {
    let limit = context_length.saturating_sub(max_new_tokens);
    if prompt.len() > limit { Err(TooLong { tokens: prompt.len(), limit }) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
