//! Reads what the applicant studies or studied.

pub mod beside;
mod course;
mod names;
mod school;
pub mod topic;

use crate::facts::article::with_article;
use crate::facts::fact::{Act, Kind, Position, Time, Words};
use crate::facts::lexicon::{bare, is_role, is_student};
use crate::facts::list::joined;
use crate::facts::spell;
use crate::pattern::pattern;
use crate::words::list;

use super::position::{self, place_of};
use crate::facts::spelling::title_case;

list!(COURSES = "facts/courses");
list!(MONTHS = "facts/months");

const ORDINAL: &str = r"(?:1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth|final|last)";
const YEARS: [&str; 10] = ["1", "2", "3", "4", "5", "one", "two", "three", "four", "five"];
const WORDS: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];

pattern!(SCHOOL_YEAR = r"(?i)^(?:in )?year (?P<year>\d{1,2})\b(?: student| pupil)?(?P<rest>.*)$");
pattern!(
    STUDY_YEAR = format!(r"(?i)^(?:in )?(?:my |the )?(?P<year>{ORDINAL})[- ]year(?: of)?(?: my| an?)?\b(?P<rest>.*)$")
);
pattern!(
    VERB = r"(?i)^(?:i am )?(?:currently )?(?:studying|doing|taking|reading|completing|finishing|about to finish|working towards|studied|did)(?: for)? (?P<what>.*)$"
);

/// What a run of entries says of studies.
pub struct Found {
    pub words: Words,
    /// How many entries it takes.
    pub taken: usize,
    /// What a thesis or research is about, and the entry that says it.
    pub topic: Option<(usize, String)>,
    /// What stands in brackets and is no part of the course, and the entry in which it stands.
    pub left: Vec<(usize, String)>,
}

/// Whether a text surely begins with studies, in whatever order the rest may be.
pub fn begins(text: &str) -> bool {
    let (head, _) = super::marks::brackets(&spell::put_names_right(text));
    school::read(&head, &[], None).is_some() || course::Course::begin(&head, true).is_some()
}

/// Reads entries, each with what stands in its brackets, as a course or a school, as far as they are about it.
pub fn run(parts: &[(String, Vec<String>)], is_now: bool) -> Option<Found> {
    let (head, inner) = parts.first()?;
    let next = parts.get(1).map(|(text, _)| text.as_str());
    if is_now && let Some((clause, more)) = school::read(head, inner, next) {
        return Some(Found { words: Words::Clause(clause), taken: more + 1, topic: None, left: Vec::new() });
    }
    let mut left = Vec::new();
    let mut taken = 1;
    let mut topic_at = 0;
    let begun = course::Course::begin(head, is_now).or_else(|| {
        // "Industrial Engineering, last semester": the year makes of the subject a course.
        let subject = names::subject(head).filter(|_| is_now && next.is_some_and(is_bare_year))?;
        Some(course::Course::of_subject(subject))
    });
    let Some(mut course) = begun else { return university_first(parts, is_now) };
    for (at, (text, brackets)) in parts.iter().enumerate() {
        let had_topic = course.topic.is_some();
        if at > 0 && !course.add(text) {
            break;
        }
        taken = at + 1;
        left.extend(brackets.iter().filter(|text| !course.add(text)).map(|text| (at, text.clone())));
        if !had_topic && course.topic.is_some() {
            topic_at = at;
        }
    }
    let topic = course.topic.as_ref().and_then(|topic| topic::research(topic, is_now)).map(|topic| (topic_at, topic));
    course.words(is_now).map(|words| Found { words, taken, topic, left })
}

/// "Uni of Hull, criminology", "uni (music tech, Huddersfield)", "Uni of Salford yr 2 QS": the school before the course.
fn university_first(parts: &[(String, Vec<String>)], is_now: bool) -> Option<Found> {
    let (head, inner) = parts.first()?;
    let bare = ["university", "uni", "at university", "at uni"].contains(&head.to_lowercase().as_str());
    let school = names::school(head);
    let next = parts.get(1).map(|(text, _)| text.clone());
    let (mut all, taken): (Vec<String>, usize) = match (inner.is_empty(), next) {
        (false, _) => (inner.clone(), 1),
        (true, Some(next)) if names::subject(&next).is_some() => (vec![next], 2),
        _ => return None,
    };
    if !is_now || !bare && school.is_none() {
        return None;
    }
    let subject = names::subject(&all.remove(0))?;
    let place = match (&school, all.first()) {
        (Some(school), _) => school.clone(),
        (None, Some(town)) => names::at(town)?,
        (None, None) => String::from("at university"),
    };
    let object = format!("{subject} {place}");
    let words = Words::Act(Act {
        base: format!("study {object}"),
        past: format!("studied {object}"),
        doing: format!("studying {object}"),
    });
    Some(Found { words, taken, topic: None, left: Vec::new() })
}

/// Reads the name of a university as where the applicant studies.
pub fn at_university(text: &str, is_present: bool) -> Option<Words> {
    let lower = text.to_lowercase();
    let name = match lower.strip_prefix("university of ") {
        Some(place) => format!("the University of {}", title_case(place)),
        None if lower.ends_with(" university") || lower.ends_with(" college") => title_case(text),
        None => return None,
    };
    let place = is_present.then(|| format!("at {name}"))?;
    Some(Words::Act(Act {
        base: format!("study {place}"),
        past: format!("studied {place}"),
        doing: format!("studying {place}"),
    }))
}

/// Whether a text is a year of study and nothing else: "4th year", "penultimate year".
pub fn is_bare_year(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower == "penultimate year"
        || lower.strip_suffix(" semester").is_some_and(|first| !first.contains(' '))
        || STUDY_YEAR.captures(text).is_some_and(|found| found["rest"].trim().is_empty())
}

/// Whether a text is a numbered year and nothing else: "Year 3".
pub fn is_numbered_year(text: &str) -> bool {
    SCHOOL_YEAR.captures(text).is_some_and(|found| found["rest"].trim().is_empty())
}

/// Reads an entry as what will come of a course: "predicted a 2:1", "finish August 2027".
pub fn result(text: &str, time: Option<&Time>) -> Option<(Kind, Words)> {
    let lower = text.to_lowercase();
    if let Some(grade) = lower.strip_prefix("predicted ").or_else(|| lower.strip_prefix("on track for ")) {
        let grade = grade.trim_start_matches("a ").trim_start_matches("an ");
        let is_grade = matches!(grade, "first" | "1st" | "2:1" | "2:2" | "distinction" | "merit");
        let grade = if grade == "1st" { "First".to_owned() } else { crate::facts::spelling::upper_first(grade) };
        return is_grade.then(|| (Kind::Grade, clause(&format!("my predicted result is {}", with_article(&grade)))));
    }
    let ends = ["finish", "finishing", "graduating", "graduate", "completing", "due to finish", "due to graduate"];
    let verb = ends.iter().find(|end| lower.starts_with(**end))?;
    let rest = lower.strip_prefix(verb).unwrap_or_default().trim();
    let is_end = rest.is_empty()
        || rest == "in"
        || rest
            .trim_start_matches("in ")
            .split(' ')
            .all(|word| is_month(word) || word.chars().all(|c| c.is_ascii_digit()));
    if !is_end {
        return None;
    }
    let verb = if verb.contains("grad") { "graduate" } else { "finish" };
    let when = if let Some(Time::During(when)) = time {
        when.clone()
    } else {
        let month = text.split_whitespace().next_back().filter(|word| is_month(&word.to_lowercase()))?;
        format!("in {}", crate::facts::spelling::upper_first(month))
    };
    Some((Kind::Due, clause(&format!("I {verb} {when}"))))
}

fn is_month(word: &str) -> bool {
    word.len() > 2 && spell::MONTHS.iter().any(|month| month.eq_ignore_ascii_case(word)) || MONTHS.has(word)
}

/// Reads an entry as a course or a year of it.
pub fn read(text: &str, is_now: bool, time: Option<&Time>) -> Option<(Kind, Words)> {
    if let Some(found) = SCHOOL_YEAR.captures(text).filter(|found| !found["rest"].split_whitespace().any(is_role)) {
        let rest = found["rest"].trim_start_matches([' ', ',', '-']);
        let place = if rest.is_empty() { String::new() } else { format!(" {}", place_of(rest)?) };
        return is_now.then(|| (Kind::Study, clause(&format!("I am in Year {}{place}", &found["year"]))));
    }
    if is_student(text) && !text.split_whitespace().next_back().is_some_and(is_role) {
        return student(text, is_now, time);
    }
    if let Some(found) = STUDY_YEAR.captures(text) {
        return in_a_year(&found["year"], found["rest"].trim(), is_now, time);
    }
    let what = VERB.captures(text).map_or(text, |found| found.name("what").map_or(text, |what| what.as_str()));
    let what = ["my ", "an ", "a ", "the "]
        .iter()
        .filter(|_| !what.to_lowercase().starts_with("a level"))
        .find_map(|lead| what.strip_prefix(lead))
        .unwrap_or(what);
    let first = what.split_whitespace().next().map(|word| bare(word).replace('.', ""))?;
    let is_numbered = what.split_whitespace().nth(1).is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let is_level = first == "level" && is_numbered || first == "a" && what.to_lowercase().starts_with("a level");
    if !COURSES.has(&first) && !is_level {
        return None;
    }
    let (what, place) = course(what)?;
    let lower = what.to_lowercase();
    if lower.contains("placement") || lower.contains(" student") {
        return None;
    }
    let is_plural = ["a level", "as level", "t level", "gcse", "highers", "o level", "aat"]
        .iter()
        .any(|start| lower.starts_with(start));
    let article = if is_plural { what } else { with_article(&what) };
    // A course under way is told without its beginning.
    let time = time.filter(|_| !is_now);
    let object = [article.as_str(), place.as_str(), time.map_or("", Time::words)].join(" ");
    let object = object.split_whitespace().collect::<Vec<_>>().join(" ");
    let act = Act {
        base: format!("study for {object}"),
        past: format!("studied for {object}"),
        doing: format!("studying for {object}"),
    };
    Some((Kind::Study, Words::Act(act)))
}

/// A year of a course, and what stands behind it: a student, an apprentice, a course.
fn in_a_year(year: &str, rest: &str, is_now: bool, time: Option<&Time>) -> Option<(Kind, Words)> {
    let year = year.to_lowercase();
    let at = YEARS.iter().position(|number| year.starts_with(number) && year.len() == 3);
    let year = at.and_then(|at| WORDS.get(at)).map_or(year.clone(), |word| (*word).to_owned());
    let rest = rest.trim_start_matches("of ");
    if is_student(rest) {
        let (kind, words) = student(rest, is_now, time)?;
        return Some((
            kind,
            match words {
                Words::Position(position) => Words::Position(Position {
                    role: format!("a {year}-year {}", position.role.split_once(' ').map_or("", |(_, role)| role)),
                    ..position
                }),
                other => other,
            },
        ));
    }
    // A second-year apprentice is at work.
    if let Some(position::Read { role, place, .. }) =
        position::read(rest).filter(|read| read.role.split(' ').next_back().is_some_and(is_role))
    {
        let role = role.split_once(' ').map_or(role.as_str(), |(_, role)| role);
        let role = with_article(&format!("{year}-year {role}"));
        return Some((Kind::Job, Words::Position(Position { role, place, time: time.cloned(), is_now })));
    }
    let (what, place) = course(rest)?;
    let place = if let Some(town) = place.strip_prefix("in ") { format!("at {town}") } else { place };
    if what.split_whitespace().next().is_some_and(|word| COURSES.has(&bare(word).replace('.', ""))) {
        let text = format!("I am in the {year} year of {} {place}", with_article(&what));
        return is_now.then(|| (Kind::Study, clause(text.trim_end())));
    }
    let what = if what.is_empty() { String::new() } else { format!("{what} ") };
    let role = format!("a {year}-year {what}student");
    is_now.then_some((Kind::Study, Words::Position(Position { role, place, time: time.cloned(), is_now: true })))
}

fn student(text: &str, is_now: bool, time: Option<&Time>) -> Option<(Kind, Words)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let end = words.iter().position(|word| is_student(word))? + 1;
    let rest = words[end..].join(" ");
    let place = match rest.as_str() {
        "" => String::new(),
        rest => place_of(rest)?,
    };
    let role = with_article(&hyphened(&words[..end].join(" ")));
    Some((Kind::Study, Words::Position(Position { role, place, time: time.cloned(), is_now })))
}

/// "2nd year" as "second-year".
fn hyphened(text: &str) -> String {
    let lower = text.to_lowercase();
    for (at, word) in WORDS.iter().enumerate() {
        for start in [
            format!("{}{} year ", at + 1, ["st", "nd", "rd", "th", "th"][at]),
            format!("{word} year "),
            format!("{word}-year "),
        ] {
            if lower.starts_with(&start) {
                return format!("{word}-year {}", &text[start.len()..]);
            }
        }
    }
    lower
        .strip_prefix("final year ")
        .map_or_else(|| text.to_owned(), |_| format!("final-year {}", &text["final year ".len()..]))
}

/// A course and the place where it is taught.
fn course(text: &str) -> Option<(String, String)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let stop = words.iter().position(|word| ["at", "with"].contains(&word.to_lowercase().as_str()));
    let stop = stop.unwrap_or(words.len());
    let mut stop = stop;
    let mut place = if stop < words.len() { place_of(&words[stop..].join(" "))? } else { String::new() };
    if place.is_empty() && stop > 1 && spell::is_place(&bare(words[stop - 1])) {
        stop -= 1;
        place = format!("at {}", words[stop]);
    }
    let what = words[..stop].join(" ");
    let what = what.trim_end_matches([',', ' ']).to_owned();
    Some((with_in(&what), place))
}

/// "`MSc` Statistics" as "`MSc` in Statistics".
fn with_in(what: &str) -> String {
    let words: Vec<&str> = what.split_whitespace().collect();
    let degree = words.first().map(|word| bare(word).replace('.', "")).unwrap_or_default();
    let is_degree = [
        "ba",
        "bsc",
        "beng",
        "meng",
        "msc",
        "ma",
        "llb",
        "llm",
        "phd",
        "mphil",
        "bn",
        "bed",
        "btec",
        "hnd",
        "hnc",
        "foundation",
    ]
    .contains(&degree.as_str());
    match words.as_slice() {
        [first, second, ..]
            if is_degree
                && ["awarded", "completed", "pending", "finished"].contains(&second.to_lowercase().as_str()) =>
        {
            (*first).to_owned()
        }
        [first, second, rest @ ..]
            if is_degree && !["in", "on", "degree", "(hons)", "level"].contains(&second.to_lowercase().as_str()) =>
        {
            format!("{first} in {}", title_case(&[&[*second], rest].concat().join(" ")))
        }
        ["A" | "a", "levels" | "Levels" | "level" | "Level", subjects @ ..]
            if subjects.len() > 1 && !["in", "at"].contains(&subjects[0]) =>
        {
            let subjects: Vec<&str> =
                subjects.iter().map(|subject| subject.trim_matches(',')).filter(|subject| *subject != "and").collect();
            format!("A levels in {}", joined(&subjects))
        }
        [first, "Level" | "level", number, subject @ ..] if !subject.is_empty() => {
            format!("{first} Level {number} in {}", title_case(&subject.join(" ")).replace("in ", ""))
        }
        ["Level", number, "in", subject @ ..] | ["Level", number, subject @ ..] if !subject.is_empty() => {
            format!("Level {number} in {}", title_case(&subject.join(" ")))
        }
        _ => what.to_owned(),
    }
}

fn clause(text: &str) -> Words {
    Words::Clause(text.to_owned())
}

#[cfg(test)]
mod tests;
