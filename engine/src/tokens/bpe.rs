//! Byte pair encoding (Sennrich and others, 2016): a word is its characters, of which the pair that was merged first in
//! training is merged, again and again.
//!
//! As the `tokenizers` library does it, token for token, which `bpe/tests.rs` holds against it; but without a cache of
//! words, which would keep what messages say in memory.

mod merges;
mod source;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use merges::{Merge, Merges};
use source::Source;

use super::vocabulary::{Text, Vocabulary};

/// Cuts words into tokens.
pub struct Bpe {
    vocabulary: Vocabulary,
    merges: Merges,
    /// Whether a word that is a token stays whole, whatever the merges say.
    ignore_merges: bool,
}

/// A token of a word while it is merged; the others of its word by their indices.
struct Symbol {
    id: u32,
    before: Option<usize>,
    after: Option<usize>,
    /// Whether the token before has taken it in.
    is_gone: bool,
}

/// Pairs that can be merged, the next one on top: by rank, then from the left.
type Candidates = BinaryHeap<Reverse<(u32, usize, u32)>>;

impl Bpe {
    /// `None` where the file asks for more than plain pairs (see [`Source::is_plain`]) or contradicts itself.
    #[must_use]
    pub fn new(source: Source) -> Option<Self> {
        if !source.is_plain() {
            return None;
        }
        let pairs = source.merges.iter().map(source::Merge::pair).collect::<Option<Vec<_>>>()?;
        Self::of(source.vocab.0, &pairs, source.ignore_merges).ok()
    }

    /// Takes tokens with their ids, and the pairs to merge in the order of training.
    ///
    /// # Errors
    /// Says what contradicts itself.
    pub fn of(tokens: Vec<(Text, u32)>, pairs: &[(&str, &str)], ignore_merges: bool) -> Result<Self, String> {
        let vocabulary = Vocabulary::new(tokens).ok_or("a token is empty or there twice, or an id is too high")?;
        let mut merges = Merges::with_capacity(pairs.len());
        let mut whole = String::new();
        for (left, right) in pairs {
            whole.clear();
            whole.extend([*left, *right]);
            let id =
                |token: &str| vocabulary.id(token).ok_or_else(|| format!("a merge names `{token}`, which is no token"));
            merges.push((id(left)?, id(right)?), id(&whole)?);
        }
        Ok(Self { vocabulary, merges, ignore_merges })
    }

    /// Which text has which id.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Adds the tokens of a word to `ids`. Characters that the vocabulary does not have are left out.
    pub fn encode(&self, word: &str, ids: &mut Vec<u32>) {
        if self.ignore_merges
            && let Some(id) = self.vocabulary.id(word)
        {
            return ids.push(id);
        }
        let mut symbols = self.symbols(word);
        let mut candidates: Candidates = (0..symbols.len()).filter_map(|left| self.candidate(&symbols, left)).collect();
        while let Some(Reverse((_, left, id))) = candidates.pop() {
            // Since it was found, other merges may have changed the pair.
            if self.merge(&symbols, left).is_none_or(|merge| merge.id != id) {
                continue;
            }
            let Some(right) = symbols[left].after else { continue };
            let after = symbols[right].after;
            symbols[right].is_gone = true;
            (symbols[left].id, symbols[left].after) = (id, after);
            if let Some(after) = after {
                symbols[after].before = Some(left);
            }
            let changed = [symbols[left].before, Some(left)];
            candidates.extend(changed.into_iter().flatten().filter_map(|left| self.candidate(&symbols, left)));
        }
        ids.extend(symbols.iter().filter(|symbol| !symbol.is_gone).map(|symbol| symbol.id));
    }

    /// The characters of a word.
    fn symbols(&self, word: &str) -> Vec<Symbol> {
        let mut buffer = [0; 4];
        let known = word.chars().filter_map(|character| self.vocabulary.id(character.encode_utf8(&mut buffer)));
        let mut symbols: Vec<Symbol> = known
            .enumerate()
            .map(|(index, id)| Symbol { id, before: index.checked_sub(1), after: Some(index + 1), is_gone: false })
            .collect();
        if let Some(last) = symbols.last_mut() {
            last.after = None;
        }
        symbols
    }

    /// What becomes of the token at `left` and the one after it.
    fn merge(&self, symbols: &[Symbol], left: usize) -> Option<Merge> {
        let Symbol { id, after, is_gone, .. } = symbols[left];
        self.merges.get((id, symbols[after.filter(|_| !is_gone)?].id))
    }

    fn candidate(&self, symbols: &[Symbol], left: usize) -> Option<Reverse<(u32, usize, u32)>> {
        self.merge(symbols, left).map(|Merge { rank, id }| Reverse((rank, left, id)))
    }
}

#[cfg(test)]
mod tests;
