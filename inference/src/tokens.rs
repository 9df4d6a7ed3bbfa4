//! Text to token ids and back.

mod detokenizer;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;
use tokenizers::{ModelWrapper, Tokenizer};

pub use detokenizer::Detokenizer;

/// A tokenizer that keeps control text (written by a chat template) and content (written by people) apart.
pub struct Tokens {
    /// Knows no control tokens: what looks like one is a row of ordinary characters to it.
    content: Tokenizer,
    /// Control tokens such as `<|im_end|>`.
    added: BTreeMap<String, u32>,
    special: BTreeSet<u32>,
}

/// The part of a `tokenizer.json` that says which tokens control.
#[derive(Deserialize)]
struct Added {
    id: u32,
    content: String,
}

/// Stands where the vocabulary of a `tokenizer.json` was.
const NO_MODEL: &str = r#"{"type":"BPE","vocab":{},"merges":[]}"#;

/// The kind of a vocabulary; old files do not say it.
#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: Option<String>,
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

fn vocabulary(json: &RawValue) -> Result<ModelWrapper, TokenError> {
    let Kind { kind } = serde_json::from_str(json.get())?;
    Ok(if kind.as_deref() == Some("BPE") {
        ModelWrapper::BPE(serde_json::from_str(json.get())?)
    } else {
        serde_json::from_str(json.get())?
    })
}

impl Tokens {
    /// Reads a `tokenizer.json`.
    ///
    /// # Errors
    /// When the bytes are not a tokenizer.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TokenError> {
        let mut json: BTreeMap<&str, &RawValue> = serde_json::from_slice(bytes)?;
        let added: Vec<Added> = match json.remove("added_tokens") {
            Some(tokens) => serde_json::from_str(tokens.get())?,
            None => Vec::new(),
        };
        // A post-processor may name added tokens; content is never post-processed.
        json.remove("post_processor");
        // The vocabulary is read by itself: as part of the whole it would become a tree of values first, which takes as
        // long again as everything else that loads a model.
        let model = json.remove("model").ok_or_else(|| TokenError::Parse("it has no model".into()))?;
        let none = RawValue::from_string(NO_MODEL.to_owned())?;
        json.insert("model", &none);
        let mut content = Tokenizer::from_bytes(serde_json::to_vec(&json)?).map_err(TokenError::Parse)?;
        content.with_model(vocabulary(model)?);
        Ok(Self {
            content,
            special: added.iter().map(|token| token.id).collect(),
            added: added.into_iter().map(|token| (token.content, token.id)).collect(),
        })
    }

    /// Number of different tokens, control tokens included.
    #[must_use]
    pub fn vocabulary(&self) -> usize {
        let beyond = self.added.keys().filter(|token| self.content.token_to_id(token).is_none()).count();
        self.content.get_vocab_size(true) + beyond
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
        let mut ids = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            // Of the control tokens that come first, the longest.
            let found =
                self.added.iter().filter_map(|(token, id)| Some((rest.find(token)?, Reverse(token.len()), *id)));
            let (until, length, id) = match found.min() {
                Some((until, Reverse(length), id)) => (until, length, Some(id)),
                None => (rest.len(), 0, None),
            };
            ids.extend(self.encode(&rest[..until])?);
            ids.extend(id);
            rest = &rest[until + length..];
        }
        Ok(ids)
    }

    /// Encodes text that people wrote. Never yields a control token, whatever the text says.
    ///
    /// # Errors
    /// When the tokenizer refuses the text.
    pub fn encode_content(&self, text: &str) -> Result<Vec<u32>, TokenError> {
        Ok(self.encode(text)?.into_iter().filter(|id| !self.is_control(*id)).collect())
    }

    /// Text of `ids`, control tokens left out.
    ///
    /// # Errors
    /// When the tokenizer's decoder fails.
    pub fn decode(&self, ids: &[u32]) -> Result<String, TokenError> {
        let ids: Vec<u32> = ids.iter().copied().filter(|id| !self.is_control(*id)).collect();
        self.content.decode(&ids, true).map_err(TokenError::Code)
    }

    fn encode(&self, text: &str) -> Result<Vec<u32>, TokenError> {
        let encoding = self.content.encode_fast(text, false).map_err(TokenError::Code)?;
        Ok(encoding.get_ids().to_vec())
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
