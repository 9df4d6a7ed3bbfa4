//! Courses under way, told in notes: "doing TA level 2 at tower hamlets college evenings finish in march". How far a course
//! has come stays with the course, so that no letter calls it held.

use super::degree;
use super::marks::when;
use super::training;
use crate::facts::article::with_article;
use crate::facts::fact::{Kind, Words};
use crate::facts::spell;
use crate::pattern::pattern;

const DATE: &str = r"(?:(?:the )?(?:end of |early |late |mid )?(?:next |this )?(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|easter|christmas|spring|summer|autumn|winter)(?: (?:19|20)\d\d)?|(?:next |this )year|20\d\d)";
const ORDINAL: &str = r"(?:first|second|third|fourth|final|last|1st|2nd|3rd|4th)";

pattern!(
    UNDER_WAY = format!(
        r"(?i)^in progress\b|\byear (?:\d|one|two|three|four)\b|\bstarted(?: in)? {DATE}\b|\bday release\b|\bevenings?\b|^(?:currently |now |just )?(?:doing|on|in)\b|\bdoing now\b|\b\d{{1,3}} ?% (?:done|complete|through|thru)|\b(?:modules?|units?|exams?|essays?) (?:left|to go)\b|\b(?:two|three|four|five|six|\d) (?:modules?|units?|exams?) (?:done|passed|completed)\b|\bhalf ?-?way\b|\bpart-?time, finishing\b|^started\b|^half of\b|\bnow,|\bin progress\b"
    )
);
pattern!(
    TAIL = format!(
        r"(?i)^\(?(?:in progress|doing now|ongoing|under way|now|started(?: in)? {DATE}|year (?:\d|one|two|three|four)(?: of (?:\d|two|three|four))?|evenings?|evening course|day release.*|part-?time|distance learning|(?:due to )?finish(?:ing|es)?(?: in| at| by)? {DATE}|\d{{1,3}} ?% (?:done|complete|through|thru)|(?:about )?half ?-?way(?: through)?|(?:one|two|three|four|\d) (?:modules?|units?|exams?) (?:left|to go|done)|about \d+% done|passed)\)?$"
    )
);
pattern!(
    FINISH = format!(
        r"(?i)[\s,;(–-]+(?:due to |i )?(?:finish(?:ing|es)?|complet(?:ing|es)|end(?:ing|s))(?: it)?(?: in| at| by| on)? ({DATE})\)?"
    )
);
pattern!(STARTED_IN = format!(r"(?i)^(?:just )?started (.+?)(?: in)? ({DATE})$"));
pattern!(STARTED = format!(r"(?i)[\s,;(–-]+(?:which i )?started(?: in)? ({DATE})\)?"));
pattern!(YEAR = r"(?i)[\s,;(–-]+(?:now )?(?:in )?year (\d|one|two|three|four)(?: of (?:\d|two|three|four))?\)?");
pattern!(
    IN_YEAR =
        format!(r"(?i)^(?:currently |now |just )?(?:on|in) (?:the |my )?({ORDINAL}) year of (?:a |an |the |my )?")
);
pattern!(DAY_RELEASE = r"(?i)[\s,;(–-]+(?:on )?day release\b\s*(?:\([^()]*\))?");
pattern!(EVENINGS = r"(?i)[\s,;(–-]+(?:in the )?evenings?(?: classes| course)?\b\)?");
pattern!(PART_TIME = r"(?i)(?:^|[\s,;(–-]+)part[- ]time\b\)?");
pattern!(DISTANCE = r"(?i)[\s,;(–-]+(?:by )?distance(?: learning)?\b\)?");
pattern!(
    SHARE = r"(?i)[\s,;(–-]+(?:about |around |approx )?(?:(\d{1,3}) ?% (?:done|complete|completed|through|thru)|(one|two|three|four|five|six|\d) (modules?|units?|exams?|essays?) (left|to go|done|passed|completed))\)?"
);
pattern!(
    HALFWAY = r"(?i)^(?:currently |about )?half ?-?way (?:through|thru) (?:a |an |the |my )?|[\s,;(–-]+(?:about |around )?half ?-?way(?: through| thru)?\)?"
);
pattern!(
    LEAD = r"(?i)^(?:in progress:? |currently |now |just |presently )*(?:(?:doing|taking|studying(?: for| towards)?|completing|working towards|started|enrolled (?:on|in|for))(?: my| a| an| the)? )?"
);
pattern!(
    COUNTED =
        r"(?i)\b(?:\d+|two|three|four|five|six) ?(?:of|/|out of) ?(?:the )?(?:\d+|three|four|five|six|eight|ten)\b"
);
pattern!(
    MARKS_LEFT =
        r"(?i)[\s,;(–-]+(?:in progress|doing now|ongoing|under way|now)\b\)?|\s*\([^()]*(?:so far|holidays)[^()]*\)"
);
pattern!(PLACE = r"^(.+?)(?: at | with | w/ |, )((?:[Tt]he )?[\p{L}'’&. -]{3,45})$");

/// Whether an entry tells how far the one before it has come.
pub(super) fn is_tail(entry: &str) -> bool {
    TAIL.is_match(entry.trim())
}

/// What the notes tell of a course, cut out of them one by one.
#[derive(Default)]
struct Course {
    finish: Option<String>,
    started: Option<String>,
    year: Option<String>,
    manner: &'static str,
    share: Option<String>,
    percent: Option<String>,
    is_half: bool,
}

/// Reads a course that is under way; `held` reads one as if it were held.
pub(super) fn read(text: &str, held: &dyn Fn(&str) -> Option<(Kind, Words)>) -> Option<(Kind, Words)> {
    // "3 of 4 units" is counted elsewhere.
    if !UNDER_WAY.is_match(text) || COUNTED.is_match(text) {
        return None;
    }
    let (course, what) = Course::take(text);
    let is_led = !LEAD.find(text).is_none_or(|lead| lead.as_str().is_empty()) || IN_YEAR.is_match(text);
    let is_open = course.finish.is_some()
        || course.started.is_some()
        || course.year.is_some()
        || course.share.is_some()
        || course.is_half
        || MARKS_LEFT.is_match(text)
        || is_led;
    if !is_open || what.is_empty() {
        return None;
    }
    let (what, place) = apart(&what);
    if what.to_lowercase().ends_with("portfolio")
        && let Some(part) = &course.percent
    {
        let what = crate::facts::spelling::lower_first(what.trim_start_matches("my "));
        return Some((Kind::Study, Words::Clause(format!("my {what} is about {part}% complete"))));
    }
    let (name, is_degree) = named(&what, held)?;
    Some((Kind::Study, Words::Clause(course.clause(&name, &place, is_degree))))
}

impl Course {
    fn take(text: &str) -> (Self, String) {
        let mut course = Self::default();
        let mut rest = format!(" {text}");
        let take = |rest: &mut String, pattern: &regex::Regex| -> Option<Vec<String>> {
            let found = pattern.captures(rest)?;
            let groups = found.iter().map(|group| group.map_or_else(String::new, |g| g.as_str().to_owned())).collect();
            let range = found.get(0)?.range();
            rest.replace_range(range, " ");
            Some(groups)
        };
        course.finish = take(&mut rest, &FINISH).map(|groups| when(&spell::put_right(&groups[1])));
        course.started = take(&mut rest, &STARTED).map(|groups| when(&spell::put_right(&groups[1])));
        course.year = take(&mut rest, &YEAR).map(|groups| ordinal(&groups[1]));
        if let Some(groups) = take(&mut rest, &SHARE) {
            course.percent = (!groups[1].is_empty()).then(|| groups[1].clone());
            course.share = Some(share(&groups));
        }
        for (pattern, manner) in [
            (&*DAY_RELEASE, " on day release"),
            (&*EVENINGS, " in the evenings"),
            (&*DISTANCE, " by distance learning"),
        ] {
            if take(&mut rest, pattern).is_some() {
                course.manner = manner;
            }
        }
        rest = rest.trim().to_owned();
        course.is_half = take(&mut rest, &HALFWAY).is_some();
        rest = rest.trim().to_owned();
        if let Some(groups) = take(&mut rest, &IN_YEAR) {
            course.year = Some(ordinal(&groups[1]));
        }
        while take(&mut rest, &MARKS_LEFT).is_some() {}
        if take(&mut rest, &PART_TIME).is_some() && course.manner.is_empty() {
            course.manner = " part-time";
        }
        if let Some(groups) = take(&mut rest, &STARTED_IN) {
            course.started = Some(when(&spell::put_right(&groups[2])));
            groups[1].clone_into(&mut rest);
        }
        let rest = LEAD.replace(rest.trim(), "");
        let rest = rest.split_whitespace().collect::<Vec<_>>().join(" ").replace(" ,", ",");
        (course, rest.trim_matches([' ', ',', '-', '–', ':', ';', '(']).to_owned())
    }

    fn clause(&self, name: &str, place: &str, is_degree: bool) -> String {
        let manner = self.manner;
        let finish = self.finish.as_ref().map_or_else(String::new, |date| format!(" and finish {date}"));
        let share = match (&self.share, finish.is_empty()) {
            (Some(share), true) => format!(" and {share}"),
            (Some(share), false) => format!(", and I {share}"),
            (None, _) => String::new(),
        };
        if let Some(year) = &self.year {
            return format!("I am in the {year} year of {name}{place}{manner}{finish}{share}");
        }
        if self.is_half {
            return format!("I am half way through {name}{place}{manner}{finish}");
        }
        if let Some(started) = &self.started {
            return format!("I started {name}{place}{manner} {started}{finish}{share}");
        }
        let (verb, manner) = match manner {
            " part-time" if is_degree => ("studying part time for", ""),
            " part-time" => ("working part time towards", ""),
            manner => ("", manner),
        };
        let verb = match () {
            () if !verb.is_empty() => verb,
            () if is_degree => "studying for",
            () if name.ends_with(" course") || name.contains(" course ") => "taking",
            () => "working towards",
        };
        format!("I am {verb} {name}{place}{manner}{finish}{share}")
    }
}

/// What is worked for, and whether it is a degree.
fn named(what: &str, held: &dyn Fn(&str) -> Option<(Kind, Words)>) -> Option<(String, bool)> {
    if let Some(study) = degree::studied(what) {
        return Some((study, true));
    }
    if let Some((kind, Words::Thing(thing))) = held(what)
        && !matches!(kind, Kind::Own | Kind::Licence | Kind::Grade)
    {
        return Some((thing, false));
    }
    if let Some((Kind::Course | Kind::Award, Words::Thing(thing))) = training::read(what) {
        return Some((thing, false));
    }
    let last = what.rsplit(' ').next()?.to_lowercase();
    let is_course = ["course", "programme", "diploma", "certificate", "portfolio", "qualification", "apprenticeship"];
    let is_plain = what.chars().all(|c| c.is_alphanumeric() || " '’&-".contains(c)) && what.split(' ').count() < 9;
    (is_plain && is_course.contains(&last.as_str())).then(|| (with_article(what), false))
}

/// The course, and the college behind it with its preposition.
fn apart(what: &str) -> (String, String) {
    let Some(found) = PLACE.captures(what) else { return (what.to_owned(), String::new()) };
    let is_with = what[found[1].len()..].starts_with(" w");
    let place = found[2].trim().to_owned();
    let is_school = degree::is_school(&spell::name(&place)) || is_with;
    if !is_school || degree::is_degree(what) && !is_with {
        return (what.to_owned(), String::new());
    }
    let place = if place.contains(char::is_uppercase) { place } else { spell::name(&place) };
    (found[1].trim_matches([' ', ',']).to_owned(), format!(" {} {place}", if is_with { "with" } else { "at" }))
}

fn ordinal(text: &str) -> String {
    match text.to_lowercase().as_str() {
        "1" | "one" | "1st" => "first".to_owned(),
        "2" | "two" | "2nd" => "second".to_owned(),
        "3" | "three" | "3rd" => "third".to_owned(),
        "4" | "four" | "4th" => "fourth".to_owned(),
        other => other.to_owned(),
    }
}

/// "am 60% of the way through", "have one module left", "have done two modules".
fn share(groups: &[String]) -> String {
    if !groups[1].is_empty() {
        return format!("am about {}% of the way through", groups[1]);
    }
    let count = groups[2].to_lowercase();
    let unit = groups[3].to_lowercase();
    match groups[4].to_lowercase().as_str() {
        "left" | "to go" => format!("have {count} {unit} left"),
        "passed" => format!("have passed {count} {unit}"),
        _ => format!("have completed {count} {unit}"),
    }
}
