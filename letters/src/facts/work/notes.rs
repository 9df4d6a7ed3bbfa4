//! Says what stands in notes below a position: "stock control, ordering". The words are the applicant's own, in a frame that claims no more than they do.

use std::ops::Range;

use super::Reader;
use super::change::is_noun;
use crate::facts::fact::{Kind, Position, Why, Words};
use crate::facts::lexicon::bare;
use crate::facts::list::joined;
use crate::facts::pieces::Piece;
use crate::facts::screen::screen;
use crate::facts::spell;
use crate::facts::verb::{self, Form};
use crate::words::list;

list!(NOUNS = "facts/verbs_like_nouns");

const NOTES_MAX: usize = 4;
impl Reader {
    /// Keeps an entry that could not be read for the list of what the position includes, if it is about one.
    pub(super) fn note(&mut self, piece: &Piece) {
        let at = self.last.filter(|at| {
            let fact = &self.reading.facts[*at];
            fact.kind != Kind::Study && fact.is_position()
        });
        let (Some(at), Some(note)) = (at, note(&piece.text)) else {
            return self.leave_out(piece.span.clone(), Why::Unread);
        };
        self.reading.notes.push((at, piece.span.clone(), note));
    }

    /// Says what the notes below each position name.
    pub(super) fn say_notes(&mut self) {
        let taken = std::mem::take(&mut self.reading.notes);
        let positions: std::collections::BTreeSet<usize> = taken.iter().map(|(at, ..)| *at).collect();
        for at in positions {
            let own: Vec<&(usize, Range<usize>, String)> = taken.iter().filter(|(of, ..)| *of == at).collect();
            let Words::Position(position) = self.reading.facts[at].words.clone() else { continue };
            let texts: Vec<String> = own.iter().map(|(_, _, note)| note.clone()).collect();
            if let Some(clause) = includes(&texts, &position) {
                self.push(Kind::Duty, own[0].1.clone(), &texts.join(", "), Some(at), Words::Clause(clause));
            }
        }
    }
}

/// A note that a list of what a position holds can name; `None` when it is none surely.
pub fn note(typed: &str) -> Option<String> {
    let typed = typed.trim_matches([' ', '-', '–', ':', ',', '.']);
    if typed.contains(['→', '>', '<', '=', '*', '_', '@', '#', '"', '~', '?', '!', '[', ':', ';', '(', '/', '+', '“'])
        || screen(typed).is_some()
    {
        return None;
    }
    let text = spell::put_right(typed);
    let words: Vec<String> = text.split_whitespace().map(bare).collect();
    let (first, last) = (words.first()?.as_str(), words.last()?.as_str());
    // What was done, what it is like, where or when it was, and a single thing are nothing that work includes.
    let is_done = words.iter().any(|word| matches!(verb::read(word), Some((Form::Past, _))) || word.ends_with("ised"));
    let is_described = ["al", "less", "ous", "ive", "ly", "ed"].iter().any(|end| last.ends_with(end));
    let is_bound =
        ["one", "first", "second", "third", "last", "post", "over", "outside", "based", "working", "any", "large"]
            .contains(&first)
            || words.iter().any(|word| {
                ["at", "down", "up", "earlier", "later", "hour", "hours", "days", "years", "shift", "shifts"]
                    .contains(&word.as_str())
            });
    // A name alone may be anything.
    let is_name = text.split(' ').all(|word| word.starts_with(char::is_uppercase))
        && !words.iter().all(|word| spell::software(word).is_some() || spell::is_ordinary(word));
    // "Borders hedges vegetables" lacks its commas.
    let is_row = words.windows(2).any(|pair| pair.iter().all(|word| word.ends_with('s') && !word.ends_with("ss")));
    // "Run launch events" is told by its verb or not at all.
    let all: Vec<&str> = text.split_whitespace().collect();
    let is_deed = verb::read(&text).is_some_and(|(form, _)| form == Form::Base) && all.len() > 2 && !NOUNS.has(first)
        || words.iter().skip(1).any(|word| word == "manage");
    (is_noun(&text) && !is_deed && !is_row && !is_done && !is_described && !is_bound && !is_name).then_some(text)
}

/// What the work in a position includes: the notes below it, each once.
pub fn includes(notes: &[String], position: &Position) -> Option<String> {
    let mut named: Vec<&String> = Vec::new();
    for note in notes.iter().filter(|note| !note.is_empty()) {
        if !named.contains(&note) && named.len() < NOTES_MAX {
            named.push(note);
        }
    }
    let verb = if position.is_now { "includes" } else { "included" };
    let says = named.len() > 1 || named.first().is_some_and(|note| note.contains(' '));
    // "Validation, and amendments and appeals": an "and" within one of them needs a comma before the last.
    let listed = match named.split_last() {
        Some((last, before)) if !before.is_empty() && named.iter().any(|note| note.contains(" and ")) => {
            let before: Vec<&str> = before.iter().map(|note| note.as_str()).collect();
            format!("{}, and {last}", before.join(", "))
        }
        _ => joined(&named),
    };
    says.then(|| format!("my work as {} {verb} {listed}", position.role))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn analyst(is_now: bool) -> Position {
        Position { role: String::from("an analyst"), place: String::new(), time: None, is_now }
    }

    #[test]
    fn notes_are_nouns() {
        for typed in ["CLEAPSS risk assessments", "stock control", "vaccinations", "letters to MPs"] {
            assert!(note(typed).is_some(), "{typed}");
        }
        for typed in
            ["sometimes the only one", "own hoover", "not finished", "12h days", "wldnt settle", "withdrew", "quiet"]
        {
            assert!(note(typed).is_none(), "{typed}");
        }
        let notes = [String::from("stock control"), String::from("ordering")];
        assert_eq!(
            includes(&notes, &analyst(false)).as_deref(),
            Some("my work as an analyst included stock control and ordering")
        );
    }
}
