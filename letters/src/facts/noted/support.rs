//! Tells whether a word of a sentence was typed, is shorthand written out, or is a small word.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::super::fact::Field;
use super::super::verb;
use super::token::Token;
use crate::words::{List, list};

list!(pub ADDED = "noted/added");
list!(ADDRESSED = "noted/addressed");
list!(pub WRITTEN_OUT = "noted/written_out");
list!(pub NUMBERS = "noted/numbers");
list!(pub VOCABULARY = "noted/vocabulary");
list!(MONTHS = "noted/months");

/// What every shorthand may stand for.
static SHORT: LazyLock<HashMap<&str, HashSet<&str>>> =
    LazyLock::new(|| WRITTEN_OUT.pairs().map(|(short, long)| (short, long.split(' ').collect())).collect());
/// What every number word counts.
static COUNTS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| NUMBERS.pairs().collect());
/// The numbers of the months.
static NUMBERED: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| MONTHS.pairs().collect());

/// Fewest letters of what two forms of a word share.
const STEM_MIN: usize = 3;
/// Fewest letters of words that may differ by a slip.
const SLIP_MIN: usize = 5;
/// Most words that were typed apart and are said as one.
const JOINED_MAX: usize = 3;

/// The words that were typed.
pub struct Support<'a> {
    words: &'a [Token],
    /// Neighbouring words as one: "time keeper" is "timekeeper".
    joined: HashSet<String>,
    field: Field,
}

impl<'a> Support<'a> {
    pub fn of(words: &'a [Token], field: Field) -> Self {
        let joined = (2..=JOINED_MAX).flat_map(|count| words.windows(count));
        let joined = joined.map(|words| words.iter().map(|word| word.key.as_str()).collect());
        Self { words, joined: joined.collect(), field }
    }

    /// Whether a sentence may say this word.
    pub fn bears(&self, word: &Token) -> bool {
        added(self.field).any(|list| list.has(&word.key))
            || self.words.iter().any(|typed| says(typed, &word.key))
            || word.key.chars().count() > STEM_MIN && self.joined.contains(&word.key)
    }
}

/// The words that a sentence of a field may say although nobody typed them.
pub fn added(field: Field) -> impl Iterator<Item = &'static List> {
    [&*ADDED].into_iter().chain((field == Field::Motivation).then_some(&*ADDRESSED))
}

/// Whether `said` is `typed`, in another form or written out.
pub fn says(typed: &Token, said: &str) -> bool {
    let Token { key, is_date, .. } = typed;
    if key == said {
        return true;
    }
    if SHORT.get(key.as_str()).is_some_and(|words| words.contains(said)) {
        return true;
    }
    let first = said.as_bytes().first().copied().unwrap_or_default();
    if first.is_ascii_digit() || COUNTS.contains_key(said) {
        let count = count(said);
        return self::count(key) == count || *is_date && is_year(&count, key);
    }
    if let Some(number) = NUMBERED.get(said) {
        return *is_date && *number == key.trim_start_matches('0')
            || key.len() >= STEM_MIN && said.starts_with(key.as_str());
    }
    // Other forms begin with the same letter.
    key.as_bytes().first().copied() == Some(first)
        && (is_abbreviation(key, said)
            || stem(key) == stem(said) && stem(said).chars().count() >= STEM_MIN
            || stem(said) == key
            || stem(key) == said
            || is_same_verb(key, said)
            || is_slip(key, said)
            || is_slip(stem(key), stem(said)))
}

/// Whether a word is one as it stands, and no shorthand or slip.
fn is_word(typed: &str) -> bool {
    ADDED.has(typed) || VOCABULARY.has(typed)
}

/// The value of a number, in digits without leading zeros; ordinals keep their ending.
fn count(word: &str) -> String {
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        let bare = word.trim_start_matches('0');
        return if bare.is_empty() { word } else { bare }.to_owned();
    }
    COUNTS.get(word).map_or_else(|| word.to_owned(), |count| (*count).to_owned())
}

/// "19" for "2019".
fn is_year(year: &str, typed: &str) -> bool {
    year.len() == 4 && (year.starts_with("19") || year.starts_with("20")) && typed.len() == 2 && year.ends_with(typed)
}

/// "maint" for "maintenance", "mgr" for "manager".
fn is_abbreviation(typed: &str, said: &str) -> bool {
    let letters = typed.chars().count();
    if letters < STEM_MIN
        || letters >= said.chars().count()
        || !typed.chars().all(char::is_alphabetic)
        || is_word(typed)
    {
        return false;
    }
    if said.starts_with(typed) {
        return true;
    }
    let vowels = typed.chars().skip(1).filter(|c| "aeiou".contains(*c)).count();
    let mut rest = said.chars();
    vowels <= 1 && typed.chars().all(|c| rest.any(|other| other == c))
}

/// A word without its ending. Who does something ("-er") is somebody else than what is done.
fn stem(word: &str) -> &str {
    let endings = ["'s", "ings", "ing", "ly", "ied", "ies", "ed", "es", "s", "e", "y", "'"];
    let mut cut = endings.iter().filter_map(|ending| word.strip_suffix(ending));
    cut.find(|stem| stem.chars().count() >= STEM_MIN).unwrap_or(word)
}

fn is_same_verb(typed: &str, said: &str) -> bool {
    verb::base(said).is_some_and(|base| verb::base(typed) == Some(base))
}

/// Whether two words differ by one letter, or two that changed places, and the first is none as it stands.
fn is_slip(typed: &str, said: &str) -> bool {
    if typed.len() < SLIP_MIN || said.len() < SLIP_MIN || typed.len().abs_diff(said.len()) > 2 || is_word(typed) {
        return false;
    }
    let (a, b): (Vec<char>, Vec<char>) = (typed.chars().collect(), said.chars().collect());
    if a.len().abs_diff(b.len()) > 1 || a[0] != b[0] {
        return false;
    }
    let start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let end = a[start..].iter().rev().zip(b[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (left, right) = (a.len() - start - end, b.len() - start - end);
    left.max(right) <= 1 || left == 2 && right == 2 && a[start] == b[start + 1] && a[start + 1] == b[start]
}
