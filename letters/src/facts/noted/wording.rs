//! The words that a reader may use: those that were typed, in other forms, written out or put right, and small words.
//!
//! A graph over bytes, as [`crate::phrases::Phrases`] is: a model that is limited to it can make no other word up.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::LazyLock;

use super::super::fact::Field;
use super::support::{NUMBERS, VOCABULARY, WRITTEN_OUT, added, says};
use super::token::{Token, key, tokens};
use crate::allowed::Allowed;
use crate::words::{List, list};

list!(MONTHS = "noted/months");

/// The words of the vocabulary by the first letter of their keys.
static BY_LETTER: LazyLock<HashMap<char, Vec<(String, &'static str)>>> = LazyLock::new(|| {
    let mut all: HashMap<char, Vec<(String, &'static str)>> = HashMap::new();
    for word in VOCABULARY.iter() {
        let key = key(word);
        if let Some(first) = key.chars().next() {
            all.entry(first).or_default().push((key, word));
        }
    }
    all
});

/// Where a line begins; the text may end there.
const LINE: u32 = 0;
/// Between two words.
const GAP: u32 = 1;
/// What may stand between words.
const MARKS: &[u8] = b" ,.()'-/&";
/// Most letters of a word that may be a short name in capitals.
const SHORT_MAX: usize = 6;

/// All words that sentences of one text may use.
#[derive(Clone, PartialEq, Eq)]
pub struct Wording {
    nodes: Vec<Node>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Node {
    next: Vec<(u8, u32)>,
    /// Whether a word may end here.
    is_word: bool,
}

impl Wording {
    /// The words for what was `typed` in a field.
    #[must_use]
    pub fn of(typed: &str, field: Field) -> Self {
        let mut words: BTreeSet<String> = BTreeSet::new();
        for word in added(field).flat_map(List::iter) {
            words.extend([word.to_owned(), capital(word)]);
        }
        words.extend(["I", "One"].map(str::to_owned));
        // "C++", "£48k", "2:1": with marks that stand in no other place.
        let is_own = |chunk: &&str| chunk.bytes().any(|byte| !byte.is_ascii_alphanumeric() && !MARKS.contains(&byte));
        let chunks = typed.split_whitespace().map(|chunk| chunk.trim_matches([',', '.', ';', ':', '!', '(', ')']));
        words.extend(chunks.filter(is_own).map(str::to_owned));
        for token in tokens(typed) {
            let raw = &typed[token.span.clone()];
            let lower = raw.to_lowercase();
            words.extend([raw.to_owned(), token.key.clone(), capital(&token.key), capital(&lower), lower]);
            if token.key.chars().count() <= SHORT_MAX {
                words.insert(raw.to_uppercase());
            }
            words.extend(others(&token));
        }
        let mut all = Self { nodes: vec![Node::default(), Node::default()] };
        words.iter().filter(|word| !word.is_empty()).for_each(|word| all.insert(word));
        all
    }

    fn insert(&mut self, word: &str) {
        // A line begins with the words that go on as well.
        for root in [LINE, GAP] {
            let mut at = root;
            for byte in word.bytes() {
                let known = self.nodes[at as usize].next.iter().find(|(next, _)| *next == byte).map(|(_, to)| *to);
                at = known.unwrap_or_else(|| {
                    let new = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
                    self.nodes[at as usize].next.push((byte, new));
                    self.nodes.push(Node::default());
                    new
                });
            }
            self.nodes[at as usize].is_word = true;
        }
    }
}

impl Allowed for Wording {
    fn start(&self) -> u32 {
        LINE
    }

    fn next(&self, state: u32, byte: u8) -> Option<u32> {
        let node = self.nodes.get(state as usize)?;
        let behind = node.next.iter().find(|(next, _)| *next == byte).map(|(_, to)| *to);
        let mark = || match byte {
            b'\n' if state != LINE => Some(LINE),
            _ => (state != LINE && MARKS.contains(&byte)).then_some(GAP),
        };
        behind.or_else(|| (state == GAP || node.is_word).then(mark).flatten())
    }

    fn may_end(&self, state: u32) -> bool {
        state == LINE
    }
}

/// Its size: it holds what applicants typed.
impl fmt::Debug for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wording").field("nodes", &self.nodes.len()).finish_non_exhaustive()
    }
}

/// What a sentence may say for a typed word besides itself.
fn others(token: &Token) -> Vec<String> {
    let typed = token.key.as_str();
    let mut found = Vec::new();
    let mut add = |word: &str| found.extend([word.to_owned(), capital(word)]);
    if typed.starts_with(|c: char| c.is_ascii_digit()) {
        let bare = typed.trim_start_matches('0');
        add(bare);
        NUMBERS.pairs().filter(|(_, count)| *count == bare).for_each(|(word, _)| add(word));
        if token.is_date {
            MONTHS.pairs().filter(|(_, number)| *number == bare).for_each(|(month, _)| add(month));
            add(&format!("20{typed}"));
            add(&format!("19{typed}"));
        }
        if (4..=6).contains(&bare.len()) {
            add(&format!("{},{}", &bare[..bare.len() - 3], &bare[bare.len() - 3..]));
        }
        return found;
    }
    if let Some((_, count)) = NUMBERS.pairs().find(|(word, _)| *word == typed) {
        add(count);
    }
    WRITTEN_OUT.pairs().filter(|(short, _)| *short == typed).for_each(|(_, long)| long.split(' ').for_each(&mut add));
    MONTHS.pairs().filter(|(month, _)| says(token, month)).for_each(|(month, _)| add(month));
    let first = typed.chars().next().and_then(|first| BY_LETTER.get(&first));
    for (key, word) in first.into_iter().flatten() {
        if says(token, key) {
            add(word);
        }
    }
    found
}

/// A word with a capital.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(typed: &str, text: &str) -> bool {
        let wording = Wording::of(typed, Field::Now);
        let end = text.bytes().try_fold(wording.start(), |state, byte| wording.next(state, byte));
        end.is_some_and(|state| wording.may_end(state))
    }

    #[test]
    fn typed_words_are_bent_written_out_and_put_right() {
        let typed = "2 yrs HCA @ care home, w/ meds rounds, recieve stock, 1400 parcels since 9/22, 4k followers";
        for text in [
            "I was an HCA at a care home for two years.\nI did medication rounds.\n",
            "I received stock.\n",
            "I have handled 1,400 parcels, with 4,000 followers.\n",
            "I have been at a care home since September 2022.\n",
        ] {
            assert_eq!(allows(typed, text), !text.contains("handled"), "{text}");
        }
    }

    #[test]
    fn nothing_else_can_be_said() {
        for text in ["I was a manager.\n", "I was at a care home for five years.\n", "I was at a care home"] {
            assert!(!allows("HCA at care home", text), "{text}");
        }
    }
}
