//! Text to token ids and back.

mod bpe;
mod detokenizer;
mod error;
mod model;
mod vocabulary;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;
use tokenizers::{
    Decoder as _, DecoderWrapper, NormalizedString, Normalizer as _, NormalizerWrapper, OffsetReferential, OffsetType,
    PreTokenizedString, PreTokenizer as _, PreTokenizerWrapper,
};

pub use detokenizer::Detokenizer;
pub use error::TokenError;
use model::Model;

/// A tokenizer that keeps control text (of a chat template) and content (of messages) apart.
pub struct Tokens {
    normalizer: Option<NormalizerWrapper>,
    pre_tokenizer: Option<PreTokenizerWrapper>,
    /// Knows no control tokens: what looks like one is a sequence of ordinary characters to it.
    model: Model,
    decoder: Option<DecoderWrapper>,
    /// Control tokens such as `<|im_end|>`.
    added: BTreeMap<String, u32>,
    special: BTreeSet<u32>,
}

/// The parts of a `tokenizer.json` that matter here: content is never post-processed, truncated or padded.
#[derive(Deserialize)]
struct File<'a> {
    #[serde(default)]
    added_tokens: Vec<Added>,
    normalizer: Option<NormalizerWrapper>,
    pre_tokenizer: Option<PreTokenizerWrapper>,
    /// Read by itself: its kind decides how.
    #[serde(borrow)]
    model: &'a RawValue,
    decoder: Option<DecoderWrapper>,
}

/// The part of a `tokenizer.json` that says which tokens control.
#[derive(Deserialize)]
struct Added {
    id: u32,
    content: String,
}

/// A prompt that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("prompt has {tokens} tokens, more than the {limit} that leave room for a completion")]
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
        let File { added_tokens, normalizer, pre_tokenizer, model, decoder } = serde_json::from_slice(bytes)?;
        Ok(Self {
            normalizer,
            pre_tokenizer,
            model: Model::read(model)?,
            decoder,
            special: added_tokens.iter().map(|token| token.id).collect(),
            added: added_tokens.into_iter().map(|token| (token.content, token.id)).collect(),
        })
    }

    /// Number of different tokens, control tokens included.
    #[must_use]
    pub fn vocabulary(&self) -> usize {
        let beyond = self.added.keys().filter(|token| self.model.id(token).is_none()).count();
        self.model.size() + beyond
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

    /// Encodes the text of a message. Never yields a control token, whatever the text says.
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
        let ids = ids.iter().filter(|id| !self.is_control(**id));
        let texts: Vec<String> = ids.filter_map(|id| self.model.text(*id)).collect();
        match &self.decoder {
            Some(decoder) => decoder.decode(texts).map_err(TokenError::Code),
            None => Ok(texts.join(" ")),
        }
    }

    fn encode(&self, text: &str) -> Result<Vec<u32>, TokenError> {
        let mut normalized = NormalizedString::from(text);
        if let Some(normalizer) = &self.normalizer {
            normalizer.normalize(&mut normalized).map_err(TokenError::Code)?;
        }
        let mut words = PreTokenizedString::from(normalized);
        if let Some(pre_tokenizer) = &self.pre_tokenizer {
            pre_tokenizer.pre_tokenize(&mut words).map_err(TokenError::Code)?;
        }
        let mut ids = Vec::new();
        for (word, ..) in words.get_splits(OffsetReferential::Normalized, OffsetType::None) {
            self.model.encode(word, &mut ids)?;
        }
        Ok(ids)
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
