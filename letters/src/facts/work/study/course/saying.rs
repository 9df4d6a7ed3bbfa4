//! Says what was read of a course.

use super::Course;
use super::level::{level_words, upper_level};
use crate::facts::article::with_article;
use crate::facts::fact::{Act, Position, Time, Words};
use crate::facts::list::joined;
use crate::facts::spelling::title_case;

use super::super::names;

impl Course {
    /// How a sentence says the course.
    pub fn words(&self, is_now: bool) -> Option<Words> {
        let place = self.place.clone().unwrap_or_default();
        if self.who.is_some() {
            return Some(self.position(&place, is_now));
        }
        if let Some(level) = self.course() {
            return Some(self.studied(&level, &place, is_now));
        }
        let subject = joined(&self.subjects);
        match &self.year {
            Some(year) if !self.is_semester && year != "dissertation" && (!subject.is_empty() || !place.is_empty()) => {
                let subject = if subject == "medicine" { String::from("medical") } else { subject };
                let role = with_article(&one_line(&[&format!("{year}-year"), &subject, "student"]));
                Some(Words::Position(Position { role, place, time: None, is_now }))
            }
            _ if subject.is_empty() || !is_now => None,
            Some(year) => {
                let unit = if self.is_semester { "semester" } else { "year" };
                Some(Words::Clause(one_line(&["I am in my", year, unit, "of", &subject, &place])))
            }
            None => Some(act("study", "studied", "studying", &[&subject, &place])),
        }
    }

    fn position(&self, place: &str, is_now: bool) -> Words {
        let who = self.who.as_deref().unwrap_or_default();
        let year = match &self.year {
            Some(year) if !self.is_semester && year != "dissertation" => format!("{year}-year"),
            _ => String::new(),
        };
        let mode = self.mode.filter(|mode| *mode == "part time").map_or("", |_| "part-time");
        let before = names::any_subject(&self.before);
        let is_level = level_words(&self.before.split(' ').collect::<Vec<_>>()).is_some()
            || who.contains("candidate")
            || who.contains("researcher");
        let before = if is_level && self.before.split(' ').count() < 2 {
            self.before.clone()
        } else {
            levelled(&self.before, before)
        };
        let subject = joined(&self.subjects);
        let subject = if who == "student" && subject == "medicine" { String::from("medical") } else { subject };
        let (subject, behind) = if is_level && !subject.is_empty() {
            (String::new(), format!("in {subject}"))
        } else {
            (subject, String::new())
        };
        let role = with_article(&one_line(&[mode, &year, &before, &subject, who]));
        let doing = self.doing.as_ref().map_or(String::new(), |doing| format!(", {doing}"));
        let semester = match &self.year {
            Some(year) if self.is_semester && is_now => format!(", in my {year} semester"),
            _ => String::new(),
        };
        let place = one_line(&[&behind, self.from.as_deref().unwrap_or_default(), place]);
        let (semester, doing) = if place.is_empty() {
            (semester.trim_start_matches(", ").to_owned(), doing.trim_start_matches(", ").to_owned())
        } else {
            (semester, doing)
        };
        let time = self.time.clone().filter(|_| !is_now);
        Words::Position(Position { role, place: format!("{place}{semester}{doing}"), time, is_now })
    }

    /// The level with its subject and its article: "an `MSc` in Statistics", "A levels in biology and art", "the GDL".
    fn course(&self) -> Option<String> {
        let level = self.level.clone()?;
        let lower = level.to_lowercase();
        let subjects = joined(&self.subjects);
        if self.is_several() {
            let subjects: Vec<String> = self.subjects.iter().map(|subject| names::any_subject(subject)).collect();
            let level = upper_level(&level);
            return Some(if subjects.is_empty() { level } else { format!("{level} in {}", joined(&subjects)) });
        }
        let subject = match subjects.as_str() {
            "" => String::new(),
            subjects => format!(" in {}", degree_subject(subjects)),
        };
        if self.is_plain_course() {
            return Some(with_article(&format!("{lower}{}", subject.to_lowercase())));
        }
        let whole = format!("{level}{subject}");
        Some(match lower.as_str() {
            "gdl" | "lpc" | "sqe" | "mba" if lower != "mba" => format!("the {whole}"),
            lower if ["acca", "cima", "cipd", "aat"].iter().any(|body| lower.starts_with(body)) => whole,
            _ => with_article(&whole),
        })
    }

    /// A course that has no title: a foundation year, an access course.
    fn is_plain_course(&self) -> bool {
        let lower = self.level.as_deref().unwrap_or_default().to_lowercase();
        ["foundation year", "foundation course", "access course", "degree"].contains(&lower.as_str())
    }

    fn studied(&self, course: &str, place: &str, is_now: bool) -> Words {
        let doing = self.doing.as_ref().map_or(String::new(), |doing| format!(", {doing}"));
        match &self.year {
            Some(year) if is_now => {
                let unit = if self.is_semester { "semester" } else { "year" };
                return Words::Clause(format!(
                    "{}{doing}",
                    one_line(&["I am in the", year, unit, "of", course, place])
                ));
            }
            _ => {}
        }
        let time = self.time.as_ref().filter(|_| !is_now).map_or("", Time::words);
        let mode = self.mode.unwrap_or_default();
        match () {
            () if self.is_finishing => act("finish", "finished", "finishing", &[course, place, time, &doing]),
            () if self.is_several() => act("take", "took", "taking", &[course, place, time]),
            () if self.is_plain_course() => act("do", "did", "doing", &[course, mode, place, time]),
            () if self.is_research() => act("do", "did", "doing", &[course, mode, place, time, &doing]),
            () => act("study", "studied", "studying", &[mode, "for", course, place, time, &doing]),
        }
    }
}

/// The subject of a degree, in capitals as on its certificate.
fn degree_subject(typed: &str) -> String {
    let known = names::any_subject(typed);
    if known.eq_ignore_ascii_case(typed) { title_case(typed) } else { title_case(&known) }.replace('&', "and")
}

/// The words before "student": the first keeps its capitals where it is a level.
fn levelled(typed: &str, quiet: String) -> String {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let Some(count) = level_words(&words) else { return quiet };
    let rest = names::any_subject(&words[count..].join(" "));
    one_line(&[&words[..count].join(" "), &rest])
}

fn act(base: &str, past: &str, doing: &str, parts: &[&str]) -> Words {
    let rest = one_line(parts).replace(" ,", ",");
    Words::Act(Act { base: format!("{base} {rest}"), past: format!("{past} {rest}"), doing: format!("{doing} {rest}") })
}

fn one_line(parts: &[&str]) -> String {
    parts.iter().flat_map(|part| part.split_whitespace()).collect::<Vec<_>>().join(" ")
}
