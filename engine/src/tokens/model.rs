//! The part of a tokenizer that has the vocabulary: our own where it is plain byte pair encoding, as nearly everywhere
//! today, else the library's.

use serde::Deserialize;
use serde_json::value::RawValue;
use tokenizers::{Model as _, ModelWrapper};

use super::bpe::Bpe;
use super::error::TokenError;

/// Cuts words into tokens.
pub enum Model {
    /// Ours, which is read in less than half of the time and takes a seventh of the memory.
    Bpe(Bpe),
    /// The library's, which knows everything else.
    Other(Box<ModelWrapper>),
}

/// The kind of a vocabulary; old files do not say it.
#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl Model {
    /// Reads the `model` of a `tokenizer.json`.
    ///
    /// # Errors
    /// When it is not one.
    pub fn read(json: &RawValue) -> Result<Self, TokenError> {
        let Kind { kind } = serde_json::from_str(json.get())?;
        if kind.as_deref() != Some("BPE") {
            return Ok(Self::Other(serde_json::from_str(json.get())?));
        }
        // What ours cannot read, the library reads, or says what is wrong with it.
        if let Some(bpe) = serde_json::from_str(json.get()).ok().and_then(Bpe::new) {
            return Ok(Self::Bpe(bpe));
        }
        // The kind is known, so the library need not try every kind that it has.
        Ok(Self::Other(Box::new(ModelWrapper::BPE(serde_json::from_str(json.get())?))))
    }

    /// Adds the tokens of a word to `ids`.
    ///
    /// # Errors
    /// When the library refuses the word.
    pub fn encode(&self, word: &str, ids: &mut Vec<u32>) -> Result<(), TokenError> {
        match self {
            Self::Bpe(bpe) => bpe.encode(word, ids),
            Self::Other(model) => {
                ids.extend(model.tokenize(word).map_err(TokenError::Code)?.iter().map(|token| token.id));
            }
        }
        Ok(())
    }

    /// The text of a token, still encoded as characters of the vocabulary.
    #[must_use]
    pub fn text(&self, id: u32) -> Option<String> {
        match self {
            Self::Bpe(bpe) => bpe.vocabulary().text(id).map(str::to_owned),
            Self::Other(model) => model.id_to_token(id),
        }
    }

    /// One more than the highest id.
    #[must_use]
    pub fn end(&self) -> usize {
        match self {
            Self::Bpe(bpe) => bpe.vocabulary().end(),
            Self::Other(model) => model.get_vocab().values().max().map_or(0, |id| *id as usize + 1),
        }
    }
}
