//! The model of a `tokenizer.json` as it stands in the file.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::tokens::vocabulary::Text;

/// A vocabulary, the pairs to merge, and how to treat words.
#[derive(Deserialize)]
pub struct Source<'a> {
    #[serde(borrow)]
    pub(super) vocab: Entries<'a>,
    #[serde(borrow)]
    pub(super) merges: Vec<Merge<'a>>,
    #[serde(default)]
    pub(super) ignore_merges: bool,
    #[serde(default)]
    dropout: Option<f32>,
    #[serde(default)]
    unk_token: Option<String>,
    #[serde(default)]
    continuing_subword_prefix: Option<String>,
    #[serde(default)]
    end_of_word_suffix: Option<String>,
    #[serde(default)]
    byte_fallback: bool,
}

/// Tokens and their ids, in the order of the file.
pub struct Entries<'a>(pub(super) Vec<(Text<'a>, u32)>);

/// Two tokens that become one.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Merge<'a> {
    /// With a space in between, as older files have it.
    Line(#[serde(borrow)] Text<'a>),
    /// As newer files have it.
    Pair(#[serde(borrow)] Text<'a>, #[serde(borrow)] Text<'a>),
}

impl Source<'_> {
    /// Whether merging pairs of known characters is all that there is to it.
    pub(super) fn is_plain(&self) -> bool {
        let is_empty = |text: &Option<String>| text.as_ref().is_none_or(String::is_empty);
        self.dropout.is_none()
            && self.unk_token.is_none()
            && is_empty(&self.continuing_subword_prefix)
            && is_empty(&self.end_of_word_suffix)
            && !self.byte_fallback
    }
}

impl Merge<'_> {
    /// The left and the right token; `None` where a line has not just one space.
    pub(super) fn pair(&self) -> Option<(&str, &str)> {
        match self {
            Self::Line(line) => line.0.split_once(' ').filter(|(_, right)| !right.contains(' ')),
            Self::Pair(left, right) => Some((&left.0, &right.0)),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("tokens with their ids")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}
