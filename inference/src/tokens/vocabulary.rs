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

/// Places of ids that no token may lie beyond; the largest vocabularies have a sixtieth of it.
const MOST_PLACES: usize = 1 << 24;

/// Which text has which id. Every text has one id, and every id at most one text.
pub struct Vocabulary {
    /// All texts, one after the other.
    texts: String,
    /// Where in `texts` an id's text begins and ends; nothing lies between the two where no token has the id.
    places: Vec<(u32, u32)>,
    /// The ids by the hashes of their texts.
    ids: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Vocabulary {
    /// Takes texts with their ids. `None` where one of them is empty or there twice, or where an id is out of all proportion.
    #[must_use]
    pub fn new(tokens: &[(Text, u32)]) -> Option<Self> {
        let most = tokens.iter().map(|(_, id)| *id as usize).max().map_or(0, |most| most + 1);
        let length = tokens.iter().map(|(text, _)| text.0.len()).sum();
        if most > MOST_PLACES || u32::try_from(length).is_err() {
            return None;
        }
        let mut vocabulary = Self {
            texts: String::with_capacity(length),
            places: vec![(0, 0); most],
            ids: HashTable::with_capacity(tokens.len()),
            hasher: DefaultHashBuilder::default(),
        };
        tokens.iter().all(|(text, id)| vocabulary.add(&text.0, *id)).then_some(vocabulary)
    }

    /// Whether text and id are both new.
    fn add(&mut self, text: &str, id: u32) -> bool {
        if text.is_empty() || self.text(id).is_some() || self.id(text).is_some() {
            return false;
        }
        let start = self.texts.len() as u32;
        self.texts.push_str(text);
        self.places[id as usize] = (start, self.texts.len() as u32);
        let Self { texts, places, ids, hasher } = self;
        ids.insert_unique(hasher.hash_one(text), id, |id| hasher.hash_one(at(texts, places, *id)));
        true
    }

    /// The id of a text.
    #[must_use]
    pub fn id(&self, text: &str) -> Option<u32> {
        let is_it = |id: &u32| at(&self.texts, &self.places, *id) == text;
        self.ids.find(self.hasher.hash_one(text), is_it).copied()
    }

    /// The text of an id.
    #[must_use]
    pub fn text(&self, id: u32) -> Option<&str> {
        let is_there = (id as usize) < self.places.len();
        is_there.then(|| at(&self.texts, &self.places, id)).filter(|text| !text.is_empty())
    }

    /// Number of tokens.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }
}

fn at<'a>(texts: &'a str, places: &[(u32, u32)], id: u32) -> &'a str {
    let (start, end) = places[id as usize];
    &texts[start as usize..end as usize]
}
