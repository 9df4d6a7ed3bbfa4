//! Takes the first entry of a course apart: its year, its level, who studies, what and where.

use super::Course;
use super::level::{level_words, listed};
use super::placed::placed;
use crate::facts::lexicon::{bare, is_role};
use crate::facts::spell;
use crate::facts::spelling::title_case;
use crate::pattern::pattern;
use crate::words::list;

use super::super::names;

list!(NOT_STUDENTS = "facts/not_students");
list!(TRAINEES = "facts/student_roles");
const ORDINAL: &str = r"1st|2nd|3rd|4th|5th|6th|first|second|third|fourth|fifth|sixth|final|last|penultimate";
const WORDS: [&str; 6] = ["first", "second", "third", "fourth", "fifth", "sixth"];
pattern!(
    YEAR = format!(
        r"(?i)(?:^|[\s,-])(?:in |now )?(?:my |the |a )?(?:(?P<year>{ORDINAL})[- ](?:year|yr|semester)|(?:year|yr) ?(?P<number>[1-6])(?: of [3-6])?|semester (?P<semester>\d{{1,2}})|(?P<nth>\d{{1,2}})th semester|(?P<dissertation>dissertation|thesis) year)\b(?: of)?(?: my| an?| the)?(?:$|[\s,-])"
    )
);
pattern!(
    STUDENT = r"(?i)^(?P<before>.*?)\b(?P<who>(?:postgraduate |undergraduate )?student|(?:phd|doctoral|dphil) (?:candidate|researcher)|undergraduate|undergrad|postgraduate|postgrad|finalist)\b(?P<after>.*)$"
);
pattern!(
    ABROAD = r"(?i)^(?P<what>\w+(?: \w+)?) in (?P<town>[\w'’-]+)(?: (?:in the )?(?:mornings?|afternoons?|evenings?))?$"
);
pattern!(MODE = r"(?i)(?:^|[\s,-])(?P<mode>part[- ]time|full[- ]time|(?:in the )?evenings|online)(?:$|[\s,])");

impl Course {
    pub(super) fn take_year(&mut self, text: &str) -> String {
        let Some(found) = YEAR.captures(text) else { return text.to_owned() };
        // "Year 12" is a year of school, "a two-year course" is none.
        let number = |name: &str| found.name(name).and_then(|number| number.as_str().parse::<usize>().ok());
        let year = if let Some(year) = found.name("year") {
            self.is_semester = found[0].to_lowercase().contains("semester");
            let year = year.as_str().to_lowercase();
            year.chars()
                .next()
                .and_then(|c| c.to_digit(10))
                .and_then(|at| WORDS.get(at as usize - 1))
                .map_or(year.clone(), |word| (*word).to_owned())
        } else if let Some(number) = number("number") {
            WORDS.get(number - 1).copied().unwrap_or_default().to_owned()
        } else if let Some(number) = number("semester").or_else(|| number("nth")) {
            self.is_semester = true;
            WORDS.get(number.wrapping_sub(1)).map_or_else(|| format!("{number}th"), |word| (*word).to_owned())
        } else {
            String::from("dissertation")
        };
        self.year = Some(year.replace("last", "final"));
        let whole = found.get(0).map_or(0..0, |whole| whole.range());
        format!("{} {}", &text[..whole.start], &text[whole.end..]).trim().to_owned()
    }

    pub(super) fn take_mode(&mut self, text: &str) -> String {
        let Some(found) = MODE.captures(text) else { return text.to_owned() };
        let mode = found["mode"].to_lowercase();
        self.mode = ["part time", "in the evenings", "online"]
            .into_iter()
            .find(|known| known.contains(&*mode.replace('-', " ")));
        let whole = found.get(0).map_or(0..0, |whole| whole.range());
        format!("{} {}", &text[..whole.start], &text[whole.end..]).trim().to_owned()
    }

    /// The first entry without its year; whether it surely is about studies.
    pub(super) fn take_head(&mut self, text: &str, studies: bool, is_now: bool) -> bool {
        let (what, place) = placed(text);
        if let Some(found) = STUDENT.captures(&what) {
            return self.take_student(found["before"].trim(), &found["who"], found["after"].trim())
                && place.is_none_or(|place| self.take_place(&place));
        }
        // "Yr 2 QS" studies what a QS works as.
        let is_work = |word: &str| is_role(word) && (self.year.is_none() || names::subject(word).is_none());
        if what.split_whitespace().next_back().is_some_and(is_work) {
            return false;
        }
        if self.take_level(&what) {
            return place.is_none_or(|place| self.take_place(&place));
        }
        if !is_now {
            return false;
        }
        if what.is_empty() {
            return self.year.is_some() && place.is_some_and(|place| self.take_place(&place));
        }
        // A subject alone is studied only where a year, a verb or a school says so.
        if let Some(subject) = names::subject(&what) {
            self.subjects.push(subject);
            let is_sure = self.year.is_some() || studies;
            return match place {
                Some(place) => (is_sure || names::school(&place).is_some()) && self.take_place(&place),
                None => is_sure,
            };
        }
        if place.is_none()
            && let Some((subject, school)) = level_and_school(&what)
        {
            self.place = Some(school);
            self.subjects.extend(names::subject(&subject));
            return self.year.is_some() && !self.subjects.is_empty();
        }
        if place.is_none()
            && let Some(school) = names::school(&what)
        {
            self.place = Some(school);
            return self.year.is_some();
        }
        if let Some(found) = ABROAD.captures(&what).filter(|found| studies && spell::is_place(&found["town"])) {
            self.subjects.extend(names::subject(&found["what"]));
            self.place = Some(format!("in {}", title_case(&found["town"])));
            return !self.subjects.is_empty();
        }
        false
    }

    pub(super) fn take_student(&mut self, before: &str, who: &str, after: &str) -> bool {
        let first = after.split_whitespace().next().unwrap_or_default();
        let mut who = who.to_lowercase().replace("phd", "PhD").replace("dphil", "DPhil");
        let mut after = after;
        if NOT_STUDENTS.has(&bare(first))
            || ["working", "formula", "of", "to", "with", "for"]
                .iter()
                .any(|word| before.to_lowercase().split(' ').any(|other| other == *word))
        {
            return false;
        }
        // "Student nurse", "student social worker".
        let lower = after.to_lowercase();
        if let Some(trainee) = TRAINEES
            .beginning_of(&lower)
            .filter(|trainee| lower.len() == trainee.len() || lower[trainee.len()..].starts_with([' ', ',']))
        {
            who = format!("{who} {trainee}");
            after = after[trainee.len()..].trim();
        } else if after.split_whitespace().next_back().is_some_and(is_role) {
            return false;
        }
        let words = before.split_whitespace().count();
        if words > 6 || before.contains(['/', '+', '=']) {
            return false;
        }
        self.who = Some(who);
        before.trim_matches([' ', '-', ',']).clone_into(&mut self.before);
        match after.trim_matches([' ', ',', '-', '–', ':']) {
            "" => true,
            after => {
                let inner = ["in ", "of ", "on "].iter().find_map(|lead| after.strip_prefix(lead)).unwrap_or(after);
                let is_led = inner.len() < after.len();
                if let Some(home) = after.strip_prefix("from ") {
                    self.from = names::at(home).map(|home| home.replacen("at ", "from ", 1));
                    return self.from.is_some();
                }
                if let Some((subject, school)) = level_and_school(inner) {
                    self.subjects.extend(names::subject(&subject));
                    self.place = Some(school);
                    true
                } else if let Some(school) = names::school(inner) {
                    self.place = Some(school);
                    true
                } else if let Some(subject) = names::subject(inner) {
                    self.subjects.push(subject);
                    true
                } else if is_led && spell::is_place(inner) {
                    self.place = Some(format!("in {}", title_case(inner)));
                    true
                } else if is_led && inner.split(' ').count() < 5 {
                    self.subjects.push(names::any_subject(inner));
                    true
                } else {
                    false
                }
            }
        }
    }

    /// "`BSc` Games Design", "Level 3 Early Years", "A levels", with a school behind it.
    pub(super) fn take_level(&mut self, text: &str) -> bool {
        let words: Vec<&str> = text.split_whitespace().collect();
        let Some(count) = level_words(&words) else { return false };
        let level = words[..count].join(" ");
        if level.eq_ignore_ascii_case("ma") && words.get(1).is_some_and(|word| word.chars().all(|c| c.is_ascii_digit()))
        {
            return false;
        }
        self.level = Some(level.trim_matches([',', ':', '-']).to_owned());
        let rest = words[count..].join(" ");
        let rest = rest.trim_matches([' ', ',', ':', '-', '–']);
        let inner = ["in ", "of "].iter().find_map(|lead| rest.strip_prefix(lead)).unwrap_or(rest);
        if inner.is_empty() {
            return true;
        }
        if let Some(topic) = rest.strip_prefix("on ") {
            self.topic = Some(topic.to_owned());
            return true;
        }
        let end = inner.split_whitespace().next_back().unwrap_or_default();
        if is_role(inner.split(' ').next().unwrap_or_default()) || is_role(end) && names::subject(inner).is_none() {
            return false;
        }
        if let Some(school) = names::school(inner) {
            self.place = Some(school);
            return true;
        }
        // "Statistics UCL", "structural engineering sheffield": a school at the end.
        let inner: Vec<&str> = inner.split_whitespace().collect();
        let school = (1..inner.len()).find_map(|at| {
            let last = inner[at..].join(" ");
            let is_town = inner.len() - at < 3 && spell::is_place(&last) && !spell::is_ordinary(&last.to_lowercase());
            let school = names::school(&last).filter(|_| names::subject(&last).is_none());
            school.or_else(|| is_town.then(|| format!("at {}", title_case(&last)))).map(|school| (at, school))
        });
        let subject = match school {
            Some((at, school)) => {
                self.place = Some(school);
                inner[..at].join(" ")
            }
            None if inner.len() == 1 && spell::is_place(inner[0]) => {
                self.place = Some(format!("at {}", title_case(inner[0])));
                return true;
            }
            None => inner.join(" "),
        };
        if subject.split(' ').count() > 8 || subject.contains(['=', '/', '+']) {
            return false;
        }
        if self.is_several() {
            self.subjects.extend(listed(&subject));
        } else {
            self.subjects.push(subject);
        }
        true
    }

    /// Whether the level is one of several subjects: A levels, GCSEs, Highers.
    pub(super) fn is_several(&self) -> bool {
        let lower = self.level.as_deref().unwrap_or_default().to_lowercase();
        ["a level", "a-level", "as level", "t level", "gcse", "higher"].iter().any(|start| lower.starts_with(start))
    }

    pub(super) fn take_place(&mut self, text: &str) -> bool {
        let place = names::at(text);
        let is_read = place.is_some();
        self.place = self.place.take().or(place);
        is_read
    }
}

/// "yr 2 QS at Salford" typed as "Uni of Salford QS", "physics METU": a subject and a school side by side.
fn level_and_school(text: &str) -> Option<(String, String)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (1..words.len()).find_map(|at| {
        let (first, last) = (words[..at].join(" "), words[at..].join(" "));
        if let (Some(_), Some(school)) = (names::subject(&first), names::school(&last)) {
            return Some((first, school));
        }
        names::subject(&last)?;
        Some((last, names::school(&first)?))
    })
}
