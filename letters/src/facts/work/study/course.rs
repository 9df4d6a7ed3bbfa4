//! Collects what a run of entries says of a course: its year, its level, its subject, its school, whether it is over.
//!
//! ```text
//!   "OT student 3rd yr" "Glyndŵr"  ──▶  year, student, subject, school  ──▶  a third-year occupational therapy student
//! ```

mod level;
mod placed;
mod saying;
mod taking;

use super::names;
use crate::facts::fact::Time;
use crate::facts::lexicon::is_role;
use crate::facts::spell;
use crate::facts::spelling::title_case;
use crate::facts::time;
use crate::pattern::pattern;
use level::level_words;
use placed::placed;

pattern!(
    VERB = r"(?i)^(?:(?:i am |i'm |i )?(?:currently |now |about to |just )*(?P<verb>studying|study|doing|taking|reading|completing|finishing|finish|studied|did|read|took|completed|undertaking|working towards|in the middle of|in)(?: for)?(?: my| an?| the)? |(?:currently |my |an? )+)"
);
pattern!(LEVEL_LAST = r"(?i)^(?P<what>[a-z &]+?) (?P<level>level \d)$");
pattern!(CENTURY = r"(?i)\b(?P<th>\d\d?th) c\.? ");

/// What was read of a course.
#[derive(Default, Debug)]
pub struct Course {
    year: Option<String>,
    is_semester: bool,
    /// What stands for the student: "student", "doctoral candidate".
    who: Option<String>,
    /// The school from which an exchange student comes.
    from: Option<String>,
    /// The words before it: "NCTJ diploma", "adult nursing".
    before: String,
    /// The level: "`BSc`", "Level 3", "A levels".
    level: Option<String>,
    subjects: Vec<String>,
    place: Option<String>,
    /// "part time", "in the evenings", "online".
    mode: Option<&'static str>,
    is_finishing: bool,
    time: Option<Time>,
    /// What a thesis is about: what stands behind "on".
    pub topic: Option<String>,
    /// What a researcher does: "assembling genomes".
    doing: Option<String>,
}

impl Course {
    /// Reads the entry with which a course begins.
    pub fn begin(text: &str, is_now: bool) -> Option<Self> {
        let mut course = Self::default();
        let mut text = text.to_owned();
        if let Some((when, rest)) = time::find(&text) {
            course.time = Some(when);
            text = rest;
        }
        let verb = VERB.captures(&text).map(|found| {
            let verb = found.name("verb").map_or(String::new(), |verb| verb.as_str().to_lowercase());
            (verb, found[0].len())
        });
        if let Some((verb, length)) = &verb {
            course.is_finishing = verb.starts_with("finish") || verb == "completing";
            let is_a_level =
                text[..*length].to_lowercase().ends_with("a ") && text[*length..].to_lowercase().starts_with("level");
            if !is_a_level {
                text = text[*length..].to_owned();
            }
        }
        let text = course.take_year(&text);
        let text = course.take_mode(&text);
        let studies = verb.is_some_and(|(verb, _)| verb.starts_with("stud") || verb == "reading");
        course.take_head(text.trim_matches([' ', ',', '-', '–', ':']), studies, is_now).then_some(course)
    }

    /// A course of which only the subject was said yet.
    pub fn of_subject(subject: String) -> Self {
        Self { subjects: vec![subject], ..Self::default() }
    }

    /// Adds a further entry, or what stands in brackets; whether it is about the course.
    pub fn add(&mut self, text: &str) -> bool {
        let text = text.trim_matches([' ', ',', '-', '–', ':']);
        if let Some((when, rest)) = time::find(text) {
            if rest.is_empty() && self.time.is_none() {
                self.time = Some(when);
                return true;
            }
            return false;
        }
        if self.year.is_none() {
            let mut other = Self::default();
            let rest = other.take_year(text);
            if rest.is_empty() && other.year.is_some() {
                (self.year, self.is_semester) = (other.year, other.is_semester);
                return true;
            }
        }
        let rest = self.take_mode(text);
        if rest.is_empty() {
            return true;
        }
        let (what, place) = placed(text);
        if let Some(place) = place.filter(|_| self.place.is_none())
            && let Some(subject) = names::subject(&what).filter(|_| self.subjects.is_empty())
        {
            self.subjects.push(subject);
            return self.take_place(&place);
        }
        let names_more = self.subjects.is_empty() || self.is_several();
        if names_more && let Some(subject) = names::subject(text) {
            self.subjects.push(subject);
            return true;
        }
        if self.place.is_none()
            && let Some(school) = names::school(text).or_else(|| names::school(text.strip_prefix("at ")?))
        {
            self.place = Some(school);
            return true;
        }
        if self.add_research(text) || self.add_level(text) {
            return true;
        }
        let words = text.split_whitespace().count();
        let is_name =
            text.split(' ').all(|word| word.starts_with(char::is_uppercase) || ["of", "di", "the"].contains(&word));
        if self.place.is_none()
            && words < 5
            && is_name
            && !text.split(' ').any(is_role)
            && (self.who.is_some() || spell::is_place(text))
        {
            return self.take_place(text);
        }
        // Where a university is, nobody needs to be told.
        self.place.is_some() && spell::is_place(text) && is_name
    }

    /// What a researcher does or what it is about.
    fn add_research(&mut self, text: &str) -> bool {
        if !self.is_research() || self.topic.is_some() || self.doing.is_some() {
            return false;
        }
        if let Some(topic) = ["on ", "researching "].iter().find_map(|lead| text.strip_prefix(lead)) {
            self.topic = Some(topic.to_owned());
            return true;
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        let is_doing = crate::facts::lexicon::is_doing(words[0]);
        let end = words.iter().position(|word| ["for", "of", "in", "to", "with", "on", "at"].contains(word));
        let is_plain = !text.contains(['=', '→', '>', '*', '+'])
            && !words[..end.unwrap_or(words.len())].last().is_some_and(|word| is_role(word));
        if is_doing && is_plain && words.len() > 2 {
            self.doing = Some(text.to_owned());
            return true;
        }
        let is_noun = crate::facts::verb::read(words[0]).is_none_or(|(form, _)| form == crate::facts::verb::Form::Base);
        if words.len() > 2 && is_plain && is_noun && !words[0].starts_with(|c: char| c.is_ascii_digit()) {
            self.topic = Some(CENTURY.replace_all(text, "$th-century ").into_owned());
            return true;
        }
        false
    }

    /// The level of a student's course, in brackets: "college student (catering level 2)".
    fn add_level(&mut self, text: &str) -> bool {
        if self.who.is_some()
            && self.doing.is_none()
            && level_words(&self.before.split(' ').collect::<Vec<_>>()).is_none()
        {
            let words: Vec<&str> = text.split_whitespace().collect();
            if let Some(found) = LEVEL_LAST.captures(text) {
                self.doing = Some(format!(
                    "taking {} {}",
                    title_case(&found["level"].to_lowercase()),
                    title_case(&found["what"])
                ));
                return true;
            }
            if level_words(&words).is_some_and(|count| count < words.len()) && words.len() < 8 {
                self.doing = Some(format!("taking {text}"));
                return true;
            }
        }
        false
    }

    fn is_research(&self) -> bool {
        let has = |text: &str| ["phd", "dphil", "doctor"].iter().any(|word| text.to_lowercase().contains(word));
        has(&self.before) || self.who.as_deref().is_some_and(has) || self.level.as_deref().is_some_and(has)
    }
}
