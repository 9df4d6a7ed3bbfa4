//! Notes in good English that only lack their subject: a letter says them whole, behind an "I am" or an "I".
//!
//! ```text
//!   "Learning officer, Weald Museum, 2011–2019: 9,500 school visitors a year, and a team of 12."
//!   ──▶ "I was a learning officer at Weald Museum from 2011 to 2019, with 9,500 school visitors a year, and a team of 12"
//! ```

use std::ops::Range;

use crate::facts::fact::Time;
use crate::facts::lexicon::{bare, is_role};
use crate::facts::pieces::blocks;
use crate::facts::screen::screen;
use crate::facts::shorthand::holds_shorthand;
use crate::facts::sound::reads;
use crate::facts::spell;
use crate::facts::spelling::lower_first;
use crate::facts::time;
use crate::facts::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;

use super::{names, position};

list!(LINKS = "facts/fragment_links");
list!(OBJECTS = "facts/beginnings_of_objects");
list!(DETERMINERS = "facts/determiners");
list!(INCLUDING = "facts/plural_texts");

/// Fewest and most words of such a note.
const WORDS: std::ops::RangeInclusive<usize> = 3..=44;

// What nobody writes who writes sentences.
pattern!(
    NOTES = r"(?i)[&+@=~→><*#_|{}\[\]\\]|w/|\d\d?x\b|\bx\d|\b(?:yrs?|mths?|wks?|hrs?|pt|ft|p/t|f/t|dept|mgr|asst|sgt|incl?|quals?|uni|grad|abt|til|thru|vol|temp|govt|mgmt|etc|plus|also|tho|cos|coz|gonna|ish|stuff|bits|approx)\b"
);
pattern!(LOST_IT = r" (?:until|till) (?:my |the |being )?(?:made )?redundan(?:cy|t) (?:in )?");
// "M&S" is no list.
pattern!(NAMES_WITH_AND = r"\b[A-Z]&[A-Z]\b");
pattern!(
    LEADS =
        r"^(?i:and |then |before (?:that|this|then),? |after (?:that|this),? |since then,? |previously,? |earlier,? )+"
);
pattern!(
    SPENT = r"^(?i:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+) (?:further )?(?:years?|months?|weeks?|terms?|seasons?|summers?) (?:as|in|at|with|on|\w+ing)\b"
);
pattern!(
    HEAD_ENDS = r", | \(|: | (?:at|for|with|in|on|to|within|aboard|across|since|from|until|near|by)\b| — | – | - "
);
pattern!(PART_ENDS = r", | \(|: | — | – | - ");
pattern!(
    GOES_ON_AS_RANGE = r"^ [—–-] (?i:\d|present\b|now\b|date\b|current|today|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d)"
);

/// A note of a field.
pub struct Note {
    /// The bytes of the field.
    pub span: Range<usize>,
    /// What it says as a sentence, where it only lacks its subject.
    pub sentence: Option<String>,
}

/// The notes of a field that is written in good English; none of another field.
#[must_use]
pub fn fragments(field: &str, is_now: bool) -> Vec<Note> {
    let is_written = field.trim_start().starts_with(char::is_uppercase);
    let blocks = if is_written { blocks(field) } else { Vec::new() };
    blocks.into_iter().map(|block| Note { sentence: sentence(&block.text, is_now), span: block.span }).collect()
}

/// The sentence of one note; `None` where it is not surely one.
fn sentence(typed: &str, is_now: bool) -> Option<String> {
    if NOTES.is_match(&NAMES_WITH_AND.replace_all(typed, "")) {
        return None;
    }
    let text = LEADS.replace(&typed.replace('’', "'"), "").into_owned();
    let words = text.split_whitespace().count();
    let text = LOST_IT.replace(&text, " until ").into_owned();
    if !WORDS.contains(&words) || screen(&text).is_some() || holds_shorthand(&text, &text) {
        return None;
    }
    let spent = || {
        (!is_now && SPENT.is_match(&text) && !text.contains(": ")).then(|| format!("I spent {}", lower_first(&text)))
    };
    let said = clause(&text, is_now).or_else(|| job(&text, is_now)).or_else(spent)?;
    let said = spell::put_names_right(&said);
    (reads(&said) && !said.contains(": ") && !said.ends_with(',')).then_some(said)
}

/// A note that begins with its verb: "Leaving the Navy in April", "Spent two years in Peru", "Teach Year 4".
fn clause(text: &str, is_now: bool) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (form, act) = verb::read(words[0])?;
    let next = words.get(1).map(|word| word.to_lowercase())?;
    let has_object = OBJECTS.has(&next)
        || DETERMINERS.has(&next)
        || next.starts_with(|c: char| c.is_ascii_digit())
        || form == Form::Doing && words[1].starts_with(char::is_uppercase);
    let is_irregular = form == Form::Past && !act.past.ends_with("ed");
    // "Demonstrated in labs, ran a club" lacks its "and".
    let is_spliced = text.split(", ").skip(1).any(|part| matches!(verb::read(part), Some((Form::Past, _))));
    if is_role(&bare(words[0])) || text.contains(": ") || is_spliced || !(has_object || is_irregular) {
        return None;
    }
    let rest = lower_first(text);
    let goes_on = rest.contains(" since ") || rest.contains(" for the last ") || rest.contains(" for the past ");
    match (form, is_now) {
        (Form::Doing, true) if goes_on => Some(format!("I have been {rest}")),
        (Form::Doing, true) => Some(format!("I am {rest}")),
        // "Retired in 2022" is no beginning of what somebody does now.
        (Form::Past, true) if words.len() < 6 => None,
        (Form::Past, _) | (Form::Base, true) => Some(format!("I {rest}")),
        _ => None,
    }
}

/// A note that begins with what somebody is or was.
struct Job {
    role: String,
    place: String,
    time: Option<Time>,
    /// What follows, with the comma before it.
    rest: String,
}

fn job(text: &str, is_now: bool) -> Option<String> {
    let (role, tail) = head(text)?;
    let mut job = Job { role, place: String::new(), time: None, rest: String::new() };
    job.read(&tail, is_now)?;
    let Job { role, place, time, rest } = job;
    let lasts = |time: &Time| matches!(time, Time::Since(_)) || is_now && matches!(time, Time::For(_));
    let said_since = format!("{place}{rest}").contains(" since ");
    let is_over = place.contains(" until ") || matches!(time, Some(Time::During(_)));
    let verb = match &time {
        _ if said_since && !is_over => "I have been",
        Some(time) if lasts(time) => "I have been",
        _ if is_now && !is_over => "I am",
        _ => "I was",
    };
    let time = time.map_or(String::new(), |time| format!(" {}", time.words()));
    Some(format!("{verb} {role}{place}{time}{rest}"))
}

/// The role with its article, and what follows it.
fn head(text: &str) -> Option<(String, String)> {
    let end = HEAD_ENDS.find(text)?.start();
    let role = text[..end].replace(" then ", " and then ").replace(" and and ", " and ");
    // "Deputy, then acting head": two roles, each with its article.
    let parts: Vec<position::Read> = role.split(" and then ").map(position::read).collect::<Option<_>>()?;
    if parts.iter().any(|part| !part.place.is_empty()) {
        return None;
    }
    let roles: Vec<&str> = parts.iter().map(|part| part.role.as_str()).collect();
    Some((roles.join(" and then "), text[end..].to_owned()))
}

impl Job {
    /// Reads what follows the role, mark by mark.
    fn read(&mut self, tail: &str, is_now: bool) -> Option<()> {
        let mut tail = tail;
        while !tail.is_empty() {
            let (mark, body) = marked(tail)?;
            if mark == "(" {
                let (within, after) = body.split_once(')')?;
                self.bracket(within);
                tail = after;
                continue;
            }
            if mark == ": " {
                self.rest.push_str(&details(body, &self.rest, is_now)?);
                return Some(());
            }
            let end = part_end(body);
            let part = &body[..end];
            if mark == " " {
                self.phrase(part)?;
            } else if !self.named(part) {
                return self.goes_on(body, is_now);
            }
            tail = &body[end..];
        }
        Some(())
    }

    /// What stands in a bracket: a time, a town, or an aside.
    fn bracket(&mut self, within: &str) {
        match time::find(within) {
            Some((time, rest)) if rest.is_empty() && self.time.is_none() => self.time = Some(time),
            _ if names::is_town(within) && self.rest.is_empty() => self.place.extend([" in ", within]),
            _ if self.rest.is_empty() && self.time.is_none() => self.place.extend([" (", within, ")"]),
            _ => self.rest.extend([" (", within, ")"]),
        }
    }

    /// "at Mazars since 2016", "for eleven years".
    fn phrase(&mut self, part: &str) -> Option<()> {
        match time::find(part) {
            Some((time, rest)) if part.starts_with(&rest) && !rest.ends_with("until") => {
                self.time = Some(time);
                if !rest.is_empty() {
                    self.place.extend([" ", &rest]);
                }
            }
            _ if self.time.is_some() => return None,
            _ => self.place.extend([" ", part]),
        }
        Some(())
    }

    /// Reads a time, an employer or a town between commas; whether it is one.
    fn named(&mut self, part: &str) -> bool {
        if !self.rest.is_empty() {
            return false;
        }
        if let Some((time, rest)) = time::find(part)
            && rest.is_empty()
            && self.time.is_none()
        {
            self.time = Some(time);
            return true;
        }
        if !super::names::is_name_of_place(part) || self.time.is_some() {
            return false;
        }
        let has_employer = self.place.starts_with(" at ") || self.place.starts_with(" for ");
        let place = if has_employer && !names::is_town(part) && part.split(' ').count() > 1 {
            return false;
        } else if has_employer || names::is_town(part) {
            format!(" in {part}")
        } else {
            format!(" at {}", spell::with_the(part))
        };
        self.place.push_str(&place);
        true
    }

    /// "…, clearing 35 entries a day": what goes on in words of its own.
    fn goes_on(&mut self, body: &str, is_now: bool) -> Option<()> {
        let first = body.split_whitespace().next().map(bare)?;
        let is_doing = verb::read(&first).is_some_and(|(form, _)| form == Form::Doing);
        let is_number = first.starts_with(|c: char| c.is_ascii_digit()) && !body.contains(", ");
        if !is_doing && !is_number && !LINKS.has(&first) {
            return None;
        }
        let body = &*if is_number { format!("with {body}") } else { body.to_owned() };
        let (body, behind) = match body.split_once(": ") {
            Some((body, details)) => (body, self::details(details, body, is_now)?),
            None => (body, String::new()),
        };
        self.rest.extend([", ", body, &behind]);
        Some(())
    }
}

/// Where a part ends; the dash of "2019 – present" ends none.
fn part_end(body: &str) -> usize {
    let mut ends = PART_ENDS.find_iter(body).map(|found| found.start());
    ends.find(|at| !GOES_ON_AS_RANGE.is_match(&body[*at..])).unwrap_or(body.len())
}

/// The mark that a tail begins with, and what stands behind it.
fn marked(tail: &str) -> Option<(&'static str, &str)> {
    for (typed, mark) in
        [(" (", "("), (", ", ", "), (": ", ": "), (" — ", ": "), (" – ", ": "), (" - ", ": "), (" ", " ")]
    {
        if let Some(body) = tail.strip_prefix(typed) {
            return Some((mark, body));
        }
    }
    None
}

/// What stands behind a colon, in words that need none. What is named before it decides how.
fn details(body: &str, before: &str, is_now: bool) -> Option<String> {
    let first = body.split_whitespace().next()?;
    let (lower, form) = (bare(first), verb::read(body).map(|(form, _)| form));
    let is_number = first.trim_start_matches('£').starts_with(|c: char| c.is_ascii_digit());
    let is_several = before.split(' ').next_back().is_some_and(|word| INCLUDING.has(&bare(word)));
    let body = if spell::is_name(&lower) { body.to_owned() } else { lower_first(body) };
    match form {
        _ if is_several => Some(format!(", including {body}")),
        _ if is_number || DETERMINERS.has(&lower) => Some(format!(", with {body}")),
        Some(Form::Past) => Some(format!(", where I {body}")),
        Some(Form::Base) if is_now => Some(format!(", where I {body}")),
        Some(Form::Doing) => Some(format!(", {body}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(field: &str, is_now: bool) -> Vec<String> {
        fragments(field, is_now).into_iter().filter_map(|note| note.sentence).collect()
    }

    #[test]
    fn a_note_that_only_lacks_its_subject_is_said_whole() {
        for (typed, expect) in [
            (
                "Learning officer, Weald and Downland Living Museum, 2011–2019: 9,500 school visitors a year, a team of 12 casual facilitators, and a £48,000 Heritage Lottery project.",
                "I was a learning officer at the Weald and Downland Living Museum from 2011 to 2019, with 9,500 school visitors a year, a team of 12 casual facilitators, and a £48,000 Heritage Lottery project",
            ),
            (
                "Audit senior then manager at Mazars, Birmingham, 2008–2016.",
                "I was an audit senior and then a manager at Mazars in Birmingham from 2008 to 2016",
            ),
            ("Left practice to take a PhD at Aston.", "I left practice to take a PhD at Aston"),
        ] {
            assert_eq!(said(typed, false), [expect]);
        }
        for (typed, expect) in [
            (
                "Leaving the Royal Navy in April after 16 years as a Leading Engineering Technician (Marine Engineering), most recently on HMS Kent, responsible for four diesel generators and a watch of six.",
                "I am leaving the Royal Navy in April after 16 years as a Leading Engineering Technician (Marine Engineering), most recently on HMS Kent, responsible for four diesel generators and a watch of six",
            ),
            (
                "Associate lecturer, Open University, since 2021 (B124 and B291), with tutor groups of 18 to 22 students.",
                "I have been an associate lecturer at the Open University since 2021 (B124 and B291), with tutor groups of 18 to 22 students",
            ),
            (
                "Freelance translator since 2014, specialising in financial texts: annual reports for two banks and a quarterly magazine.",
                "I have been a freelance translator since 2014, specialising in financial texts, including annual reports for two banks and a quarterly magazine",
            ),
            (
                "Regional operations director for Sodexo's schools business in the North West until redundancy in March 2025: 214 kitchens, 1,900 employees and a budget of £41m.",
                "I was a regional operations director for Sodexo's schools business in the North West until March 2025, with 214 kitchens, 1,900 employees and a budget of £41 million",
            ),
        ] {
            assert_eq!(said(typed, true), [expect]);
        }
    }

    #[test]
    fn notes_in_shorthand_and_what_is_unsure_are_no_sentences() {
        for typed in [
            "Sales adviser, JD Sports Merry Hill (pt, since Oct 22)",
            "driver then troop sgt, iraq x2",
            "Gas engineer at Homeserve (sub contractor), 2019-now, 6-7 jobs a day + call-outs",
            "Barista, latte art, tills",
        ] {
            assert_eq!(said(typed, true), [""; 0], "{typed}");
        }
    }
}
