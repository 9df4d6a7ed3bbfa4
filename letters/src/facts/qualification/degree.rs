//! Degrees and diplomas: the name, the subject, the school, the grade.

use super::marks::{Marks, subject_case, tidied};
use crate::facts::article::with_article;
use crate::facts::fact::{Kind, Words};
use crate::facts::spell;
use crate::pattern::pattern;
use crate::words::list;

list!(DEGREES = "qualification/degrees");
list!(UNIVERSITIES = "qualification/universities");
list!(INSTITUTION_WORDS = "qualification/institution_words");

pattern!(
    OF = r"^((?:Integrated |integrated )?(?:Bachelor|Master|Doctor|bachelor|master)(?:'?s)?(?: degree)? (?:of|in) )(.+)$"
);
pattern!(
    DIPLOMA_IN = r"(?i)^((?:advanced |graduate |higher |national |postgraduate |foundation )?(?:diploma|degree|certificate))(?: in)? (.+)$"
);
pattern!(
    UNIVERSITY_OF = r"(?:(?:,|\bat|\bfrom)\s+)?(?:the )?\b((?:Open |Technical )?(?:University|university) of (?:the )?[\w'’.-]+(?: [A-Z][\w'’-]+)*(?: at [A-Z][\w'’-]+)?)"
);
pattern!(
    FIELD_UNIVERSITY = r"(?:^|,\s*|\s)((?:(?:[A-Z][\w'’-]*\s){1,2})[Uu]niversity of (?:Applied |Medical |Natural |Creative )?(?:Technology|Sciences?|Engineering|Agriculture|Economics|Education|Business|Medicine|Health|Mines|Arts|Art)(?: (?:and|&) [A-Z]\w+)*)(?:\s*(?:,|\(|$))"
);
pattern!(
    X_UNIVERSITY = r"(?:^|[\s,(])((?:(?:National|Royal|Imperial|New|South|North|East|West|Al|San|Saint|St|Mahatma|Nnamdi)\s)?(?:[A-Z][\w'’&-]*\s)?(?:(?:City|Metropolitan|Technical|State|Business|Medical|Agricultural|Music|Art|Law|Open|Normal|National|Federal|Catholic|Christian|Pedagogical|Women's)\s)*(?:University|university|College|college|Institute|Polytechnic|Conservatoire|Academy|School)(?: (?:of|for) (?:[A-Z][\w'’-]*\s?(?:and )?)+| [A-Z][\w'’-]+)*)"
);
pattern!(
    SCHOOL_NEXT = r"^\s*(?:\([^()]*\))?\s*,\s*((?:[A-Z][\w'’&-]*\s){1,4}(?:University|College|Institute|Conservatoire|Academy))\s*(?:,[^,]*)?$"
);
pattern!(
    NO_SUBJECT = r"(?i)\b(?:due|running|expected|pending|follow|not|no|withdrew|left|only|never|first-year|1st year|passed|predicted|track|started|completed|finished|january|february|april|june|july|august|september|october|november|december)\b"
);
pattern!(AT = r"(?i)\s+(?:at|from|@)\s+(?:the )?");
pattern!(STUDY_MODE = r"(?i)[\s,(]+(?:distance learning|part-time|full-time|online|evening classes|night school)\)?$");

/// What a degree says of itself.
struct Degree {
    /// With its honours.
    name: String,
    /// "Computer Science"; empty when unknown.
    subject: String,
    /// "York"; empty when unknown.
    school: String,
    marks: Marks,
}

/// Whether an entry begins with the name of a degree.
pub(super) fn is_degree(text: &str) -> bool {
    head(text).is_some()
}

/// Whether an entry is the name of a school or university, perhaps with a grade.
pub(super) fn is_school(entry: &str) -> bool {
    let (_, rest) = Marks::take(entry);
    let rest = rest.replace(['(', ')'], "");
    let words = rest.split_whitespace().count();
    let names_itself = rest.split(' ').any(|word| INSTITUTION_WORDS.has(&word.to_lowercase()));
    let has_place = (2..5).contains(&words)
        && rest.split(' ').all(|word| word.starts_with(char::is_uppercase) && word.chars().all(char::is_alphabetic))
        && rest.split(' ').any(|word| spell::is_place(&word.to_lowercase()))
        && !rest.split(' ').any(|word| matches!(word, "Licence" | "Award" | "Certificate" | "Training" | "Council"));
    let is_state = words == 2 && rest.ends_with(" State") && rest.starts_with(char::is_uppercase);
    (1..8).contains(&words) && (is_place(&rest) || has_place || is_state || names_itself && !rest.contains("Level"))
}

/// Whether an entry is one word that can only be a name: "Marjon".
pub(super) fn is_lone_name(entry: &str) -> bool {
    let lower = entry.to_lowercase();
    !entry.contains(' ')
        && entry.len() > 3
        && entry.starts_with(char::is_uppercase)
        && entry.chars().skip(1).all(char::is_lowercase)
        && !spell::is_ordinary(&lower)
        && spell::software(&lower).is_none()
        && !spell::is_language(&lower)
}

/// Reads a degree that is held.
pub(super) fn read(text: &str) -> Option<(Kind, Words)> {
    let degree = parse(text)?;
    let from = if degree.school.is_empty() { String::new() } else { format!(" from {}", degree.school) };
    let thing = format!("{}{from}{}", named(&degree), degree.marks.text());
    Some((Kind::Award, Words::Thing(thing)))
}

/// A degree under way, with its article and its school, as it follows "I am studying for".
pub(super) fn studied(text: &str) -> Option<String> {
    let degree = parse(text)?;
    let at = if degree.school.is_empty() { String::new() } else { format!(" at {}", degree.school) };
    Some(format!("{}{at}", named(&degree)))
}

fn named(degree: &Degree) -> String {
    let is_taught_once = ["LPC", "GDL", "SQE", "BVC", "Bar Course"].contains(&degree.name.as_str());
    // "Bachelor of" goes on with its subject.
    let has_link = ["with ", "for ", "and "].iter().any(|word| degree.subject.to_lowercase().starts_with(word));
    let link = if degree.name.ends_with(" of") || degree.name.ends_with(" in") || has_link { "" } else { " in" };
    let subject = if degree.subject.is_empty() { String::new() } else { format!("{link} {}", degree.subject) };
    let whole = format!("{}{subject}", degree.name);
    if is_taught_once { format!("the {whole}") } else { with_article(&whole) }
}

/// The name at the beginning of a text, and the rest.
fn head(text: &str) -> Option<(String, &str)> {
    let text = text
        .strip_prefix("a ")
        .or_else(|| text.strip_prefix("an "))
        .or_else(|| text.strip_prefix("my "))
        .unwrap_or(text);
    if let Some(found) = OF.captures(text) {
        let at = found.get(2)?.start();
        return Some((found[1].trim().to_owned(), &text[at..]));
    }
    if let Some(rest) = text.strip_prefix("Access to HE") {
        return Some((
            "Access to HE Diploma".to_owned(),
            rest.trim_start_matches(" Diploma").trim_start_matches(" diploma"),
        ));
    }
    let longest = DEGREES
        .iter()
        .filter(|name| {
            text.strip_prefix(name)
                .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '\'' || c == '-'))
        })
        .max_by_key(|name| name.len());
    if let Some(name) = longest {
        let rest = text[name.len()..].trim_start();
        let honours = ["(Hons)", "(hons)", "Hons", "(Honours)", "Honours"];
        let (name, rest) = match honours.iter().find_map(|honours| rest.strip_prefix(honours)) {
            Some(rest) => (format!("{name} (Hons)"), rest),
            None => (name.to_owned(), rest),
        };
        return Some((name, rest.trim_start()));
    }
    let found = DIPLOMA_IN.captures(text)?;
    let at = found.get(2)?.start();
    let name = crate::facts::spelling::upper_first(&found[1].to_lowercase());
    Some((name, &text[at..]))
}

fn parse(text: &str) -> Option<Degree> {
    let (name, rest) = head(text)?;
    let lower = rest.to_lowercase();
    if lower.contains("thesis") || lower.contains("dissertation") || lower.contains("project") {
        return None;
    }
    let rest = STUDY_MODE.replace_all(rest, "");
    // Behind a comma a school needs no subject before it: "MPharm (2:1), Liverpool John Moores University".
    let names_school = SCHOOL_NEXT.captures(&rest).map(|found| found[1].trim().to_owned());
    let (marks, rest) = Marks::take(&rest);
    let mut rest = rest.strip_prefix("degree").map_or_else(|| rest.clone(), |rest| rest.trim_start().to_owned());
    for lead in ["in ", "all ", "degree in ", "of "] {
        if let Some(bare) = rest.strip_prefix(lead) {
            rest = bare.to_owned();
        }
    }
    let (mut brackets, rest) = bracketed(&rest);
    // Whose name tells its subject: "BArch Tehran Azad University".
    let tells_subject =
        ["BArch", "MArch", "MPharm", "LLB", "LLM", "MBA", "BVSc", "BDS", "MBBS", "MMath", "MPhys", "MChem", "PhD"];
    let names_school = names_school.or_else(|| {
        let is_school = ["university", "college", "institute"].iter().any(|noun| rest.to_lowercase().ends_with(noun));
        (is_school
            && tells_subject.contains(&name.as_str())
            && rest.split(' ').count() < 5
            && !rest.contains(['(', ','])
            && !rest.contains(" at ")
            && !rest.contains(" from "))
        .then(|| subject_case(&rest))
    });
    // The courses of lawyers have no subject: what follows is the school.
    let names_school = names_school.or_else(|| {
        let is_course = ["LPC", "GDL", "BVC", "Bar Course"].contains(&name.as_str());
        (is_course && !rest.is_empty() && !rest.contains(','))
            .then(|| ["at ", "from "].iter().find_map(|lead| rest.strip_prefix(lead)).unwrap_or(&rest).to_owned())
    });
    let (subject, mut school) = match names_school.filter(|school| !school.starts_with("University of")) {
        Some(school) => (String::new(), school),
        None => apart(&rest),
    };
    if school.is_empty()
        && let Some(at) = brackets.iter().position(|bracket| is_school(bracket) || is_place(bracket))
    {
        school = brackets.remove(at);
    }
    // What else stands in brackets is a detail of the course, such as its accreditation.
    let mut marks = marks;
    marks.brackets.splice(0..0, brackets.into_iter().filter(|bracket| bracket.split(' ').count() < 5));
    let subject = subject_of(&name, &subject);
    let is_sure = !NO_SUBJECT.is_match(&subject)
        && subject.split_whitespace().count() < 9
        && !subject.contains([':', ';', '=', '?']);
    let name = if name.starts_with("Diploma") && subject.is_empty() { "diploma".to_owned() } else { name };
    is_sure.then_some(Degree { name, subject, school: capitals(&school), marks })
}

/// The subject as a degree of this name words it.
fn subject_of(name: &str, typed: &str) -> String {
    let typed = typed.strip_prefix("the ").unwrap_or(typed);
    let titled = subject_case(typed.trim_matches([' ', ',', '-', '–', ':', '.']));
    let is_engineering = matches!(name, "BEng" | "MEng" | "BEng (Hons)" | "MEng (Hons)" | "HNC" | "HND" | "ONC");
    let titled = ["With ", "For ", "And "]
        .iter()
        .find_map(|word| titled.strip_prefix(word).map(|rest| format!("{}{rest}", word.to_lowercase())))
        .unwrap_or(titled);
    match titled.as_str() {
        "Mechanical" | "Electrical" | "Civil" | "Chemical" | "Electronic" | "Aerospace" | "Structural" | "Software"
            if is_engineering =>
        {
            format!("{titled} Engineering")
        }
        "Primary" | "Secondary" | "Early Years" if name.starts_with("PGC") || name.starts_with("PGD") => {
            format!("{titled} Education")
        }
        _ => titled,
    }
}

/// The contents of brackets, and what stands outside them.
fn bracketed(text: &str) -> (Vec<String>, String) {
    let mut brackets = Vec::new();
    let mut rest = text.to_owned();
    while let Some(open) = rest.find('(') {
        let close = rest[open..].find(')').map_or(rest.len(), |at| open + at);
        let inner = tidied(&rest[open + 1..close]);
        if !inner.is_empty() {
            brackets.push(inner);
        }
        rest.replace_range(open..(close + 1).min(rest.len()), "");
    }
    (brackets, tidied(&rest))
}

/// The subject and the school of "Computer Science, York", "Computer Science York", "Physics from the University of Leeds".
fn apart(text: &str) -> (String, String) {
    // "Kabul University of Medical Sciences": what stands behind "of" is a field, and the name begins before it.
    if let Some(found) = FIELD_UNIVERSITY.captures(text) {
        let all = found.get(1).map_or(0..0, |all| all.range());
        let subject = format!("{} {}", &text[..all.start], &text[all.end..]);
        return (tidied(&subject), found[1].to_owned());
    }
    if let Some(found) = UNIVERSITY_OF.captures(text) {
        let all = found.get(0).map_or(0..0, |all| all.range());
        let subject = format!("{} {}", &text[..all.start], &text[all.end..]);
        return (tidied(&subject), format!("the {}", found[1].replace("university", "University")));
    }
    if let Some(school) = text.strip_prefix("at ").or_else(|| text.strip_prefix("from ")) {
        return (String::new(), school.to_owned());
    }
    if let Some(found) = AT.find(text) {
        return (text[..found.start()].to_owned(), text[found.end()..].to_owned());
    }
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if let [subject, before @ .., school] = parts.as_slice() {
        let place = if before.is_empty() { (*school).to_owned() } else { [before, &[*school]].concat().join(", ") };
        return ((*subject).to_owned(), place);
    }
    if let [school] = parts.as_slice()
        && is_school(school)
        && !is_subject_and_school(school)
    {
        return (String::new(), (*school).to_owned());
    }
    if let Some(found) = X_UNIVERSITY.captures(text) {
        let all = found.get(1).map_or(0..0, |all| all.range());
        let subject = format!("{} {}", &text[..all.start], &text[all.end..]);
        return (tidied(&subject), found[1].to_owned());
    }
    let words: Vec<&str> = text.split(' ').collect();
    for start in 0..words.len() {
        let place = words[start..].join(" ");
        if is_place(&place) && words.len() - start < 4 {
            return (words[..start].join(" "), place);
        }
    }
    (text.to_owned(), String::new())
}

/// Whether a text names a school only at its end: "Physics Leeds University".
fn is_subject_and_school(text: &str) -> bool {
    let words = text.split(' ').count();
    words > 1
        && !is_place(text)
        && !text.ends_with(" Campus")
        && X_UNIVERSITY.captures(text).is_none_or(|found| found.get(1).is_some_and(|school| school.start() > 0))
}

fn is_place(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    let lower = bare.to_lowercase();
    UNIVERSITIES.iter().any(|name| name.to_lowercase() == lower)
        || (bare.starts_with(char::is_uppercase) && spell::is_place(&lower))
}

/// A school typed in small letters, with its capitals.
fn capitals(school: &str) -> String {
    let known = UNIVERSITIES.iter().find(|name| name.to_lowercase() == school.to_lowercase());
    match known {
        Some(_) if matches!(school, "Open University" | "open university" | "Open university") => {
            "the Open University".to_owned()
        }
        Some(known) => known.to_owned(),
        None if school.eq_ignore_ascii_case("open university") => "the Open University".to_owned(),
        None if school.starts_with("the ") => school.to_owned(),
        None => spell::name(school),
    }
}
