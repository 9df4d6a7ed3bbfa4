//! The parts of a tokenizer, made of a vocabulary as GGUF files list it, with the names that llama.cpp has for the ways to
//! cut text.

use std::borrow::Cow;

use serde_json::{Value, json};
use tokenizers::{DecoderWrapper, ModelWrapper, NormalizerWrapper, PreTokenizerWrapper};

use super::TokenError;
use super::bpe::Bpe;
use super::library::part;
use super::listed::{Kind, Listed};
use super::model::Model;
use super::pieces::{Pieces, pieces};
use super::vocabulary::Text;

/// The parts of a tokenizer.
pub(super) struct Parts {
    pub normalizer: Option<NormalizerWrapper>,
    pub pre_tokenizer: Option<PreTokenizerWrapper>,
    pub model: Model,
    pub decoder: Option<DecoderWrapper>,
    /// Ids and texts of added tokens, and whether they control.
    pub added: Vec<(u32, String, bool)>,
}

/// How text becomes words.
#[derive(Debug)]
struct Cut {
    /// A step before all others.
    normalizer: Option<Value>,
    /// The steps of the `tokenizers` library.
    steps: Vec<Value>,
    /// Whether a word that is a token stays whole.
    ignore_merges: bool,
}

/// The names of the ways to cut that are known.
const KNOWN: &str = "default, gpt-2, llama-bpe, qwen2, smollm";

impl Listed<'_> {
    /// Builds the parts.
    pub(super) fn parts(&self) -> Result<Parts, TokenError> {
        match self.model {
            "gpt2" => self.words(),
            "llama" => self.pieces(),
            other => Err(TokenError::Vocabulary(format!(
                "its kind is `{other}`, and of GGUF files `gpt2` (byte pair encoding) and `llama` (SentencePiece's) can be \
                 read; put the model's `tokenizer.json` beside the file"
            ))),
        }
    }

    /// Byte pair encoding of words.
    fn words(&self) -> Result<Parts, TokenError> {
        let cut = cut(self.pre).map_err(TokenError::Vocabulary)?;
        let plain = self.all().filter(|(.., kind)| matches!(kind, Kind::Normal | Kind::Byte));
        let vocabulary = plain.map(|(id, token, _)| (Text(Cow::Borrowed(token)), id)).collect();
        let pairs = self.merges.iter().copied().map(pair).collect::<Result<Vec<_>, _>>()?;
        let bpe = Bpe::of(vocabulary, &pairs, cut.ignore_merges).map_err(TokenError::Vocabulary)?;
        Ok(Parts {
            normalizer: cut.normalizer.as_ref().map(part).transpose()?,
            pre_tokenizer: Some(part(&json!({ "type": "Sequence", "pretokenizers": cut.steps }))?),
            model: Model::Bpe(bpe),
            decoder: Some(part(&bytes(false))?),
            added: self.added(),
        })
    }

    /// Byte pair encoding of whole texts.
    fn pieces(&self) -> Result<Parts, TokenError> {
        let Pieces { normalizer, model, decoder } = pieces(self)?;
        Ok(Parts {
            normalizer: Some(part(&normalizer)?),
            pre_tokenizer: None,
            model: Model::Other(Box::new(ModelWrapper::BPE(part(&model)?))),
            decoder: Some(part(&decoder)?),
            added: self.added(),
        })
    }

    /// Tokens with their ids and kinds.
    fn all(&self) -> impl Iterator<Item = (u32, &str, Kind)> {
        (0u32..).zip(&self.tokens).zip(&self.kinds).map(|((id, token), kind)| (id, *token, *kind))
    }

    fn added(&self) -> Vec<(u32, String, bool)> {
        let added = self.all().filter(|(.., kind)| matches!(kind, Kind::Control | Kind::Added));
        added.map(|(id, token, kind)| (id, token.to_owned(), kind == Kind::Control)).collect()
    }
}

/// The two tokens of a merge.
fn pair(line: &str) -> Result<(&str, &str), TokenError> {
    let pair = line.split_once(' ').filter(|(_, right)| !right.contains(' '));
    pair.ok_or_else(|| TokenError::Vocabulary(format!("the merge `{line}` is no pair")))
}

/// The way to cut that llama.cpp calls `name`.
fn cut(name: Option<&str>) -> Result<Cut, String> {
    let plain = |steps| Cut { normalizer: None, steps, ignore_merges: false };
    Ok(match name {
        // Files without a name are older than all other ways.
        None | Some("default" | "gpt-2" | "gpt2") => plain(vec![bytes(true)]),
        Some("smollm") => plain(vec![json!({ "type": "Digits", "individual_digits": true }), bytes(true)]),
        Some("qwen2") => {
            Cut { normalizer: Some(json!({ "type": "NFC" })), ..plain(vec![words(r"\p{N}"), bytes(false)]) }
        }
        Some("llama-bpe" | "llama3" | "llama-v3") => {
            Cut { ignore_merges: true, ..plain(vec![words(r"\p{N}{1,3}"), bytes(false)]) }
        }
        Some(other) => {
            return Err(format!(
                "it cuts words in the way called `{other}`, and known are: {KNOWN}; put the model's `tokenizer.json` \
                 beside the file"
            ));
        }
    })
}

/// Bytes as characters; `cuts` also cuts into words as GPT-2 does.
fn bytes(cuts: bool) -> Value {
    json!({ "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": cuts })
}

/// The words of newer models: contractions, letters with one other character before, runs of `digits`, signs, blanks.
fn words(digits: &str) -> Value {
    let pattern = [
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|",
        digits,
        r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    ];
    json!({ "type": "Split", "pattern": { "Regex": pattern.concat() }, "behavior": "Isolated", "invert": false })
}
