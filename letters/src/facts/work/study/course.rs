//! Collects what a run of entries says of a course: its year, its level, its subject, its school, whether it is over.
//!
//! ```text
//!   "OT student 3rd yr" "Glyndŵr"  ──▶  year, student, subject, school  ──▶  a third-year occupational therapy student
//! ```

use super::names;
use crate::facts::article::with_article;
use crate::facts::fact::{Act, Position, Time, Words};
use crate::facts::lexicon::{bare, is_role};
use crate::facts::list::joined;
use crate::facts::spell;
use crate::facts::spelling::title_case;
use crate::facts::time;
use crate::pattern::pattern;
use crate::words::list;

list!(COURSES = "facts/courses");
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
    VERB = r"(?i)^(?:(?:i am |i'm |i )?(?:currently |now |about to |just )*(?P<verb>studying|study|doing|taking|reading|completing|finishing|finish|studied|did|read|took|completed|undertaking|working towards|in the middle of|in)(?: for)?(?: my| an?| the)? |(?:currently |my |an? )+)"
);
pattern!(
    STUDENT = r"(?i)^(?P<before>.*?)\b(?P<who>(?:postgraduate |undergraduate )?student|(?:phd|doctoral|dphil) (?:candidate|researcher)|undergraduate|undergrad|postgraduate|postgrad|finalist)\b(?P<after>.*)$"
);
pattern!(AT = r"(?i)^(?P<what>.*?)(?:^|[\s,])(?:at|@)\s+(?:the )?(?P<place>.+)$");
pattern!(WITH = r"(?i)^(?P<what>.+?) with (?:the )?(?P<place>(?:open university|ou)\b.*)$");
pattern!(
    ABROAD = r"(?i)^(?P<what>\w+(?: \w+)?) in (?P<town>[\w'’-]+)(?: (?:in the )?(?:mornings?|afternoons?|evenings?))?$"
);
pattern!(LEVEL_LAST = r"(?i)^(?P<what>[a-z &]+?) (?P<level>level \d)$");
pattern!(CENTURY = r"(?i)\b(?P<th>\d\d?th) c\.? ");
pattern!(MODE = r"(?i)(?:^|[\s,-])(?P<mode>part[- ]time|full[- ]time|(?:in the )?evenings|online)(?:$|[\s,])");

/// What was read of a course.
#[derive(Default, Debug)]
pub struct Course {
    year: Option<String>,
    is_semester: bool,
    /// What stands for the student: "student", "PhD candidate".
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

    fn take_year(&mut self, text: &str) -> String {
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

    fn take_mode(&mut self, text: &str) -> String {
        let Some(found) = MODE.captures(text) else { return text.to_owned() };
        let mode = found["mode"].to_lowercase();
        self.mode = ["part time", "in the evenings", "online"]
            .into_iter()
            .find(|known| known.contains(&*mode.replace('-', " ")));
        let whole = found.get(0).map_or(0..0, |whole| whole.range());
        format!("{} {}", &text[..whole.start], &text[whole.end..]).trim().to_owned()
    }

    /// The first entry without its year; whether it surely is about studies.
    fn take_head(&mut self, text: &str, studies: bool, is_now: bool) -> bool {
        let (what, place) = placed(text);
        if let Some(found) = STUDENT.captures(&what) {
            return self.take_student(found["before"].trim(), &found["who"], found["after"].trim())
                && place.is_none_or(|place| self.take_place(&place));
        }
        if what.split_whitespace().next_back().is_some_and(|word| is_role(word)) {
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
            && let Some((subject, school)) = self.level_and_school(&what)
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

    /// "yr 2 QS at Salford" typed as "Uni of Salford QS", "physics METU": a subject and a school side by side.
    fn level_and_school(&self, text: &str) -> Option<(String, String)> {
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

    fn take_student(&mut self, before: &str, who: &str, after: &str) -> bool {
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
        self.before = before.trim_matches([' ', '-', ',']).to_owned();
        match after.trim_matches([' ', ',', '-', '–', ':']) {
            "" => true,
            after => {
                let inner = ["in ", "of ", "on "].iter().find_map(|lead| after.strip_prefix(lead)).unwrap_or(after);
                let is_led = inner.len() < after.len();
                if let Some(home) = after.strip_prefix("from ") {
                    self.from = names::at(home).map(|home| home.replacen("at ", "from ", 1));
                    return self.from.is_some();
                }
                if let Some((subject, school)) = self.level_and_school(inner) {
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
    fn take_level(&mut self, text: &str) -> bool {
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
    fn is_several(&self) -> bool {
        let lower = self.level.as_deref().unwrap_or_default().to_lowercase();
        ["a level", "a-level", "as level", "t level", "gcse", "higher"].iter().any(|start| lower.starts_with(start))
    }

    fn take_place(&mut self, text: &str) -> bool {
        let place = names::at(text);
        let is_read = place.is_some();
        self.place = self.place.take().or(place);
        is_read
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
        let is_researcher = self.is_research();
        if is_researcher && self.topic.is_none() && self.doing.is_none() {
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
            let is_noun =
                crate::facts::verb::read(words[0]).is_none_or(|(form, _)| form == crate::facts::verb::Form::Base);
            if words.len() > 2 && is_plain && is_noun && !words[0].starts_with(|c: char| c.is_ascii_digit()) {
                self.topic = Some(CENTURY.replace_all(text, "$th-century ").into_owned());
                return true;
            }
        }
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

    fn is_research(&self) -> bool {
        let has = |text: &str| ["phd", "dphil", "doctor"].iter().any(|word| text.to_lowercase().contains(word));
        has(&self.before) || self.who.as_deref().is_some_and(has) || self.level.as_deref().is_some_and(has)
    }

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

/// The words of a level at the beginning: "BSc", "Level 3", "BTEC Level 3 Extended Diploma", "A levels", "foundation year".
fn level_words(words: &[&str]) -> Option<usize> {
    let word = |at: usize| words.get(at).map(|word| bare(word).replace('.', "")).unwrap_or_default();
    let is_number = |at: usize| word(at).chars().all(|c| c.is_ascii_digit()) && !word(at).is_empty();
    let is_extra = |at: usize| {
        [
            "degree",
            "year",
            "course",
            "diploma",
            "extended",
            "certificate",
            "hons",
            "apprenticeship",
            "masters",
            "national",
        ]
        .contains(&word(at).as_str())
    };
    let mut count = match word(0).as_str() {
        "a" | "as" | "t" | "o" if ["level", "levels"].contains(&word(1).as_str()) => return Some(2),
        "level" if is_number(1) => 2,
        "master's" | "masters" | "bachelor's" | "bachelors" | "doctorate" | "gcse" | "highers" | "degree" => 1,
        first if COURSES.has(first) && first != "access" => 1,
        "access" if word(1) == "to" && word(2) == "he" => 3,
        "access" if word(1) == "course" => 2,
        _ => return None,
    };
    if word(count) == "level" && is_number(count + 1) {
        count += 2;
    }
    while is_extra(count) {
        count += 1;
    }
    // "Foundation" alone is a charity.
    (word(0) != "foundation" || count > 1).then_some(count)
}

/// "a level" as "A levels".
fn upper_level(level: &str) -> String {
    let lower = level.to_lowercase().replace('-', " ");
    match lower.as_str() {
        "gcse" | "gcses" => String::from("GCSEs"),
        "highers" => String::from("Highers"),
        lower => {
            let lower = lower.trim_end_matches('s');
            let (first, rest) = lower.split_once(' ').unwrap_or((lower, ""));
            format!("{} {rest}s", first.to_uppercase())
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

/// Several subjects, between commas, "and", or nothing: "biology geography photography".
fn listed(text: &str) -> Vec<String> {
    let text = text.replace(" and ", ", ").replace(" & ", ", ").replace('+', ",");
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [alone] if names::subject(alone).is_none() || alone.split(' ').all(|word| names::subject(word).is_some()) => {
            alone.split(' ').map(str::to_owned).collect()
        }
        parts => parts.iter().map(|part| (*part).to_owned()).collect(),
    }
}

/// What is studied, and what stands behind "at".
fn placed(text: &str) -> (String, Option<String>) {
    let found = AT.captures(text).or_else(|| WITH.captures(text));
    found.map_or((text.to_owned(), None), |found| {
        (found["what"].trim_matches([' ', ',']).to_owned(), Some(found["place"].to_owned()))
    })
}

fn act(base: &str, past: &str, doing: &str, parts: &[&str]) -> Words {
    let rest = one_line(parts).replace(" ,", ",");
    Words::Act(Act { base: format!("{base} {rest}"), past: format!("{past} {rest}"), doing: format!("{doing} {rest}") })
}

fn one_line(parts: &[&str]) -> String {
    parts.iter().flat_map(|part| part.split_whitespace()).collect::<Vec<_>>().join(" ")
}
