//! Takes sentences apart that only list things, so that each thing is a fact with the verb of its own kind: "I speak Greek,
//! Excel and SAP" is a language and two tools.

use std::ops::Range;

use super::super::fact::{Fact, Field, Kind, Source, Why, Words};
use super::super::pieces::entries;
use super::super::skill::plain::is_sound;
use super::super::skill::skills;
use super::super::spell::is_language;
use super::token::tokens;
use crate::words::list;

list!(DEGREES = "skill/language_degrees");

/// How such sentences begin, and of what kind their verb says that the things are.
const FRAMES: [(&str, Kind); 6] = [
    ("My skills include ", Kind::Skill),
    ("One of my skills is ", Kind::Skill),
    ("I can use ", Kind::Tool),
    ("I speak ", Kind::Language),
    ("I know ", Kind::Knowledge),
    ("I am ", Kind::Trait),
];
/// Words of a clause: what has one is no list.
const CLAUSES: [&str; 8] = [" which ", " where ", " who ", " that ", " because ", " but ", " when ", " while "];
/// What a reader puts before what somebody is, among the skills.
const BEING: [&str; 3] = ["being a ", "being an ", "being "];
/// Most words of a thing that rules do not know.
const THING_MAX: usize = 6;
/// Words beside a language that tell how well it is spoken, and those of [`DEGREES`].
const SPOKEN: [&str; 16] =
    ["a", "a1", "a2", "at", "b1", "b2", "basic", "bit", "c1", "c2", "fair", "level", "little", "native", "of", "some"];

/// The facts that a sentence about some bytes of a field lists; `None` where it says more than a list, or where one of
/// its things is of no kind.
pub fn listed(text: &str, typed: &str, span: &Range<usize>) -> Option<Vec<Fact>> {
    let (rest, kind) = FRAMES.iter().find_map(|(lead, kind)| Some((text.strip_prefix(lead)?, *kind)))?;
    if CLAUSES.iter().any(|word| rest.contains(word)) {
        return None;
    }
    let mut facts = Vec::new();
    for thing in things(rest, &typed[span.clone()], kind) {
        let source = Source { field: Field::Skills, span: place(&thing, typed, span) };
        let first = facts.len();
        let of_thing = read(&thing, kind)?;
        facts.extend(of_thing.into_iter().map(|fact| Fact {
            source: source.clone(),
            of: fact.of.map(|of| of + first),
            ..fact
        }));
    }
    // "I am learning Welsh and volunteering" lists nothing.
    let is_list = kind != Kind::Trait || facts.first().is_some_and(|fact| fact.kind == Kind::Trait);
    (is_list && !facts.is_empty()).then_some(facts)
}

/// The things of a list; an "and" that was typed between the same words belongs to one of them: "health and safety".
/// Languages and what somebody is like are parted by each.
fn things(rest: &str, typed: &str, kind: Kind) -> Vec<String> {
    let typed: Vec<String> = tokens(typed).into_iter().map(|word| word.key).collect();
    let may_be_one = !matches!(kind, Kind::Language | Kind::Trait);
    let mut things: Vec<String> = Vec::new();
    for entry in entries(rest, 0..rest.len()) {
        for part in at_and(&entry.text) {
            let is_one = |last: &String| {
                let (last, first) = (tokens(last).pop(), tokens(&part).into_iter().next());
                let joint = last.zip(first).map(|(last, first)| [last.key, "and".to_owned(), first.key]);
                may_be_one && joint.is_some_and(|joint| typed.windows(3).any(|words| words == joint))
            };
            match things.last_mut().filter(|last| entry.text.contains(&**last) && is_one(last)) {
                Some(last) => *last = format!("{last} and {part}"),
                None => things.push(part),
            }
        }
    }
    let bare = |thing: &String| BEING.iter().find_map(|lead| thing.strip_prefix(lead)).unwrap_or(thing).to_owned();
    things.iter().map(bare).collect()
}

/// The parts of a text at each "and" outside brackets.
fn at_and(text: &str) -> Vec<String> {
    let is_open = |at: usize| text[..at].matches('(').count() > text[..at].matches(')').count();
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, and) in text.match_indices(" and ").filter(|(at, _)| !is_open(*at)) {
        parts.push(text[from..at].to_owned());
        from = at + and.len();
    }
    parts.push(text[from..].to_owned());
    parts
}

/// What rules read of a thing, or what the verb says that it is; nothing where no letter should say it.
fn read(thing: &str, kind: Kind) -> Option<Vec<Fact>> {
    let words = thing.split(' ').count();
    let source = Source { field: Field::Skills, span: 0..0 };
    let as_said = |kind| {
        let (text, words) = (thing.to_owned(), Words::Thing(thing.to_owned()));
        Some(vec![Fact { kind, source: source.clone(), of: None, text, words }])
    };
    // "Native French", "some Spanish": how well somebody speaks it was typed.
    let is_degree = |word: &str| is_language(word) || DEGREES.has(word) || SPOKEN.contains(&word);
    let lower = thing.to_lowercase();
    if kind == Kind::Language && lower.split(' ').any(is_language) && lower.split(' ').all(is_degree) {
        return as_said(Kind::Language);
    }
    let (facts, left_out) = skills(thing);
    // Of what rules only guess, the reader knows whether it is used.
    let is_guess = |fact: &Fact| {
        let is_same = matches!(&fact.words, Words::Thing(words) if words.eq_ignore_ascii_case(thing));
        matches!(fact.kind, Kind::Skill | Kind::Knowledge) && is_same
    };
    let is_named = ["a ", "an ", "the "].iter().any(|article| thing.starts_with(article))
        || thing.contains(|c: char| c.is_uppercase() || c.is_ascii_digit());
    if kind == Kind::Tool && is_named && matches!(facts.as_slice(), [fact] if is_guess(fact)) {
        return as_said(Kind::Tool);
    }
    if !left_out.iter().any(|left| left.why == Why::Unread) {
        return Some(facts);
    }
    let is_thing = matches!(kind, Kind::Skill | Kind::Tool) && is_sound(thing) && words <= THING_MAX;
    is_thing.then(|| as_said(kind)).flatten()
}

/// Where a thing was typed: from its first to its last word, as far as they were typed.
fn place(thing: &str, typed: &str, span: &Range<usize>) -> Range<usize> {
    let words = tokens(thing);
    let typed: Vec<_> = tokens(&typed[span.clone()]);
    let first = words.first().and_then(|word| typed.iter().position(|one| one.key == word.key));
    let last = words.last().and_then(|word| typed.iter().rposition(|one| one.key == word.key));
    match (first, last) {
        (Some(first), Some(last)) if first <= last => {
            span.start + typed[first].span.start..span.start + typed[last].span.end
        }
        _ => span.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str, typed: &str) -> Option<Vec<(Kind, String)>> {
        let facts = listed(text, typed, &(0..typed.len()))?;
        Some(facts.into_iter().map(|fact| (fact.kind, fact.said())).collect())
    }

    #[test]
    fn each_thing_of_a_list_has_the_kind_of_its_own() {
        let kinds_of = |text: &str, typed: &str| -> Vec<Kind> {
            kinds(text, typed).unwrap_or_default().into_iter().map(|(kind, _)| kind).collect()
        };
        assert_eq!(
            kinds_of("I speak Greek, Excel and SAP", "Greek, Excel, SAP"),
            [Kind::Language, Kind::Tool, Kind::Tool]
        );
        assert_eq!(
            kinds_of("I am patient, organised and first aid", "patient, organised, first aid")[..2],
            [Kind::Trait; 2]
        );
        assert_eq!(
            kinds_of("I can use CATIA, Python and German", "CATIA, Python, German"),
            [Kind::Tool, Kind::Tool, Kind::Language]
        );
    }

    #[test]
    fn how_well_a_language_is_spoken_stays() {
        let spoken =
            kinds("I speak native French, fluent English and some Spanish", "French (native), English, some Spanish");
        let said: Vec<String> = spoken.unwrap().into_iter().map(|(_, said)| said).collect();
        assert_eq!(said, ["native French", "fluent English", "some Spanish"]);
        let spoken = kinds("I speak fluent Urdu and some French", "fluent Urdu and some French").unwrap();
        assert_eq!(spoken[1].1, "some French");
        let one = kinds("My skills include cooking, history and being calm", "cooking, history, calm").unwrap();
        assert_eq!(one[2].0, Kind::Trait, "{one:?}");
        let rowing = "My skills include writing, research and rowing (first boat)";
        assert_eq!(kinds(rowing, "writing, research, rowing (first boat)").unwrap().len(), 3);
    }

    #[test]
    fn what_says_more_than_a_list_is_none() {
        assert!(kinds("I can use Excel, which I learned at Boots", "excel (learned at boots)").is_none());
        assert!(kinds("I am learning Welsh", "learning welsh").is_none());
        assert!(kinds("I have a moped", "moped").is_none());
    }

    #[test]
    fn an_and_that_was_typed_within_a_thing_stays() {
        let one = kinds("My skills include health and safety", "health and safety").unwrap();
        assert_eq!(one.len(), 1, "{one:?}");
        let two = kinds("My skills include cash handling and health and safety", "cash handling, health and safety");
        assert_eq!(two.unwrap().len(), 2);
        let two = kinds("I can use a scanner and SQL", "handscanner and SQL, scanner").unwrap();
        assert_eq!(two.len(), 2, "{two:?}");
        let postcodes = "My skills include local knowledge of PE and CB postcodes";
        assert_eq!(kinds(postcodes, "local knowledge PE and CB postcodes; apps").unwrap().len(), 1);
    }
}
