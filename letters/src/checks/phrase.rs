//! Finds phrases of a list in a sentence.
//!
//! An entry is a run of words. `*` stands for up to five words of any kind, a final `~` for any ending of its word, a
//! leading `^` binds the entry to the beginning of a sentence and a final `$` to its end. Contractions are written out
//! before they are compared, so "i am" finds "I'm" as well.

use std::ops::Range;

use super::word::words;
use crate::words::List;

/// Most words that a `*` stands for.
const GAP_MAX: usize = 5;
/// Words at the beginning of an entry that a form leaves out: "passionate about plants" backs "I am passionate about".
const LEADS: [&str; 12] = ["^", "i", "am", "have", "had", "been", "my", "it", "has", "would", "a", "and"];

/// A word of a sentence in lower case, without contractions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) lower: String,
    /// Its bytes in the letter; both words of a contraction have the same.
    pub(super) range: Range<usize>,
}

/// The words of a text, which begins at byte `base` of the letter.
pub(super) fn tokens(text: &str, base: usize) -> Vec<Token> {
    let mut found = Vec::new();
    for word in words(text, base) {
        let range = word.at..word.end();
        let (first, rest) = written_out(&word.lower);
        found.push(Token { lower: first.to_owned(), range: range.clone() });
        found.extend(rest.map(|rest| Token { lower: rest.to_owned(), range }));
    }
    found
}

/// The word that a contraction begins with, and the one that it hides.
fn written_out(lower: &str) -> (&str, Option<&str>) {
    match lower.split_once('\'') {
        Some(("can", "t")) => ("can", Some("not")),
        Some((first, "t")) => (first.strip_suffix('n').unwrap_or(first), Some("not")),
        Some((first, "m")) => (first, Some("am")),
        Some((first, "ve")) => (first, Some("have")),
        Some((first, "d")) => (first, Some("would")),
        Some((first, "ll")) => (first, Some("will")),
        Some((first, "re")) => (first, Some("are")),
        Some((first @ ("it" | "that" | "there" | "what" | "whatever" | "here"), "s")) => (first, Some("is")),
        _ => (lower, None),
    }
}

/// The bytes of every phrase of `list` in a sentence, save those that the applicant's own text backs.
pub(super) fn unbacked(list: &List, sentence: &[Token], own: &[Token]) -> Vec<Range<usize>> {
    let backed = |entry: &str| {
        let telling: Vec<&str> =
            entry.trim_end_matches(" $").split(' ').skip_while(|word| LEADS.contains(word)).collect();
        !telling.is_empty() && occurrences(&telling, own).next().is_some()
    };
    list.iter()
        .flat_map(|entry| {
            let phrase: Vec<&str> = entry.split(' ').collect();
            let found: Vec<Range<usize>> = occurrences(&phrase, sentence).collect();
            if found.is_empty() || backed(entry) { Vec::new() } else { found }
        })
        .collect()
}

/// The bytes of every phrase of `list` in a sentence.
pub(super) fn all(list: &List, sentence: &[Token]) -> Vec<Range<usize>> {
    unbacked(list, sentence, &[])
}

/// Where a phrase stands.
fn occurrences<'a>(phrase: &'a [&'a str], sentence: &'a [Token]) -> impl Iterator<Item = Range<usize>> + 'a {
    let (bound, phrase) = match phrase {
        ["^", rest @ ..] => (true, rest),
        phrase => (false, phrase),
    };
    let starts = if bound { 0..sentence.len().min(1) } else { 0..sentence.len() };
    starts.filter_map(move |start| {
        let end = end(phrase, sentence, start)?;
        Some(sentence[start].range.start..sentence[end - 1].range.end)
    })
}

/// The token behind the phrase, if it begins at `at`.
fn end(phrase: &[&str], sentence: &[Token], at: usize) -> Option<usize> {
    match phrase {
        [] => Some(at),
        ["$"] => (at == sentence.len()).then_some(at),
        ["*", rest @ ..] => (at..=sentence.len().min(at + GAP_MAX)).find_map(|next| end(rest, sentence, next)),
        [word, rest @ ..] => {
            let token = sentence.get(at)?;
            let same = match word.strip_suffix('~') {
                Some(beginning) => token.lower.starts_with(beginning),
                None => token.lower == *word,
            };
            if same { end(rest, sentence, at + 1) } else { None }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_have_gaps_endings_and_beginnings() {
        let check = |entry: &str, text: &str, expect: bool| {
            let phrase: Vec<&str> = entry.split(' ').collect();
            assert_eq!(occurrences(&phrase, &tokens(text, 0)).next().is_some(), expect, "{entry}: {text}");
        };
        check("i am passionate about", "I'm passionate about bread.", true);
        check("explain * compar~", "I would explain how my own experience compares.", true);
        check("explain * compar~", "I explain one two three four five six comparisons", false);
        check("^ here is", "Here's the letter", true);
        check("^ here is", "And here is the letter", false);
        check("do not have", "I don't have it", true);
        check("cannot", "cannot", true);
    }

    #[test]
    fn words_of_the_form_are_no_invention() {
        static LIST: std::sync::LazyLock<List> = std::sync::LazyLock::new(|| List::read("i am passionate about"));
        let sentence = tokens("I am passionate about plants.", 0);
        assert!(unbacked(&LIST, &sentence, &tokens("passionate about plants", 0)).is_empty());
        assert_eq!(unbacked(&LIST, &sentence, &tokens("plants", 0)), vec![0..21]);
    }
}
