//! Short courses without a certificate.

use super::marks::{Marks, subject_case, tidied};
use crate::facts::article::with_article;
use crate::facts::fact::{Kind, Words};
use crate::pattern::pattern;
use crate::words::list;

list!(COURSES = "qualification/courses");

pattern!(WITH = r"(?i)^(.+?) (?:with|through|at|from) (?:the )?(.+)$");
pattern!(AT = r"(?i)^([\w' -]+ (?:course|workshop)) (with|at|by|through) ([A-Z].*)$");
pattern!(
    COURSE =
        r"(?i)\b(course|session|workshop|training|bootcamp|boot camp|module|summer school|masterclass|induction)s?$"
);

/// Reads a course.
pub(super) fn read(text: &str) -> Option<(Kind, Words)> {
    let (marks, rest) = Marks::take(text);
    let lower = rest.to_lowercase();
    let course = |words: String| Some((Kind::Course, Words::Thing(taught(&words))));
    let year = marks
        .brackets
        .iter()
        .find(|mark| mark.ends_with(|c: char| c.is_ascii_digit()) && !mark.contains([':', '.', '/']))
        .map_or_else(String::new, |year| format!(" ({year})"));
    if lower.starts_with("oliver mcgowan") {
        return course(format!("the Oliver McGowan training{year}"));
    }
    if let Some(name) = known(&lower) {
        return course(format!("{name}{year}"));
    }
    if let Some((name, bracket)) = rest.strip_suffix(')').and_then(|rest| rest.split_once(" ("))
        && let Some(name) = known(&name.to_lowercase())
    {
        return course(format!("{name} ({bracket}){year}"));
    }
    if let Some(found) = WITH.captures(&rest)
        && !found[2].to_lowercase().starts_with("work")
        && let Some(name) = known(&found[1].to_lowercase())
    {
        let teacher = &found[2];
        let article = if teacher.ends_with('s') && !teacher.contains('\'') { "the " } else { "" };
        return course(format!("{name} with {article}{teacher}{year}"));
    }
    let words = rest.split_whitespace().count();
    let (bare, bracket) = match rest.split_once(" (") {
        Some((bare, bracket)) => (bare, format!(" ({bracket}")),
        None => (rest.as_str(), String::new()),
    };
    // "PAT testing course at Stage Electrics"
    if let Some(found) = AT.captures(bare).filter(|_| words < 12) {
        let thing = with_article(&tidied(&found[1]));
        return course(format!("{thing} {} {}{year}", &found[2], &found[3]));
    }
    if COURSE.is_match(bare) && words < 9 && (!bare.contains("Level ") || bare.ends_with("workshop")) {
        let (name, noun) = bare.rsplit_once(' ')?;
        let noun = noun.to_lowercase();
        let is_mass = noun == "training";
        let name = if name.chars().any(char::is_uppercase) { subject_of(name) } else { name.to_owned() };
        let named = tidied(&format!("{name} {noun}"));
        let thing = if is_mass || noun.ends_with('s') { named } else { with_article(&named) };
        return course(format!("{thing}{bracket}{year}"));
    }
    None
}

/// "My training includes first aid": the word is said by the sentence.
fn taught(words: &str) -> String {
    let (name, bracket) =
        words.split_once(" (").map_or((words, String::new()), |(name, rest)| (name, format!(" ({rest}")));
    match name.strip_suffix(" training").filter(|name| {
        !name.starts_with("the ") && !name.rsplit(' ').next().is_some_and(crate::facts::lexicon::is_role)
    }) {
        Some(name) => format!("{name}{bracket}"),
        None => words.to_owned(),
    }
}

/// A course of an abbreviation, which can be nothing else: "LIAM course".
pub(super) fn names_itself(text: &str) -> Option<(Kind, Words)> {
    pattern!(NAMED = r"^[A-Z][A-Z&]{2,}(?: \w+)? (?:course|training|workshop)$");
    NAMED.is_match(text).then(|| read(text)).flatten()
}

/// "dementia Friends" is Dementia Friends; other words stay.
fn subject_of(name: &str) -> String {
    let lower: Vec<&str> = name.split(' ').collect();
    if lower.iter().any(|word| word.starts_with(char::is_uppercase) && word.ends_with(char::is_lowercase)) {
        subject_case(name)
    } else {
        name.to_owned()
    }
}

fn known(lower: &str) -> Option<String> {
    let bare = lower
        .strip_suffix(" training")
        .or_else(|| lower.strip_suffix(" trained"))
        .or_else(|| lower.strip_suffix(" course"))
        .unwrap_or(lower);
    let bare = bare.strip_prefix("basic ").filter(|_| bare != "basic life support").unwrap_or(bare);
    COURSES.has(bare).then(|| {
        let spelt = bare.replace("paed ", "paediatric ");
        // A course that is named by what it teaches is training in it.
        let is_name =
            ["friends", "training", "techniques", "makaton", "support"].iter().any(|end| spelt.ends_with(end));
        let wants_noun = !is_name;
        let taught = if wants_noun { format!("{spelt} training") } else { spelt };
        crate::facts::spell::put_right(&taught)
    })
}
