//! Reads what the applicant can do, knows and is like.
//!
//! ```text
//!   field ──▶ entries ──▶ screen ──▶ sentence, licence, language, tool, character, deed, or plain skill
//! ```

mod character;
mod clause;
mod deed;
mod doing;
mod hedge;
mod knowledge;
mod language;
pub mod plain;
mod shape;
mod tool;
mod willing;

use super::fact::{Fact, Field, Kind, LeftOut, Source, Why, Words};
use super::lexicon::bare;
use super::listed::listed;
use super::motivation::learner;
use super::pieces::{Piece, blocks, entries};
use super::qualification;
use super::screen::{screen, without_noise};
use super::sentence;
use super::shorthand::holds_shorthand;
use super::spell::put_right;
use super::spelling::lower_first;
use super::verb::{self, Form};
use super::verdict::{affirmed, is_denied, without_weak_brackets};
use crate::pattern::pattern;
use crate::words::list;
use plain::is_sound;
use shape::brackets;

list!(LABELS = "skill/labels");
list!(OPENERS = "skill/openers");
list!(USED_TO = "skill/used_to");
list!(SINGLE = "skill/single");
list!(MASS_ENDS = "skill/mass_ends");
list!(NOT_LAST = "skill/not_last");
list!(VERBS_LIKE_NOUNS = "facts/verbs_like_nouns");

pattern!(
    LEAD = r"(?i)^(?:and|also|plus|i have|i've got|ive got|i've|got|have|some of my skills are|my skills (?:are|include))\s+"
);
// What no name of a skill begins with.
pattern!(
    FIRST = r"(?i)^(?:\d+%|with|in|as|for|at|on|from|to|by|usually|mostly|only|but|so|then|than|no|not|small|used|one|two|three|up|dislike|fast|height|reach|tattoos?|late|able|be|is|am|are|was|do|does|did|don't|what'd|what|that|this|it|they|he|she|we|bit|few|some)(?:\b|\s)"
);
// Verbs that begin no name: "carry bags" is what somebody can do.
pattern!(ACTS = r"^(?:build|carry|chair|explain|fix|install|mend|operate|pour|prune|serve) \w");

/// What an entry says; a deed in brackets belongs to the skill before it.
struct Saying {
    kind: Kind,
    words: Words,
    is_of_last: bool,
}

/// The facts of the field about skills, in the order in which they were typed, and what no sentence says.
///
/// What every applicant writes is left out; [`anybody`] words it for a job that asks for it.
#[must_use]
pub fn skills(field: &str) -> (Vec<Fact>, Vec<LeftOut>) {
    let (mut facts, mut left_out) = (Vec::new(), Vec::new());
    for piece in pieces(field) {
        let Entry { source, text, is_sentence } = piece;
        let text = learner::mended(&text);
        if is_sentence {
            match sentence::read(&text).or_else(|| clause::known(&text.to_lowercase())) {
                Some((kind, words)) => add(&mut facts, &source, &text, vec![Saying { kind, words, is_of_last: false }]),
                None => left_out.push(LeftOut { source, why: screen(&text).unwrap_or(Why::Weak) }),
            }
            continue;
        }
        // "No problem with nights" sounds like a weakness and is none.
        let plain = put_right(&text);
        if let Some((kind, words)) = willing::read(&plain).or_else(|| willing::happy_to(&plain)) {
            add(&mut facts, &source, &text, vec![Saying { kind, words, is_of_last: false }]);
            continue;
        }
        if hedge::is_untried(&text) {
            left_out.push(LeftOut { source, why: Why::Weak });
            continue;
        }
        if let Some((kind, words)) = hedge::basics(&text) {
            add(&mut facts, &source, &text, vec![Saying { kind, words, is_of_last: false }]);
            continue;
        }
        let text = hedge::placeless(&text).unwrap_or(text);
        if let Some((kind, words)) = hedge::some(&text) {
            add(&mut facts, &source, &text, vec![Saying { kind, words, is_of_last: false }]);
            continue;
        }
        if is_denied(&text) || hedge::is_hedged(&text) {
            left_out.push(LeftOut { source, why: Why::Weak });
            continue;
        }
        let text = without_weak_brackets(&affirmed(&text));
        match screen(&text).map_or_else(|| read(&text).or_else(|| held(&text)).ok_or(Why::Unread), Err) {
            // A little of a language is none of it.
            Ok(sayings) if is_belittled(&text) && sayings.iter().any(|saying| saying.kind == Kind::Language) => {
                left_out.push(LeftOut { source, why: Why::Weak });
            }
            Ok(sayings) => add(&mut facts, &source, &text, sayings),
            Err(why) => left_out.push(LeftOut { source, why }),
        }
    }
    (facts, left_out)
}

/// A licence, an exam to come or a course under way among the skills.
fn held(text: &str) -> Option<Vec<Saying>> {
    let (found, left_out) = qualification::qualifications(text);
    let is_sure = |fact: &Fact| matches!(fact.kind, Kind::Licence | Kind::Due | Kind::Study | Kind::Grade);
    (left_out.is_empty() && !found.is_empty() && found.iter().all(is_sure)).then(|| {
        found.into_iter().map(|fact| Saying { kind: fact.kind, words: fact.words, is_of_last: false }).collect()
    })
}

/// Whether words that weaken the entry were cut from it.
fn is_belittled(text: &str) -> bool {
    without_noise(text).len() < text.trim_end_matches([' ', ',', '-', '!']).len()
}

/// One entry of the field, or a sentence of it.
struct Entry {
    source: Source,
    text: String,
    is_sentence: bool,
}

/// The entries of a field, without words that only name their kind; sentences in the first person stay whole.
fn pieces(field: &str) -> Vec<Entry> {
    let field = listed(field);
    let mut found = Vec::new();
    for block in blocks(&field) {
        if sentence::is_sentence(&block.text) {
            let source = Source { field: Field::Skills, span: block.span };
            found.push(Entry { source, text: block.text, is_sentence: true });
            continue;
        }
        let parts = match tool::with_details(&block.text) {
            Some(text) => vec![Piece { span: block.span, text }],
            None => entries(&field, block.span),
        };
        for piece in parts {
            let text = piece
                .text
                .split_once(':')
                .filter(|(label, rest)| LABELS.has(&label.to_lowercase()) && !rest.trim().is_empty());
            let text = text.map_or(piece.text.as_str(), |(_, rest)| rest.trim());
            let text = text.replace("w/out ", "without ");
            let text = text.as_str();
            let text =
                if qualification::own(text).is_some() { text.to_owned() } else { LEAD.replace(text, "").into_owned() };
            // "Including upset and confused people" belongs to what stands before it.
            let goes_on =
                ["including ", "such as ", "especially "].iter().any(|lead| text.to_lowercase().starts_with(lead));
            if let Some(last) = found.last_mut().filter(|last: &&mut Entry| goes_on && !last.is_sentence) {
                last.text = format!("{}, {text}", last.text);
                last.source.span.end = piece.span.end;
                continue;
            }
            let is_sentence = text.starts_with(['I', 'i']) && sentence::is_sentence(&text);
            if !text.is_empty() {
                let source = Source { field: Field::Skills, span: piece.span };
                found.push(Entry { source, text, is_sentence });
            }
        }
    }
    found
}

fn add(facts: &mut Vec<Fact>, source: &Source, text: &str, sayings: Vec<Saying>) {
    let text = put_right(text);
    let before = facts.len();
    for saying in sayings {
        let of = (saying.is_of_last && facts.len() > before).then_some(before);
        facts.push(Fact { kind: saying.kind, source: source.clone(), of, text: text.clone(), words: saying.words });
    }
}

/// Reads an entry; `None` when it cannot be read surely.
fn read(typed: &str) -> Option<Vec<Saying>> {
    let plain = without_noise(typed);
    let (outside, bracket) = brackets(&plain);
    let deed = bracket.as_deref().filter(|_| tool::surely(&put_right(&outside)).is_none()).and_then(deed::past);
    let text = put_right(if deed.is_some() { &outside } else { &plain });
    let has_dash = text.contains(" - ") || text.contains(" – ") || text.contains(" — ");
    let whole = |text: &str| several(text).filter(|_| !has_dash).or_else(|| before_dash(text));
    let mut sayings = whole(&text).or_else(|| {
        // What stands in brackets may be the only thing that cannot be read.
        bracket.as_ref().filter(|_| deed.is_none()).and_then(|_| several(&put_right(&outside)))
    })?;
    // What nobody wrote out stays behind when it only adds to a tool: "R (lme4, xyz)".
    for saying in &mut sayings {
        if let (Kind::Tool, Words::Thing(thing)) = (saying.kind, &mut saying.words)
            && holds_shorthand(thing, typed)
            && let Some(at) = thing.find(" (").or_else(|| thing.find(", including "))
        {
            thing.truncate(at);
        }
    }
    if let Some(act) = deed {
        sayings.push(Saying { kind: Kind::Feat, words: Words::Act(act), is_of_last: true });
    }
    Some(sayings)
}

/// What stands before a dash, where the whole cannot be read: "handovers - 4.5 avg star survey last yr".
fn before_dash(text: &str) -> Option<Vec<Saying>> {
    let (head, _) = [" - ", " – ", " — "].iter().find_map(|dash| text.split_once(dash))?;
    several(head)
}

/// Reads an entry as one fact, or as several of the same sure kind that "and" joins.
fn several(text: &str) -> Option<Vec<Saying>> {
    let saying = |(kind, words)| Saying { kind, words, is_of_last: false };
    if let Some(languages) = language::listed(text) {
        return Some(languages.into_iter().map(saying).collect());
    }
    // "Go enough to patch an operator"
    if let Some(read) = text.split_once(" enough to ").and_then(|(name, _)| tool::surely(name)) {
        return Some(vec![saying(read)]);
    }
    // "SystmOne and Nervecentre": a name beside a tool is one.
    let named: Vec<&str> = text.split(" and ").collect();
    let is_name = |part: &&str| !part.contains(' ') && part.starts_with(char::is_uppercase);
    if named.len() > 1
        && named.iter().all(|part| tool::surely(part).is_some() || is_name(part))
        && named.iter().any(|part| tool::surely(part).is_some())
    {
        let tool = |part: &&str| tool::surely(part).unwrap_or_else(|| (Kind::Tool, Words::Thing((*part).to_owned())));
        return Some(named.iter().map(tool).map(saying).collect());
    }
    // "word excel": tools beside one another.
    let words: Vec<&str> = text.split(' ').collect();
    if words.len() > 1
        && !text.contains(['(', ','])
        && tool::surely(text).is_none()
        && let Some(tools) = words.iter().map(|word| tool::surely(word)).collect::<Option<Vec<_>>>()
    {
        return Some(tools.into_iter().map(saying).collect());
    }
    let parts: Vec<&str> = text.split(" and ").flat_map(|part| part.split(", ")).map(str::trim).collect();
    let is_bracketed = text.contains('(');
    if parts.len() > 1 && !is_bracketed && !clause::is_first_person(text) {
        let surely = |part: &&str| sure(part.strip_prefix("and ").unwrap_or(part));
        // "Italian, English and basic Swedish": what belittles itself is left out beside what does not.
        let parts: Vec<&str> = parts.iter().copied().filter(|part| screen(part) != Some(Why::Weak)).collect();
        if let Some(read) = parts.iter().map(surely).collect::<Option<Vec<_>>>() {
            return Some(read.into_iter().map(saying).collect());
        }
    }
    // "CRM: Salesforce" says what the tool is for.
    if let Some((label, rest)) = text.split_once(": ").filter(|(label, _)| label.split(' ').count() < 4)
        && let Some(read) =
            tool::surely(rest).or_else(|| language::read(rest)).filter(|_| tool::surely(label).is_none())
    {
        return Some(vec![saying(read)]);
    }
    if let Some((name, _)) = text.split_once(" (")
        && let Some(read) = language::read(name).filter(|_| text.ends_with(')') && language::read(text).is_none())
    {
        return Some(vec![saying(read)]);
    }
    if let Some(read) = one(text) {
        return Some(vec![saying(read)]);
    }
    if parts.len() < 2 || is_bracketed {
        return None;
    }
    parts.iter().map(|part| one(part)).collect::<Option<Vec<_>>>().map(|read| read.into_iter().map(saying).collect())
}

/// What an entry says, where its kind is beyond doubt.
fn sure(text: &str) -> Option<(Kind, Words)> {
    let licence = || qualification::own(text).or_else(|| qualification::surely(text));
    language::read(text)
        .or_else(|| tool::instrument(text))
        .or_else(|| tool::surely(text))
        .or_else(|| character::adjective(text))
        .or_else(licence)
}

/// Reads one entry.
fn one(text: &str) -> Option<(Kind, Words)> {
    let text = &*shape::without_times(text);
    let lower = text.to_lowercase();
    if text.is_empty() || text.split_whitespace().count() > 24 {
        return None;
    }
    shape::shaped(text)
        .or_else(|| qualification::own(text))
        .or_else(|| doing::used(text))
        .or_else(|| shape::measured(text))
        .or_else(|| clause::known(&lower))
        .or_else(|| shape::worded(&lower))
        .or_else(|| clause::first_person(text))
        .or_else(|| used_to(&lower, text))
        .or_else(|| clause::free(text))
        .or_else(|| sure(text))
        .or_else(|| knowledge::read(text, &lower))
        .or_else(|| character::read(text))
        .or_else(|| character::role(text))
        .or_else(|| deed::read(text))
        .or_else(|| clause::without_subject(text))
        .or_else(|| tool::read(text))
        .or_else(|| noun(text))
        .or_else(|| ability(text))
}

/// A verb in its base form: "splice", "prune roses". A name that could be a verb as well is none.
fn ability(text: &str) -> Option<(Kind, Words)> {
    let first = text.split(' ').next()?;
    let (form, act) = verb::read(text)?;
    let is_plain = form == Form::Base && act.base == text && first.starts_with(char::is_lowercase);
    let words = text.split(' ').count();
    let is_action = !matches!(
        first,
        "be" | "prefer"
            | "reach"
            | "route"
            | "want"
            | "need"
            | "have"
            | "get"
            | "go"
            | "like"
            | "love"
            | "scope"
            | "hope"
            | "wish"
            | "try"
            | "let"
    );
    (is_plain && is_action && words < 9 && !VERBS_LIKE_NOUNS.has(first) && is_sound(text))
        .then(|| (Kind::Skill, Words::Clause(format!("I can {}", act.base))))
}

/// Conditions that one is used to: "shift work".
fn used_to(lower: &str, text: &str) -> Option<(Kind, Words)> {
    if let Some(rest) = text.get(8..).filter(|rest| lower.starts_with("used to ") && is_sound(rest))
        && !verb::read(rest).is_some_and(|(form, _)| form == Form::Base)
    {
        return Some((Kind::Skill, Words::Clause(format!("I am used to {rest}"))));
    }
    let bare = lower.strip_prefix("used to ").or_else(|| lower.strip_prefix("comfortable with ")).unwrap_or(lower);
    USED_TO
        .has(bare)
        .then(|| (Kind::Skill, Words::Clause(format!("I am used to {}", &text[text.len() - bare.len()..]))))
}

/// A skill named by a noun.
fn noun(text: &str) -> Option<(Kind, Words)> {
    let lower = text.to_lowercase();
    let opener = OPENERS.beginning_of(&lower).filter(|opener| *opener != "used ").map_or(0, str::len);
    let rest = text.get(opener..)?.trim();
    let rest = rest.strip_suffix(" skills").filter(|rest| rest.contains(' ') || is_single(rest)).unwrap_or(rest);
    if !is_sound(rest) || FIRST.is_match(rest) || ACTS.is_match(rest) {
        return None;
    }
    let words: Vec<&str> = rest.split_whitespace().collect();
    let last = bare(words.last()?);
    if words.len() == 1 && opener == 0 && (shape::is_technical(rest) || shape::is_unknown_name(rest)) {
        return Some((Kind::Knowledge, Words::Thing(rest.to_owned())));
    }
    if words.len() == 1 && shape::is_product(rest) {
        return Some((Kind::Tool, Words::Thing(rest.to_owned())));
    }
    let is_named = match words.len() {
        1 => opener == 0 && is_single(rest) && !NOT_LAST.has(&last) || SINGLE.has(&last),
        2..=7 => !NOT_LAST.has(&last) && !last.ends_with("ly"),
        _ => false,
    };
    // A single word that is a noun of the language needs no capital.
    let is_plain = words.len() == 1 && (SINGLE.has(&last) || last.ends_with("ing") || last.ends_with("ions"));
    if !is_named {
        return None;
    }
    let named = if is_plain { lower_first(rest) } else { rest.to_owned() };
    doing::with(&named).or(Some((Kind::Skill, Words::Thing(named))))
}

/// Whether one word names a skill by itself.
fn is_single(word: &str) -> bool {
    let lower = word.to_lowercase();
    let is_plural = lower.ends_with('s') && !lower.ends_with("ss") && lower.len() > 4;
    let by_ending = lower.len() > 5 && MASS_ENDS.iter().any(|end| lower.ends_with(end));
    let is_abbreviation = word.len() > 1 && word.chars().filter(|c| c.is_uppercase()).count() > 1;
    SINGLE.has(&lower) || by_ending || is_plural || is_abbreviation
}

#[cfg(test)]
mod tests;
