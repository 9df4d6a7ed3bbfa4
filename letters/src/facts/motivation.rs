//! Reads why the applicant wants to work for this employer.
//!
//! ```text
//!   field ──▶ sentences ──▶ parts that stand alone ──▶ screen ──▶ a clause with its subject
//! ```

mod addressed;
mod clause;
mod grammar;
pub(super) mod learner;
mod named;
mod wish;

use super::contraction::written_out;
use super::fact::{Fact, Field, Kind, LeftOut, Source, Why, Words};
use super::lexicon::bare;
use super::pieces::{Piece, blocks, entries};
use super::qualification::levels;
use super::screen::{screen, without_noise};
use super::spell::{put_names_right, put_right};
use super::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;
use grammar::{is_clean, lower_start};
use named::Named;

list!(ANYBODY = "motivation/anybody");
list!(LEADS = "motivation/leads");
list!(PRAISE = "motivation/praise");

pattern!(
    NEAR = r"(?i)^(?:it is |i live |live |about |only |just )*(\d+|a few|one|two|three|four|five|six|seven|eight|nine|ten|half an hour|an hour)[\s-]?(min|mins|minutes?|miles?|stops?|hours?)?(?:'s?|s')?\s*(walk|drive|cycle|bus ride|by bus|by bike|on foot|on the bus|bike ride|on the train|by train|train)?\s*(away|(?:away )?(?:from|to)\s+(?:my |me|home|here|you|the |work|our |where|hq\b|head office|site\b).*)?$"
);
// That it is near home is said by where one lives; what follows is a reason of its own.
pattern!(
    NEAR_AND = r"(?i)^it is (?:very |so |quite )?(?:near|close)(?: to)? (?:me|home|my \w+|where I live),? and (I .+)$"
);
pattern!(TRYING = r"(?i)^(?:i am |i'm |im )?(?:trying|wanting|aiming) to ");
pattern!(UNFIT = r"[?=|<>{}\[\]]|\.\.\.|…");

/// The reasons of the field, in the order in which they were typed, and what no sentence says.
#[must_use]
pub fn motivation(field: &str) -> (Vec<Fact>, Vec<LeftOut>) {
    let mut reader = Reader { facts: Vec::new(), left_out: Vec::new() };
    for block in blocks(field) {
        for sentence in dashes(field, &block) {
            reader.sentence(field, &sentence);
        }
    }
    (reader.facts, reader.left_out)
}

/// The parts of a block around dashes.
fn dashes(field: &str, block: &Piece) -> Vec<Piece> {
    let text = &field[block.span.clone()];
    let Some(dash) = [" - ", " – ", " — ", "!! ", "! "].iter().find(|dash| text.contains(**dash)) else {
        return vec![block.clone()];
    };
    let mut parts = Vec::new();
    let mut start = block.span.start;
    for part in text.split(dash) {
        parts.extend(entries(field, start..start + part.len()).first().map(|first| Piece {
            span: first.span.start..start + part.trim_end().len(),
            text: part.trim().to_owned(),
        }));
        start += part.len() + dash.len();
    }
    parts
}

/// Speaks to the company in the reasons that begin with its name.
pub fn address(facts: &mut [Fact], company: &str) {
    for fact in facts.iter_mut().filter(|fact| fact.source.field == Field::Motivation) {
        if let Words::Clause(clause) = &mut fact.words
            && let Some(told) = addressed::addressed(clause, company)
        {
            *clause = told;
        }
    }
}

/// Whether a reason was typed as a whole sentence: nobody words it better.
#[must_use]
pub fn is_written_out(typed: &str) -> bool {
    grammar::is_written(typed.trim())
}

/// A sentence that a reader wrote of a reason, as a fact; `None` when no letter says it.
#[must_use]
pub fn noted(span: std::ops::Range<usize>, sentence: &str) -> Option<Fact> {
    let clause = written(sentence).filter(|clause| !is_perhaps_wish(clause))?;
    let source = Source { field: Field::Motivation, span };
    let text = sentence.to_owned();
    Some(Fact { kind: kind(&clause), source, of: None, text, words: Words::Clause(clause) })
}

/// Whether a clause says what somebody does now and not for whom: of notes that may be what they would like to do. "Days as
/// well as nights" is no "I work days as well as nights".
fn is_perhaps_wish(clause: &str) -> bool {
    const SURE: [&str; 11] = ["admire", "am", "enjoy", "have", "hope", "know", "like", "live", "love", "want", "would"];
    let Some(rest) = clause.strip_prefix("I ") else { return false };
    let first = rest.split(' ').next().unwrap_or_default();
    let speaks_to_employer = clause.split(' ').map(bare).any(|word| matches!(word.as_str(), "you" | "your" | "yours"));
    !speaks_to_employer && !SURE.contains(&first) && verb::read(first).is_some_and(|(form, _)| form == Form::Base)
}

/// Whether a clause says where the applicant lives, or why they apply.
fn kind(clause: &str) -> Kind {
    if clause.starts_with("I live ") || clause.starts_with("I have lived ") { Kind::Home } else { Kind::Reason }
}

/// What is read of a part of a sentence, or why it is left out.
type Part = Result<(Kind, String), Why>;

struct Reader {
    facts: Vec<Fact>,
    left_out: Vec<LeftOut>,
}

impl Reader {
    fn sentence(&mut self, field: &str, sentence: &Piece) {
        if grammar::is_written(&sentence.text)
            && let Some(clause) = written(&sentence.text)
        {
            return self.add_written(sentence, clause);
        }
        if let Some(clause) = grammar::is_prose(field, sentence).then(|| written(&sentence.text)).flatten() {
            return self.add_written(sentence, clause);
        }
        let parts = entries(field, sentence.span.clone());
        let is_first = self.facts.is_empty();
        let read: Vec<_> =
            parts.iter().enumerate().map(|(at, part)| (part, read_at(&part.text, is_first && at == 0))).collect();
        // "A swimmer and an officer" goes on with what was said before it.
        let goes_on = |part: &Piece| {
            ["a ", "an ", "and would ", "the same "].iter().any(|start| part.text.to_lowercase().starts_with(start))
        };
        let stands_alone =
            |(part, read): &(&Piece, Result<(Kind, String), Why>)| !matches!(read, Err(Why::Unread)) && !goes_on(part);
        let is_list = read.len() > 1 && read.iter().all(stands_alone);
        if !is_list {
            // A comma inside a sentence parts nothing, unless a part must be left out.
            let is_clean = read.iter().all(|(_, read)| matches!(read, Ok(_) | Err(Why::Unread)));
            let first = sentence.text.chars().next();
            let links = [
                "and ",
                "but ",
                "or ",
                "because ",
                "so ",
                "same ",
                "like ",
                "which ",
                "who ",
                "where ",
                "when ",
                "not ",
                "with ",
                "in ",
                "at ",
                "for ",
                "as ",
                "a ",
                "an ",
                "from ",
                "to ",
                "especially ",
                "including ",
            ];
            let is_linked = read.iter().skip(1).all(|(part, read)| {
                read.is_ok() || links.iter().any(|link| part.text.to_lowercase().starts_with(link))
            });
            let is_written = first.is_some_and(char::is_uppercase) && sentence.text.split(' ').count() > 6;
            if is_clean
                && (is_written || is_linked || read.len() == 1)
                && let Ok((kind, clause)) = read_at(&sentence.text, is_first)
            {
                let clause = if self.facts.is_empty() { grammar::to_employer(&clause) } else { clause };
                return self.add(kind, sentence, clause, None);
            }
        }
        self.parts(read);
    }

    /// Adds the parts of a sentence one by one; what only names things that attract becomes one reason.
    fn parts(&mut self, read: Vec<(&Piece, Part)>) {
        let named: Vec<Option<Named>> = read.iter().map(|(part, read)| named_in(part, read)).collect();
        // "Friendly team" alone is what everybody says; beside a reason of one's own it may stand.
        let is_own = read.iter().zip(&named).any(|((_, read), named)| named.is_some() && *read == Err(Why::Unread));
        let first = named.iter().position(Option::is_some).filter(|_| is_own);
        let draws: Vec<Named> = named.iter().flatten().filter(|named| **named != Named::Home).cloned().collect();
        for (at, (part, read)) in read.into_iter().enumerate() {
            if Some(at) == first
                && let Some(clause) = named::clause(&draws)
            {
                self.add(Kind::Reason, part, clause, None);
            }
            match read {
                _ if is_own && named[at] == Some(Named::Home) => {
                    self.add(Kind::Home, part, "I live close to you".to_owned(), None);
                }
                _ if is_own && named[at].is_some() => {}
                Ok((kind, clause)) => {
                    let clause = if self.facts.is_empty() { grammar::to_employer(&clause) } else { clause };
                    let points_back =
                        clause.split(' ').any(|word| matches!(bare(word).as_str(), "they" | "them" | "their" | "it"));
                    if points_back && self.facts.is_empty() {
                        self.left_out.push(LeftOut { source: source(part), why: Why::Unread });
                    } else {
                        self.add(kind, part, clause, None);
                    }
                }
                Err(Why::Unread) if let Some(remark) = self.remark(&part.text) => {
                    let of = self.facts.len().checked_sub(1);
                    self.add(Kind::Reason, part, remark, of);
                }
                Err(why) => self.left_out.push(LeftOut { source: source(part), why }),
            }
        }
    }

    /// Adds a sentence that was written out; one that points back stays with the sentence before it.
    fn add_written(&mut self, sentence: &Piece, clause: String) {
        let said = self.facts.last().map_or(0, |last| last.source.span.end);
        let is_cut = self.left_out.last().is_some_and(|left| left.source.span.end > said && left.why == Why::Unread);
        if is_cut && grammar::leans(&clause) {
            return self.left_out.push(LeftOut { source: source(sentence), why: Why::Unread });
        }
        if !grammar::points_back(&clause) {
            return self.add(kind(&clause), sentence, clause, None);
        }
        let last = self.facts.last_mut().filter(|last| last.source.span.end <= sentence.span.start);
        match last.map(|last| (&mut last.words, &mut last.source)) {
            Some((Words::Clause(before), source)) if before.split(' ').count() + clause.split(' ').count() < 50 => {
                *before = format!("{before}. {}", super::spelling::upper_first(&clause));
                source.span.end = sentence.span.end;
            }
            _ => self.left_out.push(LeftOut { source: source(sentence), why: Why::Unread }),
        }
    }

    fn add(&mut self, kind: Kind, part: &Piece, clause: String, of: Option<usize>) {
        let text = put_right(&part.text);
        self.facts.push(Fact { kind, source: source(part), of, text, words: Words::Clause(clause) });
    }

    /// "lovely crowd" behind "conducted the choir at your concert": it was a lovely crowd.
    fn remark(&self, text: &str) -> Option<String> {
        let last = self.facts.last()?;
        let Words::Clause(before) = &last.words else { return None };
        let is_past = before.strip_prefix("I ").and_then(verb::read).is_some_and(|(form, _)| form == Form::Past);
        let right = put_right(&without_noise(text));
        let words: Vec<&str> = right.split_whitespace().collect();
        let is_remark = (2..4).contains(&words.len()) && PRAISE.has(&words[0].to_lowercase());
        (is_past && is_remark).then(|| format!("it was {}", super::article::with_article(&right)))
    }
}

/// What a part that no clause could be made of names.
fn named_in(part: &Piece, read: &Result<(Kind, String), Why>) -> Option<Named> {
    let is_open = matches!(read, Err(Why::Unread | Why::Anybody));
    let text = part.text.trim().trim_end_matches(['.', '!', ',']);
    let plain = put_right(&second_person(&without_noise(without_lead(text))));
    let named = is_open.then(|| named::named(&lower_start(&plain))).flatten();
    named.or_else(|| named::chance(&plain))
}

fn source(piece: &Piece) -> Source {
    Source { field: Field::Motivation, span: piece.span.clone() }
}

/// A part of the field as a clause; in the first, "they" can only be the employer.
fn read_at(typed: &str, is_first: bool) -> Result<(Kind, String), Why> {
    let found = read(typed);
    if is_first && found == Err(Why::Unread) { read(&grammar::to_employer(&wish::prepared(typed))) } else { found }
}

/// A part of the field as a clause.
fn read(typed: &str) -> Result<(Kind, String), Why> {
    let text = typed.trim().trim_end_matches(['.', '!', ',']);
    let hopeful = TRYING.replace(without_lead(text), "hoping to ");
    let text = &*hopeful;
    let told = screen(text).filter(|why| *why != Why::Anybody);
    if let Some(why) = told {
        return Err(why);
    }
    let plain = wish::prepared(&second_person(&without_noise(text)));
    let right = levels(&put_right(&plain));
    let lower = right.to_lowercase();
    if ANYBODY.has(lower.trim_end_matches('.')) {
        return Err(Why::Anybody);
    }
    if let Some(home) = near(&right) {
        return Ok((Kind::Home, home));
    }
    // What only names something is no clause, though one of its words may be a verb elsewhere.
    if named::named(&lower_start(&right)).is_some() {
        return Err(Why::Unread);
    }
    let right = NEAR_AND.replace(&learner::mended(&right), "$1").into_owned();
    let found = named::without_subject(&right).or_else(|| clause::clause(&right));
    let clause = wish::polite(&found.ok_or(Why::Unread)?);
    Ok((kind(&clause), clause))
}

/// A sentence that was written out, as a clause; `None` when no letter says it.
fn written(typed: &str) -> Option<String> {
    let text = typed.trim().trim_end_matches(['.', '!', ',']);
    let lower = text.to_lowercase();
    let is_told =
        screen(text).is_some_and(|why| why != Why::Anybody && !(why == Why::Pay && lower.contains("what the money")));
    if is_told || ANYBODY.has(&lower) || UNFIT.is_match(text) || LEADS.beginning_of(&lower).is_some() {
        return None;
    }
    let right = learner::mended(&wish::prepared(&put_names_right(&written_out(text))));
    let right = wish::lasted(&right).unwrap_or(right);
    let clause = if right.starts_with("I ") {
        let (_, rest) = right.split_once(' ')?;
        clause::lasting(rest).unwrap_or(right)
    } else {
        grammar::lower_written(&right)
    };
    // "Part of" may end a sentence that was written out.
    let end = if clause.ends_with(" of") || clause.ends_with(" with") { " it" } else { "" };
    // "It was an adviser who helped" stands behind the sentence that it speaks of.
    let about = ["it ", "she ", "he ", "they "].iter().find_map(|lead| clause.strip_prefix(lead));
    let whole = about.map_or_else(|| clause.clone(), |rest| format!("we {rest}"));
    is_clean(&format!("{whole}{end}")).then_some(clause)
}

fn without_lead(text: &str) -> &str {
    let mut rest = text;
    while let Some(lead) = LEADS.beginning_of(&rest.to_lowercase()) {
        rest = rest[lead.len()..].trim_start();
    }
    rest
}

/// "u" and "ur" are "you" and "your".
fn second_person(text: &str) -> String {
    let words = text.split_whitespace().map(|word| match word.to_lowercase().as_str() {
        "u" | "ya" | "yous" | "youse" => "you".to_owned(),
        "ur" => "your".to_owned(),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// "10 min from my house": the applicant lives ten minutes away.
fn near(text: &str) -> Option<String> {
    let found = NEAR.captures(text).filter(|found| found.get(3).or_else(|| found.get(4)).is_some())?;
    let count = crate::facts::spell::put_right(&format!("{} minutes", &found[1]));
    let count = count.strip_suffix(" minutes").unwrap_or(&count);
    let unit = found.get(2).map_or("", |unit| match unit.as_str() {
        "min" | "mins" | "minutes" | "minute" => "minutes",
        unit => unit,
    });
    let by = found.get(3).map_or_else(String::new, |by| match by.as_str() {
        "walk" | "on foot" => " on foot".to_owned(),
        "drive" => " by car".to_owned(),
        "cycle" | "by bike" | "bike ride" => " by bike".to_owned(),
        "on the train" | "by train" | "train" => " by train".to_owned(),
        _ => " by bus".to_owned(),
    });
    Some(format!("I live {} from you{by}", format!("{count} {unit}").trim()))
}

#[cfg(test)]
mod tests;
