//! Text to token ids and back.

mod bpe;
mod bytes;
mod detokenizer;
mod error;
mod library;
mod listed;
mod model;
mod parts;
mod pieces;
mod vocabulary;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tokenizers::{
    Decoder as _, DecoderWrapper, NormalizedString, Normalizer as _, NormalizerWrapper, OffsetReferential, OffsetType,
    PreTokenizedString, PreTokenizer as _, PreTokenizerWrapper,
};

pub use detokenizer::Detokenizer;
pub use error::TokenError;
use library::part;
pub use listed::{Kind, Listed};
use model::Model;
use parts::Parts;

/// A tokenizer that keeps control text (of a chat template) and content (of messages) apart.
pub struct Tokens {
    normalizer: Option<NormalizerWrapper>,
    pre_tokenizer: Option<PreTokenizerWrapper>,
    /// Knows no control tokens: what looks like one is a sequence of ordinary characters to it.
    model: Model,
    decoder: Option<DecoderWrapper>,
    /// Tokens beside the model's, by their ids.
    added: BTreeMap<u32, Added>,
}

/// The parts of a `tokenizer.json` that matter here: content is never post-processed, truncated or padded.
#[derive(Deserialize)]
struct File<'a> {
    #[serde(default)]
    added_tokens: Vec<Added>,
    normalizer: Option<Value>,
    pre_tokenizer: Option<Value>,
    /// Read by itself: its kind decides how.
    #[serde(borrow)]
    model: &'a RawValue,
    decoder: Option<Value>,
}

/// A token that is found in text before the model cuts it.
#[derive(Clone, Debug, Deserialize)]
struct Added {
    id: u32,
    content: String,
    /// Whether it controls, as `<|im_end|>` does, and is no text.
    #[serde(default = "yes")]
    special: bool,
}

/// Old files do not say it, and have control tokens only.
fn yes() -> bool {
    true
}

impl Added {
    /// Whether text of a message may become this token: markup of the model's own, such as `<think>`, must not.
    fn is_content(&self) -> bool {
        let is_markup = self.content.starts_with('<') && self.content.ends_with('>');
        !self.special && !is_markup
    }
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
            normalizer: normalizer.as_ref().map(part).transpose()?,
            pre_tokenizer: pre_tokenizer.as_ref().map(part).transpose()?,
            model: Model::read(model)?,
            decoder: decoder.as_ref().map(part).transpose()?,
            added: added_tokens.into_iter().map(|token| (token.id, token)).collect(),
        })
    }

    /// Takes the vocabulary of a GGUF file.
    ///
    /// # Errors
    /// When it contradicts itself, or is of a kind that is not known.
    pub fn from_listed(listed: &Listed) -> Result<Self, TokenError> {
        let Parts { normalizer, pre_tokenizer, model, decoder, added } = listed.parts()?;
        let added = added.into_iter().map(|(id, content, special)| (id, Added { id, content, special })).collect();
        Ok(Self { normalizer, pre_tokenizer, model, decoder, added })
    }

    /// Leaves out the added tokens with ids from `vocabulary` on, for which a network has no row: their texts are cut like
    /// any other.
    pub fn limit(&mut self, vocabulary: usize) {
        self.added.retain(|id, _| (*id as usize) < vocabulary);
    }

    /// One more than the highest id.
    #[must_use]
    pub fn vocabulary(&self) -> usize {
        let added = self.added.last_key_value().map_or(0, |(id, _)| *id as usize + 1);
        self.model.end().max(added)
    }

    /// Id of an added token such as `<|im_end|>`.
    #[must_use]
    pub fn control_id(&self, token: &str) -> Option<u32> {
        self.added.values().find(|added| added.content == token).map(|added| added.id)
    }

    /// Whether `id` is a control token.
    #[must_use]
    pub fn is_control(&self, id: u32) -> bool {
        self.added.get(&id).is_some_and(|added| added.special)
    }

    /// The text of a token as the vocabulary has it, control tokens included.
    #[must_use]
    pub fn text(&self, id: u32) -> Option<String> {
        self.added.get(&id).map(|added| added.content.clone()).or_else(|| self.model.text(id))
    }

    /// Encodes text of a chat template, control tokens included.
    ///
    /// # Errors
    /// When the tokenizer refuses the text.
    pub fn encode_control(&self, text: &str) -> Result<Vec<u32>, TokenError> {
        self.encode_with(text, |_| true)
    }

    /// Encodes the text of a message. Never yields a control token, whatever the text says.
    ///
    /// # Errors
    /// When the tokenizer refuses the text.
    pub fn encode_content(&self, text: &str) -> Result<Vec<u32>, TokenError> {
        let ids = self.encode_with(text, Added::is_content)?;
        let may_be = |id: &u32| self.added.get(id).is_none_or(Added::is_content);
        Ok(ids.into_iter().filter(may_be).collect())
    }

    /// Encodes text in which those added tokens count that `counts` names.
    fn encode_with(&self, text: &str, counts: impl Fn(&Added) -> bool) -> Result<Vec<u32>, TokenError> {
        let counted: Vec<&Added> =
            self.added.values().filter(|added| counts(added) && !added.content.is_empty()).collect();
        let mut ids = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            // Of the added tokens that come first, the longest.
            let found = counted
                .iter()
                .filter_map(|added| Some((rest.find(&added.content)?, Reverse(added.content.len()), added.id)));
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

    /// Text of `ids`, control tokens left out.
    ///
    /// # Errors
    /// When the tokenizer's decoder fails.
    pub fn decode(&self, ids: &[u32]) -> Result<String, TokenError> {
        let texts: Vec<String> =
            ids.iter().filter(|id| !self.is_control(**id)).filter_map(|id| self.text(*id)).collect();
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
