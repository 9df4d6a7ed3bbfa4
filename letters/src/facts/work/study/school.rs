//! Reads where somebody is at school: the year, the sixth form, the college, what was just finished, the gap year.

use super::names;
use crate::facts::list::joined;
use crate::facts::spelling::{lower_first, upper_first};
use crate::pattern::pattern;

pattern!(
    YEAR = r"(?i)^(?:i am )?(?:now |currently )?(?:in )?year (?P<year>7|8|9|10|11|12|13)(?: student| pupil)?(?: (?:at|in) (?P<place>.+?))?(?:,? (?:and )?(?P<verb>finishing|doing|taking|studying)(?: my)? (?P<course>.+))?$"
);
pattern!(
    AWARD = r"(?i)^(?:my |the )?(?:(?P<first>bronze|silver|gold) )?(?:dofe|duke of edinburgh(?:'s)?(?: award)?)(?: (?P<last>bronze|silver|gold))?(?: award)?$"
);
pattern!(
    OVER = r"(?i)^(?:i )?(?:have )?(?:just |recently )?(?P<verb>finished|left|completed)(?: my)? (?P<what>year \d+|school|sixth form|college|gcses|a[ -]levels|university)(?P<rest>.*)$"
);
pattern!(
    GRADUATED = r"(?i)^(?:i )?(?:have )?(?:just|recently) graduated(?: (?:in|with) (?P<subject>.+?))?(?: (?:from|at) (?P<place>.+))?$"
);
pattern!(
    SCHOOL = r"(?i)^(?:i am )?(?:currently |now |still )?(?:in |at )?(?:the |my |a )?(?P<what>(?:lower |upper )?(?:sixth|6th)[ -]form|lower sixth|upper sixth|college|high school|secondary school|hotel school|school|university|gcse year|a[ -]level year)(?: student| pupil)?(?: (?:at|in) (?P<place>.+?))?(?:,? (?:and )?(?P<verb>finishing|doing|taking|studying)(?: my)? (?P<course>.+))?$"
);
pattern!(
    GAP = r"(?i)^(?:i am )?(?:currently )?(?:on |taking |in )?(?:a |my )?gap year(?: (?:before|then) (?:starting (?:at )?|going to |studying |uni(?:versity)? )?(?P<next>.+))?$"
);
pattern!(
    WHEN = r"(?i) (?:in|this) (?P<month>january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn)$"
);

/// What the first of these parts says about school, and how many of the further parts it takes.
pub fn read(head: &str, brackets: &[String], next: Option<&str>) -> Option<(String, usize)> {
    year(head, brackets, next).or_else(|| {
        over(head).or_else(|| school(head, brackets)).map(|clause| (clause, 0)).or_else(|| gap(head, brackets, next))
    })
}

fn year(head: &str, brackets: &[String], next: Option<&str>) -> Option<(String, usize)> {
    let found = YEAR.captures(head)?;
    let place = match found.name("place") {
        Some(place) => format!(" {}", names::at(place.as_str())?),
        None => String::new(),
    };
    let taken = next.filter(|_| place.is_empty()).and_then(names::school);
    let place = taken.as_ref().map_or(place, |taken| format!(" {taken}"));
    let subjects = subjects(brackets).map_or(String::new(), |subjects| format!(", studying {subjects}"));
    let rest = match (found.name("verb"), found.name("course")) {
        (Some(verb), Some(course)) => taking(verb.as_str(), course.as_str())?,
        _ => String::new(),
    };
    Some((format!("I am in Year {}{place}{subjects}{rest}", &found["year"]), usize::from(taken.is_some())))
}

/// The subjects in brackets behind a school.
fn subjects(brackets: &[String]) -> Option<String> {
    let named: Option<Vec<String>> = brackets.iter().map(|part| names::subject(part)).collect();
    named.filter(|named| !named.is_empty()).map(|named| joined(&named))
}

fn over(head: &str) -> Option<String> {
    if let Some(found) = GRADUATED.captures(head) {
        let part = |name: &str| found.name(name).map(|part| part.as_str());
        let subject = part("subject")
            .map_or(Some(String::new()), |text| names::subject(text).map(|text| format!(" in {text}")))?;
        let place = part("place").map_or(Some(String::new()), |text| {
            names::at(text).map(|text| format!(" {}", text.replacen("at ", "from ", 1)))
        })?;
        return Some(format!("I have just graduated{subject}{place}"));
    }
    let found = OVER.captures(head)?;
    let what = match found["what"].to_lowercase().as_str() {
        "gcses" => String::from("my GCSEs"),
        "sixth form" => String::from("sixth form"),
        what if what.starts_with('a') => String::from("my A levels"),
        what => what.replace("year", "Year"),
    };
    let rest = found["rest"].trim();
    let place = match rest.split_once(' ') {
        _ if rest.is_empty() => String::new(),
        Some(("at" | "in", place)) => format!(" {}", names::at(place)?),
        _ => return None,
    };
    Some(format!("I have just {} {what}{place}", found["verb"].to_lowercase()))
}

fn school(head: &str, brackets: &[String]) -> Option<String> {
    if ["studying", "i am studying", "currently studying"].contains(&head.to_lowercase().as_str()) {
        return Some(String::from("I am studying at present"));
    }
    let found = SCHOOL.captures(head)?;
    let what = found["what"].to_lowercase().replace("6th", "sixth").replace('-', " ");
    let what = match what.as_str() {
        "gcse year" => String::from("in my GCSE year"),
        "a level year" => String::from("in my A level year"),
        what if what.contains("sixth") => format!("in the {what}"),
        what => format!("at {what}"),
    };
    let place = match found.name("place").map(|place| place.as_str()) {
        Some(place) if crate::facts::spell::is_place(place) => format!(" in {}", upper_first(place)),
        Some(place) => format!(" {}", names::at(place)?),
        None => String::new(),
    };
    // "College" alone and "at school" say enough; a name may stand in brackets.
    let subjects = subjects(brackets).map_or(String::new(), |subjects| format!(", studying {subjects}"));
    let rest = match (found.name("verb"), found.name("course")) {
        (Some(verb), Some(course)) => taking(verb.as_str(), course.as_str())?,
        _ => String::new(),
    };
    // "College student (catering)" is read by what stands in the brackets.
    if head.to_lowercase().ends_with(" student") && !brackets.is_empty() && subjects.is_empty() {
        return None;
    }
    // "University" with something unread in brackets is read by what stands there.
    if what == "at university" && !brackets.is_empty() && subjects.is_empty() {
        return None;
    }
    Some(format!("I am {what}{place}{subjects}{rest}"))
}

/// "finishing A levels in June", behind "I am at college".
fn taking(verb: &str, course: &str) -> Option<String> {
    if let Some(found) = AWARD.captures(course) {
        let level = found.name("first").or_else(|| found.name("last"));
        let level = level.map_or(String::new(), |level| format!("{} ", upper_first(&level.as_str().to_lowercase())));
        return Some(format!(" and am doing the {level}Duke of Edinburgh's Award"));
    }
    let (course, when) = WHEN.captures(course).map_or((course, String::new()), |found| {
        let month = &found["month"];
        let is_season = ["spring", "summer", "autumn"].contains(&month.to_lowercase().as_str());
        let when = if is_season { format!("this {month}") } else { format!("in {}", upper_first(month)) };
        (&course[..course.len() - found[0].len()], format!(" {when}"))
    });
    let course = course_named(course)?;
    Some(match verb.to_lowercase().as_str() {
        "finishing" => format!(" and finish my {course}{when}"),
        "studying" => format!(" and am studying {course}{when}"),
        _ => format!(" and am taking {course}{when}"),
    })
}

/// "A levels", "GCSEs", "maths and physics".
fn course_named(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    match lower.as_str() {
        "a levels" | "a-levels" | "as levels" | "t levels" => Some(upper_first(&lower.replace('-', " "))),
        "gcses" | "gcse" => Some(String::from("GCSEs")),
        "btec" => Some(String::from("BTEC")),
        _ => names::subject(text).or_else(|| {
            let subjects: Option<Vec<String>> =
                lower.strip_prefix("a levels in ")?.split(" and ").map(names::subject).collect();
            Some(format!("A levels in {}", joined(&subjects?)))
        }),
    }
}

/// "gap year before Exeter (geography)", "gap year, travelling and tutoring".
fn gap(head: &str, brackets: &[String], next: Option<&str>) -> Option<(String, usize)> {
    let found = GAP.captures(head)?;
    if let Some(next) = found.name("next") {
        let next = next.as_str();
        let clause = match (subjects(brackets), names::subject(next)) {
            (_, Some(subject)) => format!("studying {subject}"),
            (Some(subject), None) => format!("studying {subject} {}", names::at(next)?),
            (None, None) if next.eq_ignore_ascii_case("university") => String::from("university"),
            (None, None) => {
                let place = names::at(next)?;
                format!("going to {}", place.strip_prefix("at ").unwrap_or(&place))
            }
        };
        return Some((format!("I am on a gap year before {clause}"), 0));
    }
    let doing = next.filter(|next| {
        let first = next.split(' ').next().unwrap_or_default().to_lowercase();
        matches!(crate::facts::verb::read(&first), Some((crate::facts::verb::Form::Doing, _)))
            || ["travelling", "working", "volunteering"].contains(&first.as_str())
    });
    Some(match doing {
        Some(doing) => (format!("I am on a gap year, {}", lower_first(doing)), 1),
        None => (String::from("I am on a gap year"), 0),
    })
}
