//! The texts of tokens and their ids, in a few flat buffers: with a string of its own for each of them, a hundred and fifty
//! thousand tokens take several times the memory.

use std::borrow::Cow;
use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};
use serde::Deserialize;

/// A text that is only copied where JSON escapes a part of it.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

/// Ids without a token, for each token and at least: more would take memory out of all proportion to the file.
const GAPS: usize = 8;
const LEAST_GAPS: usize = 1 << 12;

/// Which text has which id. Every text has one id, and every id at most one text.
pub struct Vocabulary {
    /// All texts, in the order of their ids.
    texts: String,
    /// Where in `texts` the text of each id begins, and where the last one ends. An id without a token has an empty text.
    bounds: Vec<u32>,
    /// The ids by the hashes of their texts.
    ids: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Vocabulary {
    /// Takes texts with their ids. `None` where a text is empty, where a text or an id is there twice, or where an id is out
    /// of all proportion.
    #[must_use]
    pub fn new(mut tokens: Vec<(Text, u32)>) -> Option<Self> {
        tokens.sort_unstable_by_key(|(_, id)| *id);
        let length = tokens.iter().map(|(text, _)| text.0.len()).sum();
        let most = tokens.len().saturating_mul(GAPS).max(LEAST_GAPS);
        if tokens.last().is_some_and(|(_, id)| *id as usize >= most) || u32::try_from(length).is_err() {
            return None;
        }
        let mut vocabulary = Self {
            texts: String::with_capacity(length),
            bounds: Vec::with_capacity(tokens.last().map_or(1, |(_, id)| *id as usize + 2)),
            ids: HashTable::with_capacity(tokens.len()),
            hasher: DefaultHashBuilder::default(),
        };
        vocabulary.bounds.push(0);
        tokens.iter().all(|(text, id)| vocabulary.push(&text.0, *id)).then_some(vocabulary)
    }

    /// Adds a token beyond the others, or says that text or id are not new.
    fn push(&mut self, text: &str, id: u32) -> bool {
        if text.is_empty() || self.text(id).is_some() || self.id(text).is_some() {
            return false;
        }
        self.bounds.resize(id as usize + 1, self.texts.len() as u32);
        self.texts.push_str(text);
        self.bounds.push(self.texts.len() as u32);
        let Self { texts, bounds, ids, hasher } = self;
        ids.insert_unique(hasher.hash_one(text), id, |id| hasher.hash_one(at(texts, bounds, *id)));
        true
    }

    /// The id of a text.
    #[must_use]
    pub fn id(&self, text: &str) -> Option<u32> {
        let is_it = |id: &u32| at(&self.texts, &self.bounds, *id) == text;
        self.ids.find(self.hasher.hash_one(text), is_it).copied()
    }

    /// The text of an id.
    #[must_use]
    pub fn text(&self, id: u32) -> Option<&str> {
        let is_there = (id as usize) + 1 < self.bounds.len();
        is_there.then(|| at(&self.texts, &self.bounds, id)).filter(|text| !text.is_empty())
    }

    /// One more than the highest id.
    #[must_use]
    pub fn end(&self) -> usize {
        self.bounds.len() - 1
    }
}

fn at<'a>(texts: &'a str, bounds: &[u32], id: u32) -> &'a str {
    &texts[bounds[id as usize] as usize..bounds[id as usize + 1] as usize]
}
