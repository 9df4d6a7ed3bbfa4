//! Reads why the applicant wants to work for this employer.
//!
//! ```text
//!   field ──▶ sentences ──▶ parts that stand alone ──▶ screen ──▶ a clause with its subject
//! ```

mod grammar;
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
use grammar::{families, has_verb, has_verb_after_noun, is_clean, lower_start};

list!(ANYBODY = "motivation/anybody");
list!(LEADS = "motivation/leads");
list!(SUBJECTS = "motivation/subjects");
list!(PRAISE = "motivation/praise");
list!(VERBS = "motivation/wants");
list!(TRAITS = "facts/traits");
list!(STATES = "motivation/states");
list!(KIN = "spell/kin");

pattern!(
    NEAR = r"(?i)^(?:it is |i live |live |about |only |just )*(\d+|a few|one|two|three|four|five|six|seven|eight|nine|ten|half an hour|an hour)[\s-]?(min|mins|minutes?|miles?|stops?|hours?)?(?:'s?|s')?\s*(walk|drive|cycle|bus ride|by bus|by bike|on foot|on the bus|bike ride)?\s*(?:away )?(?:from|to)\s+(?:my |me|home|here|you|the |work|our |where).*$"
);
pattern!(SINCE = r"(?i)\bsince (?:19|20)\d\d\b|\bsince i was\b|\bfor (?:the last |over )?(?:\w+) (?:years|months)$");
// Grammar that no letter repeats: "he rest the fish", "I walk past five years", "the porter always say".
pattern!(
    SLIPS = r"(?i)\b(?:he|she|it) (?:come|rest|say|do|give|go|make|take|tell|want|have|work)\b|\b(?:walk|work|live|stay|go) past (?:\w+) years\b|\b(?:porter|boss|manager|chef|owner|lady|man|woman|driver) (?:always )?(?:say|do|give|go|make|take|tell)\b|\byoungests\b|^I (?:stay|live) near$"
);
pattern!(EQUALS = r"^(.+?) = (?:the |my )?(.+)$");
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
        let parts = entries(field, sentence.span.clone());
        let read: Vec<_> = parts.iter().map(|part| (part, read(&part.text))).collect();
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
                && let Ok((kind, clause)) = self::read(&sentence.text)
            {
                return self.add(kind, sentence, clause, None);
            }
        }
        for (part, read) in read {
            match read {
                Ok((kind, clause)) => {
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
        if !grammar::points_back(&clause) {
            let kind = if clause.starts_with("I live ") { Kind::Home } else { Kind::Reason };
            return self.add(kind, sentence, clause, None);
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

fn source(piece: &Piece) -> Source {
    Source { field: Field::Motivation, span: piece.span.clone() }
}

/// A part of the field as a clause.
fn read(typed: &str) -> Result<(Kind, String), Why> {
    let text = typed.trim().trim_end_matches(['.', '!', ',']);
    let text = without_lead(text);
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
    let clause = wish::polite(&clause(&right).ok_or(Why::Unread)?);
    let kind = if clause.starts_with("I live ") { Kind::Home } else { Kind::Reason };
    Ok((kind, clause))
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
    let right = wish::prepared(&put_names_right(&written_out(text)));
    let clause = if right.starts_with("I ") {
        let (_, rest) = right.split_once(' ')?;
        lasting(rest).unwrap_or(right)
    } else {
        grammar::lower_written(&right)
    };
    // "Part of" may end a sentence that was written out.
    let end = if clause.ends_with(" of") || clause.ends_with(" with") { " it" } else { "" };
    is_clean(&format!("{clause}{end}")).then_some(clause)
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
    let found = NEAR.captures(text)?;
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
        _ => " by bus".to_owned(),
    });
    Some(format!("I live {} from you{by}", format!("{count} {unit}").trim()))
}

/// The text as a clause with a subject; `None` when it has none surely.
fn clause(text: &str) -> Option<String> {
    let words = text.split_whitespace().count();
    if !(2..45).contains(&words) || text.matches('(').count() != text.matches(')').count() {
        return None;
    }
    if let Some(found) = EQUALS.captures(text) {
        let what = found[1].trim();
        let verb = if what.ends_with('s') && !what.ends_with("ss") { "are" } else { "is" };
        let said = found[2].replace(" bit", " part");
        let is_short = what.split(' ').count() < 6 && said.split(' ').count() < 6;
        return is_short.then(|| format!("{what} {verb} the {said}"));
    }
    if UNFIT.is_match(text) {
        return None;
    }
    let text = families(&mended(text));
    let first = bare(text.split_whitespace().next()?);
    let spoken = if first == "i" {
        let (_, rest) = text.split_once(' ')?;
        lasting(rest).unwrap_or_else(|| format!("I {rest}"))
    } else if let Some(rest) = text.strip_prefix("been ").or_else(|| text.strip_prefix("Been ")) {
        format!("I have been {rest}")
    } else if text.to_lowercase().starts_with("looking to ") || text.to_lowercase().starts_with("hoping to ") {
        format!("I am {}", lower_start(&text))
    } else if SUBJECTS.has(&first) || KIN.has(&first) || KIN.has(first.trim_end_matches('s')) {
        has_verb(&text).then(|| text.clone())?
    } else if TRAITS.has(&first) && !SUBJECTS.has(&first) {
        format!("I am {}", crate::facts::spelling::lower_first(&text))
    } else if VERBS.has(&first) {
        without_subject(&lower_start(&text))?
    } else {
        let told = verb::read(&text).filter(|(form, _)| *form == Form::Past && !first.ends_with("ed"));
        match told {
            // "ate there on my day off": only the "I" is missing.
            Some((_, act)) if text.split(' ').count() > 2 => format!("I {}", act.past),
            _ => has_verb_after_noun(&text).then(|| text.clone())?,
        }
    };
    if SLIPS.is_match(&spoken) {
        return None;
    }
    let clause = if spoken.starts_with("I ") { spoken } else { lower_start(&spoken) };
    is_clean(&clause).then_some(clause)
}

/// "ride a gravel bike" lacks "I"; "come on the rides since 2023" has gone on until now.
fn without_subject(text: &str) -> Option<String> {
    let (first, rest) = text.split_once(' ')?;
    if matches!(first, "always" | "never" | "once") {
        return verb::read(rest).map(|(form, act)| match form {
            Form::Past if first != "once" => format!("I have {first} {}", act.past),
            Form::Past => format!("I {first} {}", act.past),
            _ => format!("I {first} {}", act.base),
        });
    }
    Some(lasting(text).unwrap_or_else(|| format!("I {text}")))
}

/// What has gone on since a year, as English says it.
fn lasting(text: &str) -> Option<String> {
    // "Have lived here for ten years" is said so already.
    let next = text.strip_prefix("have ").and_then(|rest| rest.split(' ').next());
    if next.is_some_and(|next| next.ends_with("ed") || next.ends_with("en")) {
        return None;
    }
    let (form, act) = verb::read(text)?;
    let verb = act.base.split(' ').next()?;
    if form != Form::Base || !SINCE.is_match(text) {
        return None;
    }
    Some(if STATES.has(verb) {
        if verb == "know" { format!("I have known{}", &act.base[verb.len()..]) } else { format!("I have {}", act.past) }
    } else {
        format!("I have been {}", act.doing)
    })
}

/// Small repairs: "want off the road" lacks its verb, "want make" its "to".
fn mended(text: &str) -> String {
    let mut text = text.to_owned();
    for (from, to) in [(" like on ", ", like on "), (" like in ", ", like in "), (" like at ", ", like at ")] {
        if !text.contains(',') && text.starts_with("want") {
            text = text.replacen(from, to, 1);
        }
    }
    let mut lead = String::new();
    let mut rest = text.as_str();
    for start in ["I ", "i "] {
        if let Some(bare) = rest.strip_prefix(start) {
            lead.push_str("I ");
            rest = bare;
        }
    }
    let rest = if let Some(bare) = rest.strip_prefix("want off ") {
        format!("want to move off {bare}")
    } else if let Some(bare) = rest.strip_prefix("want out of ") {
        format!("want to move out of {bare}")
    } else if let Some(bare) = rest.strip_prefix("want into ") {
        format!("want to move into {bare}")
    } else {
        match rest.strip_prefix("want ").filter(|bare| {
            verb::read(bare).is_some_and(|(form, act)| form == Form::Base && act.base == *bare) && bare.contains(' ')
        }) {
            Some(bare) => format!("want to {bare}"),
            None => rest.to_owned(),
        }
    };
    format!("{lead}{rest}").replace(", same as ", ", the same as ")
}

#[cfg(test)]
mod tests;
