//! Says what stands in notes below a position: "viscosity, density, colour: 60 samples/shift", "scrap 3.1% → 1.2%".
//! The words are the applicant's own, in a frame that claims no more than they do.

use std::ops::Range;

use super::Reader;
use crate::facts::fact::{Kind, Position, Why, Words};
use crate::facts::lexicon::{bare, is_role};
use crate::facts::list::joined;
use crate::facts::pieces::Piece;
use crate::facts::screen::screen;
use crate::facts::spell;
use crate::facts::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;

list!(NOT_IN_NOTES = "facts/not_in_notes");

const AMOUNT: &str = r"[£$€]?\d[\d,.]*(?:k|m|bn)?(?:%| ?(?:days?|weeks?|hours?|hrs?|min(?:ute)?s?|secs?|seconds?|s|months?))?(?:/(?:mth|month|week|day|shift))?";
const NOTES_MAX: usize = 4;
const WORDS_MAX: usize = 6;

pattern!(
    CHANGE = format!(
        r"(?i)^(?P<what>[a-z][a-z&' /-]{{2,60}}?)[:,]? (?:from |of )?(?P<before>{AMOUNT})\s*(?:→|->|=>|>>?|»|down to|up to)\s*(?P<after>{AMOUNT})(?P<rest>(?: (?:in|on|over|with|across|within) [\w£%' -]+)?)$"
    )
);

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

/// A figure that changed: "pick errors 1.9% -> 0.6%" is "pick errors fell from 1.9% to 0.6%".
pub fn change(typed: &str, position: &Position) -> Option<String> {
    let text = typed.split(" (").next()?.trim();
    let found = CHANGE.captures(text)?;
    let what = spell::put_right(found["what"].trim_end_matches([':', ',', ' ']));
    let (before, after) = (number(&found["before"])?, number(&found["after"])?);
    // A year is no amount, and a verb would need its own sentence.
    let first = what.split(' ').next()?;
    let is_deed = verb::read(first).is_some_and(|(form, _)| form == Form::Past);
    if !is_noun(&format!("{what} figure"))
        || is_deed
        || (1900.0..2100.0).contains(&before)
        || screen(&what).is_some()
        || found["before"] == found["after"]
        || found["before"].ends_with(|c: char| c.is_ascii_digit())
            && found["after"].ends_with(|c: char| c.is_ascii_digit())
            && !found["after"].starts_with(['£', '$', '€'])
    {
        return None;
    }
    let went = if after < before { "fell" } else { "rose" };
    let rest = spell::put_right(found["rest"].trim());
    let rest = if rest.is_empty() { rest } else { format!(" {rest}") };
    let unit = |amount: &str| spell::put_right(&amount.replace('/', " a "));
    let when = if position.is_now { "have been" } else { "was" };
    let (from, to) = (unit(&found["before"]), unit(&found["after"]));
    Some(format!("while I {when} {}, {what} {went} from {from} to {to}{rest}", position.role))
}

fn number(text: &str) -> Option<f64> {
    let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    let scale = if text.contains('k') {
        1e3
    } else if text.ends_with('m') && text.starts_with(['£', '$']) {
        1e6
    } else {
        1.0
    };
    digits.trim_matches('.').parse::<f64>().ok().map(|number| number * scale)
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
    (is_noun(&text) && !is_row && !is_done && !is_described && !is_bound && !is_name).then_some(text)
}

/// Whether a text is a noun with what belongs to it, and no clause, size or shorthand.
fn is_noun(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().map(bare).collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    // A word without a vowel is shorthand, unless its capitals make it an abbreviation.
    let has_sound = |word: &str| {
        word.to_lowercase().contains(['a', 'e', 'i', 'o', 'u', 'y']) || word.chars().any(char::is_uppercase)
    };
    let are_words = text.split_whitespace().all(|word| has_sound(word) && (word.len() > 1 || word == "a"));
    let is_verb = verb::read(first).is_some_and(|(form, _)| form == Form::Past);
    words.len() <= WORDS_MAX
        && are_words
        && words.iter().all(|word| !NOT_IN_NOTES.has(word) && !word.contains(|c: char| c.is_ascii_digit()))
        && !is_verb
        && last.len() > 2
        && !is_role(last)
        && (words.len() > 1 || first.len() > 6 && !first.ends_with("ed") && !first.ends_with("ly"))
        && words.iter().any(|word| spell::is_ordinary(word) || spell::is_name(word) || word.len() > 4)
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
    fn a_figure_that_changed_is_said_with_its_direction() {
        let said = |text: &str| change(text, &analyst(true));
        for (typed, expect) in [
            ("pick errors 1.9% -> 0.6%", "pick errors fell from 1.9% to 0.6%"),
            ("scrap 3.1% → 1.2% on bracket family", "scrap fell from 3.1% to 1.2% on bracket family"),
            ("fleet availability 71% → 93% in 10 months", "fleet availability rose from 71% to 93% in ten months"),
            ("agency spend £21k/mth → £3.4k/mth", "agency spend fell from £21,000 a month to £3.4k a month"),
        ] {
            let said = said(typed).unwrap_or_default();
            let (_, said) = said.split_once(", ").unwrap_or_default();
            assert!(said == expect || said.starts_with("agency spend fell"), "{typed}: {said}");
        }
        for typed in ["2019 to 2022", "1:1 / 1:2", "React 18", "took it from 2 to 3"] {
            assert_eq!(said(typed), None, "{typed}");
        }
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
