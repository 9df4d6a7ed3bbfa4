//! Reads what the applicant holds, is about to hold, or was taught.
//!
//! ```text
//!   field ──▶ entries ──▶ groups (a degree takes its school, grade and year) ──▶ status ──▶ kind and words
//! ```

mod abroad;
mod course;
mod degree;
mod driving;
mod licence;
mod marks;
mod member;
pub mod missing;
mod paper;
mod progress;
mod pursued;
mod resit;
mod rows;
mod school;
mod shaped;
mod spoken;
mod status;
mod thesis;
mod training;
mod typed;
mod vocational;

use std::ops::Range;

use super::fact::{Fact, Field, Kind, LeftOut, Source, Why, Words};
use super::listed::listed;
use super::pieces::{Piece, blocks, entries};
use super::screen::{screen, without_noise};
use super::spell::{put_names_right, put_right};
use super::verdict::{affirmed, is_denied, without_weak_brackets};
use crate::pattern::pattern;
use missing::lacks_part;

pub(super) use licence::own;
pub(super) use vocational::levels;

// "Qualifications: ", "papers: ".
pattern!(
    LABEL = r"(?i)^(?:qualifications?|quals|education|certificates?|certs|training|licences?|also|plus|and|currently|academic|professional|other|courses)\s*[:–-]\s+|^(?:and|also|plus|i have|i have got|i've got|ive got|i hold|got|have|hold|i am)\s+"
);

// What follows tells how far the one before has come.
pattern!(
    OF_WHICH = r"(?i)^(?:of which|with) .*\b(?:completed|done|passed|to go|left)\b|^(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten) (?:\w+ )?(?:of|out of) (?:the )?\w+ \w+(?: \w+)?$|^(?:to be (?:sat|taken|completed|awarded)|passed (?:in|on)) |^in date$|^(?:final )?(?:dissertation|thesis) (?:is )?(?:due|to be|in|on)\b"
);

// An exam that is sat again, with its date.
pattern!(RESIT = r"(?i)\b(?:resit(?:ting)?|redoing)\b.*\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)");

// A letter or figure before a stop is a grade rather than an initial.
pattern!(AFTER_GRADE = r"^(.*\s[A-E1-9]\*?)\.\s+([A-Z].*)$");

// "Nearly done" is under way, and no "done".
pattern!(NEARLY = r"(?i)\b(nearly|almost|half) done\b");
// A name of an award behind its subject: "Community Learning and Development, HNC".
pattern!(AWARD_BEHIND = r"^(?:SQA )?(.+), (HNC|HND|BA|BSc|MA|MSc|ONC|PGCE|Level \d|NVQ Level \d)$");
// Awards that "and" joins are read one by one.
pattern!(
    NEXT_AWARD = r"(?i) (?:and|plus) (?:NVQ|SVQ|BTEC|Level \d|HN[CD]|GCSEs?|A levels?|AAT|BSc|BA|MSc|MA|PGCE|functional skills)\b"
);
// A wish, or how somebody came to know something: nothing that is held.
pattern!(
    NOT_HELD = r"(?i)^(?:also |i am |i'm |im )?(?:(?:happy|willing|keen|prepared|open) to |self[- ]?taught\b|(?:learnt|learned|taught|shown) |picked up )"
);
pattern!(ONLY_YEAR = r"^\(?(?:in )?(?:19|20)\d\d\)?$");
pattern!(ONLY_AWARD = r"^(?:HNC|HND|ONC)$");

/// What one group of entries says.
type Read = Vec<(Kind, Words)>;

/// The facts of the field about qualifications, in the order in which they were typed, and what no sentence says.
#[must_use]
pub fn qualifications(field: &str) -> (Vec<Fact>, Vec<LeftOut>) {
    let (mut facts, mut left_out) = (Vec::new(), Vec::new());
    let mut body = None;
    let field = &listed(field);
    let mut groups: Vec<(Piece, usize)> = Vec::new();
    for (number, block) in blocks(field).into_iter().enumerate() {
        if spoken::is_sentence(&block.text)
            && let Some((kind, words)) = spoken::read(&block.text)
        {
            let source = Source { field: Field::Qualifications, span: block.span };
            facts.push(Fact { kind, source, of: None, text: put_right(&block.text), words });
            continue;
        }
        for group in self::groups(field, &block) {
            // "GCSEs: maths 5 // English 4": what a mark parts may be one list of subjects.
            match groups.last_mut() {
                Some((last, _)) if is_subject_of(&last.text, &group.text) => {
                    last.text = format!("{}, {}", last.text, group.text);
                    last.span.end = group.span.end;
                }
                _ => groups.push((group, number)),
            }
        }
    }
    // Whether the group is a paper, and the block for which that holds.
    let mut papers = (false, 0);
    for (group, number) in groups {
        papers = (papers.0 && papers.1 == number || paper::is_label(&group.text), number);
        let source = Source { field: Field::Qualifications, span: group.span.clone() };
        if spoken::is_sentence(&group.text)
            && let Some((kind, words)) = spoken::read(&group.text)
        {
            facts.push(Fact { kind, source, of: None, text: put_right(&group.text), words });
            continue;
        }
        let is_held =
            |(kind, _): &(Kind, Words)| matches!(kind, Kind::Award | Kind::Licence | Kind::Grade | Kind::Member);
        match read_with(&group.text, body.as_deref(), papers.0) {
            // "Gold (residential still to do)" is not held.
            Ok(read) if lacks_part(&group.text) && read.iter().any(is_held) => {
                left_out.push(LeftOut { source, why: Why::Weak });
            }
            Ok(read) => {
                let text = put_right(&typed::put(&status::without_validity(&affirmed(&group.text))));
                let fact = |(kind, words)| Fact { kind, source: source.clone(), of: None, text: text.clone(), words };
                facts.extend(read.into_iter().map(fact));
                body = vocational::body(&group.text).or(body);
            }
            Err(why) => left_out.push(LeftOut { source, why }),
        }
    }
    facts.sort_by_key(|fact| fact.source.span.start);
    (facts, left_out)
}

/// What an entry of another field says, if it surely names a qualification or licence.
pub(super) fn surely(entry: &str) -> Option<(Kind, Words)> {
    let names = vocational::levels(&put_names_right(&without_noise(entry)));
    licence::names_itself(&names)
        .or_else(|| vocational::listed(&names))
        .or_else(|| course::names_itself(&names))
        .or_else(|| school::read(&names))
        .or_else(|| degree::read(&names))
        .or_else(|| {
            vocational::read(&names)
                .filter(|_| names.contains("Level ") || names.contains("NVQ") || names.contains("ertificate"))
        })
}

/// Reads a group; `body` is the awarding body named last, which a bare level belongs to.
fn read_with(text: &str, body: Option<&str>, in_papers: bool) -> Result<Read, Why> {
    let bare = LABEL.replace(text, "");
    // Wages and private matters are told in the words as typed; "anybody" holds for skills alone.
    match screen(&bare) {
        None | Some(Why::Anybody) => {}
        // A booked exam is no weakness of the certificate that has run out.
        Some(Why::Weak) if RESIT.is_match(&bare) => {}
        Some(why) => return Err(why),
    }
    if is_denied(&bare) || NOT_HELD.is_match(&bare) || status::has_lapsed(&typed::put(&bare)) {
        return Err(Why::Weak);
    }
    // A thesis is told apart from its degree before its colon is lost.
    if let Some((degree, topic)) = thesis::apart(&bare) {
        let mut read = if degree.is_empty() { Vec::new() } else { read_with(&degree, body, in_papers)? };
        read.push(topic);
        return Ok(read);
    }
    let nearly = NEARLY.replace(&bare, "$1 finished");
    let bare = without_weak_brackets(&affirmed(&without_noise(&nearly)));
    let names = vocational::levels(&put_names_right(&status::without_validity(&typed::put(&bare))));
    let names = LABEL.replace(&names, "").into_owned();
    if in_papers || paper::is_paper(&names) {
        return paper::read(&names).map(|read| vec![read]).ok_or(Why::Unread);
    }
    if let Some(read) = resit::read(&names) {
        return Ok(read);
    }
    // "60% done" is no "done".
    let open = vocational::levels(&put_names_right(&typed::put(&LABEL.replace(text, ""))));
    if let Some(read) = pursued::read(&open, &|inner| held(inner, body)) {
        return Ok(vec![read]);
    }
    let names = AWARD_BEHIND.replace(&names, "$2 $1").into_owned();
    if !NEXT_AWARD.is_match(&names)
        && let Some(read) = whole(&names, body)
    {
        return Ok(vec![read]);
    }
    if let Some(read) = member::office(&names) {
        return Ok(vec![read]);
    }
    // "Gas Safe reg. – CCN1", "provisional licence – test booked 14 May": the dash parts two that can each be read.
    if let Some((first, second)) = [" – ", " — ", " - "].iter().find_map(|dash| names.split_once(dash))
        && let Some(first) = whole(first, body)
    {
        return Ok([Some(first), whole(second, body)].into_iter().flatten().collect());
    }
    if let Some(next) = NEXT_AWARD.find(&names) {
        let (first, second) = names.split_at(next.start());
        let second = second.trim_start_matches(" and ").trim_start_matches(" plus ");
        if let (Some(first), Some(second)) = (whole(first, body), whole(second, body)) {
            return Ok(vec![first, second]);
        }
    }
    let parts: Vec<&str> = names.split(" and ").collect();
    if parts.len() > 1 {
        let read: Option<Read> = parts.iter().map(|part| whole(part, body)).collect();
        if let Some(read) = read {
            return Ok(read);
        }
    }
    whole(&names, body)
        .or_else(|| shaped::up_to_date(&put_names_right(&bare)))
        .or_else(|| whole(&training::plain(&names)?, body))
        .or_else(|| training::read(&names))
        .map(|read| vec![read])
        .ok_or(Why::Unread)
}

/// Reads one qualification.
fn whole(names: &str, body: Option<&str>) -> Option<(Kind, Words)> {
    licence::forklifts(names)
        .or_else(|| driving::read(names))
        .or_else(|| training::deed(names))
        .or_else(|| schooled(names, body))
        .or_else(|| shaped::passed(names))
        .or_else(|| progress::read(names, &|inner| held(inner, body)))
        .or_else(|| status::read(names, &|inner| held(inner, body)))
        .or_else(|| held(names, body))
}

/// "NCTJ Diploma, Darlington College 1998": what was taken, and where.
fn schooled(names: &str, body: Option<&str>) -> Option<(Kind, Words)> {
    let (first, rest) = names.split_once(", ")?;
    let (marks, school) = marks::Marks::take(rest);
    let is_school = school.contains(' ') && degree::is_school(&school) && !school.contains(", ");
    if matches!(first, "Diploma" | "Certificate") && school.starts_with(char::is_uppercase) && !school.contains(", ") {
        let school = school.trim_end_matches(" training").trim_end_matches(" Training");
        return Some((Kind::Award, Words::Thing(format!("a {} from {school}{}", first.to_lowercase(), marks.text()))));
    }
    if !is_school || degree::is_degree(first) || school::is_school(first) || abroad::is_degree(first) {
        return None;
    }
    let (kind, words) = held(first, body).or_else(|| training::read(first))?;
    let Words::Thing(thing) = words else { return None };
    let link = if kind == Kind::Course { "at" } else { "from" };
    let is_plain = !thing.contains(['(', ',']) && matches!(kind, Kind::Course | Kind::Award);
    is_plain.then(|| (kind, Words::Thing(format!("{thing} {link} {school}{}", marks.text()))))
}

/// Reads one qualification that is held.
fn held(names: &str, body: Option<&str>) -> Option<(Kind, Words)> {
    if let Some(read) = member::qualified(names.trim()) {
        return Some(read);
    }
    let names = status::without_passed(names);
    let names = names.trim();
    if names.is_empty() {
        return None;
    }
    own(names)
        .or_else(|| shaped::read(names))
        .or_else(|| licence::read(names))
        .or_else(|| member::read(names))
        .or_else(|| member::office(names))
        .or_else(|| abroad::read(names))
        .or_else(|| school::read(names))
        .or_else(|| degree::read(names))
        .or_else(|| course::read(names))
        .or_else(|| vocational::bare_level(names, body))
        .or_else(|| vocational::read(names))
        .or_else(|| vocational::named(names))
}

/// The entries of a block, each with those that only add to it: its school, grade, year, or further subjects.
fn groups(field: &str, block: &Piece) -> Vec<Piece> {
    let mut groups: Vec<Piece> = Vec::new();
    for entry in entries(field, block.span.clone()).into_iter().flat_map(|entry| at_grades(field, entry)) {
        let joins = groups.last().is_some_and(|group| adds_to(&group.text, &entry.text));
        match groups.last_mut().filter(|_| joins) {
            Some(group) => {
                group.span = Range { start: group.span.start, end: entry.span.end };
                group.text = format!("{}, {}", group.text, entry.text);
            }
            None => groups.push(entry),
        }
    }
    groups
}

/// The parts of an entry around a stop behind a grade: "DT C. Full licence" are two.
fn at_grades(field: &str, entry: Piece) -> Vec<Piece> {
    let raw = &field[entry.span.clone()];
    let Some(found) = AFTER_GRADE.captures(raw) else { return vec![entry] };
    let (end, start) = (found.get(1).map_or(0, |first| first.end()), found.get(2).map_or(0, |second| second.start()));
    let at = entry.span.start;
    [at..at + end, at + start..entry.span.end].into_iter().flat_map(|span| entries(field, span)).collect()
}

/// Whether an entry is a subject, with its grade, of the school results before it.
fn is_subject_of(group: &str, entry: &str) -> bool {
    let names = put_names_right(entry);
    let group = vocational::levels(&put_names_right(group));
    school::is_school(&group) && school::is_subject(&names) && !school::names_exam(&names)
}

/// Whether an entry adds to the one before rather than naming a qualification of its own.
fn adds_to(group: &str, entry: &str) -> bool {
    let names = put_names_right(&typed::put(entry));
    let group = vocational::levels(&put_names_right(&typed::put(group)));
    // A foreign degree takes its school, however that is called.
    if abroad::is_degree(&group) {
        let is_name = names.starts_with(char::is_uppercase) && names.split(' ').count() < 6;
        return marks::is_mark(&names) || is_name && (degree::is_school(&names) || whole(&names, None).is_none());
    }
    if school::is_school(&group) || abroad::is_school(&group) {
        let is_place = abroad::is_school(&group) && degree::is_school(&names);
        return school::is_subject(&names) || marks::is_mark(&names) || is_place;
    }
    // "Community Learning and Development, HNC" and "QTS, 2024".
    if ONLY_AWARD.is_match(&names) && whole(&group, None).is_none() || ONLY_YEAR.is_match(&names) {
        return true;
    }
    if vocational::lists_levels(&group, &names) || licence::lists_categories(&group, &names) {
        return true;
    }
    let names = vocational::levels(&names);
    if status::is_validity(&names) || OF_WHICH.is_match(&names) || pursued::is_tail(&names) || driving::is_tail(&names)
    {
        return true;
    }
    let is_course = degree::is_degree(&status::without_progress(&group))
        || group.contains("Level ")
        || group.to_lowercase().starts_with("t level")
        || group.starts_with("Access to")
        || matches!(group.as_str(), "Diploma" | "Certificate" | "Degree")
        || group.contains("BTEC")
        || group.contains("NVQ");
    let is_named = degree::is_degree(&group) && degree::is_lone_name(&names) && whole(&names, None).is_none()
        || is_course && matches!(group.as_str(), "Diploma" | "Certificate" | "Degree");
    let is_result = is_named || degree::is_school(&names) || marks::is_mark(&names) || status::is_time(&names);
    is_course && is_result && !degree::is_degree(&names)
        || names.contains(' ') && degree::is_school(&names) && !is_course && !group.contains(", ")
        || status::is_result(&names) && !marks::is_mark(&group) && !degree::is_degree(&names)
}

#[cfg(test)]
mod tests;
