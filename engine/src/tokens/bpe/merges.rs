//! Which pairs of tokens become one, in two flat buffers.

use std::hash::BuildHasher as _;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

/// What becomes of a pair of tokens.
#[derive(Clone, Copy)]
pub struct Merge {
    /// Lower ranks go first.
    pub rank: u32,
    /// The token that takes the place of both.
    pub id: u32,
}

/// All merges by the pairs that they merge.
pub struct Merges {
    /// Pairs and what they become, by rank.
    by_rank: Vec<((u32, u32), u32)>,
    /// The ranks by the hashes of their pairs.
    ranks: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Merges {
    /// No merges, with room for as many.
    #[must_use]
    pub fn with_capacity(merges: usize) -> Self {
        Self {
            by_rank: Vec::with_capacity(merges),
            ranks: HashTable::with_capacity(merges),
            hasher: DefaultHashBuilder::default(),
        }
    }

    /// Adds the merge of the next rank. A pair that is there already gets the new one.
    pub fn push(&mut self, pair: (u32, u32), id: u32) {
        let Self { by_rank, ranks, hasher } = self;
        let rank = by_rank.len() as u32;
        by_rank.push((pair, id));
        let pair_of = |rank: &u32| by_rank[*rank as usize].0;
        match ranks.entry(hasher.hash_one(pair), |rank| pair_of(rank) == pair, |rank| hasher.hash_one(pair_of(rank))) {
            Entry::Occupied(mut earlier) => *earlier.get_mut() = rank,
            Entry::Vacant(place) => drop(place.insert(rank)),
        }
    }

    /// What becomes of a pair, if it is merged at all.
    #[must_use]
    pub fn get(&self, pair: (u32, u32)) -> Option<Merge> {
        let is_it = |rank: &u32| self.by_rank[*rank as usize].0 == pair;
        let rank = *self.ranks.find(self.hasher.hash_one(pair), is_it)?;
        Some(Merge { rank, id: self.by_rank[rank as usize].1 })
    }
}
