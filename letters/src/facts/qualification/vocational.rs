//! Vocational awards: NVQs, BTECs, levels of awarding bodies, certificates, prizes.

use super::marks::{Marks, subject_case, tidied};
use crate::facts::article::with_article;
use crate::facts::fact::{Kind, Words};
use crate::pattern::pattern;
use crate::words::list;

list!(HELD = "qualification/held");
list!(BODIES = "qualification/awarding_bodies");
list!(TRAINING_LEVELS = "qualification/training_levels");

pattern!(SHORT_LEVEL = r"(?i)\b(?:L|lvl|lev\.?|level)[\s-]?([1-8])\b");
pattern!(GUILDS = r"(?i)\bC ?[&+] ?G\b");
// "City & Guilds 6035 Level 3": the number of a course is no subject.
pattern!(NUMBERED = r"^(City & Guilds \d{4}(?:-\d+)?),? (Level [1-8])$");
pattern!(ONLY_NUMBERED = r"^City & Guilds \d{4}(?:-\d+)?(?: and \d{4}(?:-\d+)?)*$");
pattern!(T_LEVEL = r"(?i)^T[ -]levels? (?:in )?(.+)$");
// "barbering VTCT": the body behind what it awards.
pattern!(
    BODY_LAST = r"^(.*\S),? (VTCT|CACHE|NCFE|City & Guilds|Active IQ|YMCA|ITEC|OCR|NOCN|HABC|CIEH|Highfield|Edexcel|Pearson|EAL|IMI)$"
);
pattern!(
    BODY_AND_FIGURE = r"\b(NVQ|SVQ|BTEC|CACHE|ILM|CMI|AAT|CIPD|ESOL|NCFE|VTCT|WSET|wset|nvq|svq|btec)s?[\s-]?([1-8])\b"
);
pattern!(LEVEL_FIRST = r"\b(Level [1-8]) (NVQ|SVQ|BTEC)\b");
pattern!(NVQ = r"^(?:an? )?(NVQ|SVQ)(?: (Level [1-8]))?(?:\s+(?:in |- ?)?(.+))?$");
pattern!(NVQ_LAST = r"^(?:(Level [1-8]) )?(.+?) (NVQ|SVQ)(?: (Level [1-8]))?$");
pattern!(
    BTEC = r"^(?:an? )?BTEC(?: ((?i:Extended Diploma|Extended Certificate|National Diploma|National Certificate|Subsidiary Diploma|First Diploma|National|Award|Diploma)))?(?: (Level [1-8]))?(?:\s+(?:in )?(.+?))?(?: (Level [1-8]))?$"
);
pattern!(BTEC_FIRST = r"(?i)^BTEC first(?: in)? ([a-z][a-z &]+)$");
pattern!(BTEC_LAST = r"^(?:(Level [1-8]) )?(.+?) BTEC(?: (Level [1-8]))?$");
pattern!(LEVEL = r"^(Level [1-8])(?:\s+(.+))?$");
pattern!(LEVEL_LAST = r"^(.+?),? (Level [1-8])$");
pattern!(
    NOUN_FIRST =
        r"(?i)^(certificate|diploma|award|apprenticeship|extended diploma|national diploma)\b(?: in| of)? ?(.*)$"
);
pattern!(
    NOUN_LAST = r"(?i)^(.+) (certificate|certificates|diploma|award|apprenticeship|extended diploma|national diploma|foundation diploma|qualification|licence|ticket|card)$"
);
pattern!(PRIZE = r"(?i)\b(prize|medal|scholarship|bursary|employee of the (?:month|year)|award winner)\b");
pattern!(AWARDED = r"(?i)^(?:awarded|winner of|won) (?:the |a )?");
pattern!(GRADED = r"(?i)^grade ([1-8]) (?:in )?(.+)$");
pattern!(BRACKET = r"\s*\(([^()]*)\)\s*");
// Words that no name of a certificate holds: it was not read surely.
pattern!(
    UNSURE = r"(?i)\b(?:no|not|yes|done|working|towards|starting|studying|sent|application|enrolled|learning|out|runs|left|want|wants|pending|follow|follows|due|booked|passed|now|only|until|till|half|got|did|was|were|is|are|have|has|my|need|needs|would|time|waiting|available|letter|reg|fa|will|apply|through|but|credits|still|registered|withdrew|points|results?|days?|applied|renewed|renew|number)\b|\b\d+%|[–—]|\d of \d"
);
pattern!(CEFR = r"^[ABC][12](?:$|[\s,(])");
pattern!(GRADES_ONLY = r"^(?:A\*?A\*?[A-C]\*?|AB[B-D]|B[BC][BCD]|CC[CD]|DDD)$");
pattern!(CITIZEN = r"(?i)\b(?:citizen|ILR|settled|national|resident)\b|^(?:british|irish)$");
pattern!(COUNTED = r"(?i)\b(?:licen[cs]e|award|certificate|card|badge|medal|trophy)(?: to \w+)?$");
pattern!(NO_DETAIL = r"(?i)^(?:distance learning|online|part-time|full-time|evening classes|old style|equivalent)$");

/// The text with its levels written in one way: "L3", "NVQ2" and "Level 2 NVQ" are "Level 3" and "NVQ Level 2".
pub fn levels(text: &str) -> String {
    let text = BODY_AND_FIGURE
        .replace_all(text, |found: &regex::Captures| format!("{} Level {}", found[1].to_uppercase(), &found[2]));
    let text = GUILDS.replace_all(&text, "City & Guilds");
    let text = SHORT_LEVEL.replace_all(&text, "Level $1");
    LEVEL_FIRST
        .replace_all(&text, "$2 $1")
        .replace("C&G ", "City & Guilds ")
        .replace("C+G ", "City & Guilds ")
        .replace("City and Guilds", "City & Guilds")
        .replace("C and G ", "City & Guilds ")
        .replace("city and guilds", "City & Guilds")
        .replace("City and guilds", "City & Guilds")
}

// "NVQ Level 2, 3 Care", "NVQ Level 1, 2 and 3".
pattern!(
    LEVELS = r"^(?:an? )?((?:NVQ|SVQ|AAT|ILM|CMI|BTEC) )?Levels? ([1-8])((?:\s*(?:,|&|\+|/|and)\s*(?:and )?[1-8]\b)+)(?:\s+(?:in )?(.+))?$"
);
pattern!(NEXT_LEVEL = r"^(?:and )?[1-8](?:\s+[A-Za-z].*)?$");
pattern!(ENDS_IN_LEVEL = r"(?:^|\s)(?:NVQ |SVQ )?Levels? [1-8](?:, [1-8])*$");

/// Whether an entry goes on with the levels before it: "3 Care" behind "NVQ Level 2".
pub(super) fn lists_levels(group: &str, entry: &str) -> bool {
    ENDS_IN_LEVEL.is_match(group) && NEXT_LEVEL.is_match(entry)
}

/// A course that its number names, or several levels of one subject.
fn numbered(text: &str) -> Option<String> {
    // "First" is a kind of BTEC rather than a grade.
    if let Some(found) = BTEC_FIRST.captures(text) {
        return Some(format!("a BTEC First{}", in_subject(&found[1])));
    }
    let found = NUMBERED.captures(text).map(|found| format!("{} at {}", &found[1], &found[2]));
    found.or_else(|| several_levels(text))
}

/// "NVQ Levels 2 and 3 in Care"
fn several_levels(text: &str) -> Option<String> {
    let found = LEVELS.captures(text)?;
    let body = found.get(1).map_or("", |body| body.as_str());
    let mut all = vec![found[2].to_owned()];
    all.extend(found[3].chars().filter(char::is_ascii_digit).map(|level| level.to_string()));
    let subject = found.get(4).map_or_else(String::new, |subject| format!(" in {}", subject_case(subject.as_str())));
    Some(format!("{body}Levels {}{subject}", crate::facts::list::joined(&all)))
}

/// The awarding body that an entry names, for a bare level behind it.
pub(super) fn body(text: &str) -> Option<String> {
    let text = levels(&crate::facts::spell::put_names_right(text));
    BODIES.iter().find(|body| text.starts_with(&format!("{body} Level"))).map(str::to_owned)
}

/// "Level 3" behind "AAT Level 2" is AAT Level 3.
pub(super) fn bare_level(text: &str, body: Option<&str>) -> Option<(Kind, Words)> {
    let is_bare = LEVEL.captures(text).is_some_and(|found| found.get(2).is_none());
    body.filter(|_| is_bare).map(|body| (Kind::Award, Words::Thing(format!("{body} {text}"))))
}

/// Reads an NVQ, a BTEC, or a level.
pub(super) fn read(text: &str) -> Option<(Kind, Words)> {
    if let Some(found) = numbered(text) {
        return Some((Kind::Award, Words::Thing(found)));
    }
    let (bracket, outside) = detail(text);
    let (marks, rest) = Marks::take(&outside);
    let behind = Marks::behind(&marks, bracket.as_deref());
    let thing = |text: String| Some((Kind::Award, Words::Thing(format!("{text}{behind}"))));
    let group = |found: &regex::Captures, at: usize| {
        found.get(at).map_or_else(String::new, |text| text.as_str().trim().to_owned())
    };
    let spaced = |text: String| if text.is_empty() { text } else { format!(" {text}") };
    if let Some(found) = NVQ.captures(&rest) {
        return thing(with_article(&format!(
            "{}{}{}",
            &found[1],
            spaced(group(&found, 2)),
            in_subject(&group(&found, 3))
        )));
    }
    if let Some(found) = NVQ_LAST.captures(&rest) {
        let level = format!("{}{}", group(&found, 1), group(&found, 4));
        return thing(with_article(&format!("{}{}{}", &found[3], spaced(level), in_subject(&found[2]))));
    }
    if let Some(found) = BTEC.captures(&rest) {
        let level = format!("{}{}", group(&found, 2), group(&found, 4));
        let kind = subject_case(&group(&found, 1));
        let name = format!("BTEC{}{}", spaced(kind), spaced(level));
        return thing(with_article(&format!("{name}{}", in_subject(&group(&found, 3)))));
    }
    if let Some(found) = BTEC_LAST.captures(&rest) {
        let level = format!("{}{}", group(&found, 1), group(&found, 3));
        return thing(with_article(&format!("BTEC{}{}", spaced(level), in_subject(&found[2]))));
    }
    if let Some(body) = BODIES.iter().filter(|body| rest.starts_with(&format!("{body} "))).max_by_key(|body| body.len())
        && let Some(found) = LEVEL.captures(&rest[body.len() + 1..])
    {
        let subject = group(&found, 2);
        if subject.starts_with("and ") {
            return None;
        }
        let level = format!("{body} {}", &found[1]);
        if let Some(noun) = NOUN_FIRST.captures(&subject) {
            return thing(with_article(&format!(
                "{level} {}{}",
                subject_case(&noun[1].to_lowercase()),
                in_subject(&noun[2])
            )));
        }
        let subject = subject.strip_prefix("in ").unwrap_or(&subject);
        if is_person(subject) {
            return thing(format!("{level} {}", subject_case(subject)));
        }
        return thing(format!("{level}{}", in_subject(subject)));
    }
    if let Some(found) = LEVEL.captures(&rest) {
        return level(&found[1], &group(&found, 2)).and_then(thing);
    }
    let found = LEVEL_LAST.captures(&rest)?;
    let name = found[1].to_owned();
    if name.contains("Level ") {
        return None;
    }
    if let Some(subject) = name.strip_prefix("City & Guilds ") {
        return thing(format!("City & Guilds {}{}", &found[2], in_subject(subject)));
    }
    if name.split(' ').next().is_some_and(|first| first.chars().filter(|c| c.is_uppercase()).count() > 1) {
        return thing(format!("{name} {}", &found[2]));
    }
    level(&found[2], &name).and_then(thing)
}

/// The subject behind its preposition, and the college that taught it: " in Construction Skills from Milton Keynes College".
fn in_subject(subject: &str) -> String {
    let subject = subject_case(subject).replace(" From ", " from ").replace(" At ", " at ");
    if subject.is_empty() {
        return subject;
    }
    let words: Vec<&str> = subject.split(' ').collect();
    let is_college = matches!(words.last(), Some(&("College" | "University" | "Academy" | "Institute")));
    if !is_college || words.len() < 3 || subject.contains(" from ") || subject.contains(" at ") {
        return format!(" in {subject}");
    }
    let is_place = |text: &str| crate::facts::spell::is_place(&text.to_lowercase());
    let end = words.len() - 1;
    let start = (1..end.min(4))
        .map(|back| end - back)
        .find(|start| is_place(&words[*start..end].join(" ")) || is_place(words[*start]));
    let at = start.unwrap_or(end - 1);
    format!(" in {} from {}", words[..at].join(" "), words[at..].join(" "))
}

/// What a level of a subject is called.
fn level(level: &str, subject: &str) -> Option<String> {
    let subject = subject.strip_prefix("in ").unwrap_or(subject);
    let lower = subject.to_lowercase();
    // "TA" names the holder as "Teaching Assistant" does.
    let subject = if lower == "ta" { "Teaching Assistant" } else { subject };
    if subject.is_empty() || subject.split_whitespace().count() > 8 {
        return None;
    }
    if TRAINING_LEVELS.has(&lower) {
        return Some(format!("{level} {}", subject_case(subject)));
    }
    if let Some(noun) = NOUN_FIRST.captures(subject) {
        let rest = match &noun[2] {
            "" => String::new(),
            subject if subject.starts_with("for ") || subject.starts_with("with ") => format!(" {subject}"),
            subject if subject.starts_with("the ") => format!(" in {subject}"),
            subject => format!(" in {}", subject_case(subject)),
        };
        return Some(with_article(&format!("{level} {}{rest}", subject_case(&noun[1].to_lowercase()))));
    }
    if let Some(noun) = NOUN_LAST.captures(subject) {
        if TRAINING_LEVELS.has(&noun[1].to_lowercase()) {
            return Some(format!("{level} {}", subject_case(&noun[1])));
        }
        if is_capitals(&noun[1]) {
            return Some(format!("a {level} {} {}", &noun[1], noun[2].to_lowercase()));
        }
        return Some(with_article(&format!("{level} {} in {}", noun[2].to_lowercase(), subject_case(&noun[1]))));
    }
    if is_person(subject) {
        return Some(format!("the {level} {} qualification", subject_case(subject)));
    }
    Some(format!("a {level}{}", in_subject(subject)))
}

/// Reads a certificate by its name, or any short name with capitals of its own.
pub(super) fn named(text: &str) -> Option<(Kind, Words)> {
    let (bracket, outside) = detail(text);
    let (marks, rest) = Marks::take(&outside);
    let detail = bracket.as_ref().map_or_else(String::new, |detail| format!(" ({detail})"));
    let behind = Marks::behind(&marks, bracket.as_deref());
    let lower = rest.to_lowercase();
    let thing = |text: String| Some((Kind::Award, Words::Thing(text)));
    if let Some(held) = HELD.pair_of(&lower) {
        return thing(format!("{held}{behind}"));
    }
    let words = rest.split_whitespace().count();
    let first = rest.split(' ').next().unwrap_or_default();
    // "English C1 (IELTS 7.5)"
    if let Some((name, level)) =
        text.split_once(' ').filter(|(name, _)| crate::facts::spell::is_language(&name.to_lowercase()))
        && CEFR.is_match(level)
    {
        return Some((Kind::Language, Words::Thing(format!("{name} at {} level", &level[..2]))));
    }
    let is_date = super::status::is_month(first);
    if is_date || !(1..9).contains(&words) || rest.contains([':', '=', '?']) || lower.starts_with("exemption") {
        return None;
    }
    if ONLY_NUMBERED.is_match(&rest) {
        return thing(format!("{rest}{behind}"));
    }
    if let Some(found) = T_LEVEL.captures(&rest) {
        return thing(format!("a T Level in {}{behind}", subject_case(&found[1])));
    }
    if let Some(subject) = rest.strip_prefix("City & Guilds ").filter(|subject| !subject.contains("Level ")) {
        return thing(format!("a City & Guilds qualification in {}{}", subject_case(subject), marks.text()));
    }
    if let Some(found) = GRADED.captures(&rest) {
        return thing(format!("Grade {} in {}{detail}", &found[1], found[2].to_lowercase()));
    }
    if let Some((name, mark)) = rest.split_once(' ')
        && let Some(held) = HELD.pair_of(&name.to_lowercase())
        && mark.chars().all(|c| c.is_ascii_digit() || ".,/".contains(c))
    {
        return thing(format!("{held} ({})", mark.replace(',', ".")));
    }
    if PRIZE.is_match(&rest) {
        return Some((Kind::Award, Words::Clause(won(&AWARDED.replace(&rest, ""), &marks))));
    }
    if let Some(found) = NOUN_LAST.captures(&rest) {
        return thing(certificate(&found[1], &found[2].to_lowercase(), bracket.as_deref(), &marks));
    }
    let has_capitals = rest.split(' ').any(is_capitals) || crate::facts::spell::is_name(first);
    let is_sure = has_capitals && words < 7 && !rest.contains(" and ") && !UNSURE.is_match(&rest);
    let is_named_well = rest.starts_with(char::is_uppercase) && words > 1 && rest.contains(|c: char| c.is_lowercase());
    if super::degree::is_school(&rest) || GRADES_ONLY.is_match(&rest) || CITIZEN.is_match(&rest) {
        return None;
    }
    let named = if is_named_well { rest.clone() } else { subject_case(&rest) };
    // "ROMS score 2 mobility scorer" names the holder.
    let is_course = ["course", "training", "certificate", "programme", "units", "plus", "award"]
        .iter()
        .any(|word| lower.split(' ').any(|found| found == *word));
    let is_holder = words > 1
        && !is_course
        && !lower.ends_with('s')
        && !lower.contains(" for ")
        && !lower.contains(" by ")
        && crate::facts::lexicon::is_role(&rest.rsplit(' ').next().unwrap_or_default().to_lowercase());
    if is_sure && is_holder && !lower.starts_with("cscs") {
        return Some((Kind::Award, Words::Clause(format!("I am {}{behind}", with_article(&named)))));
    }
    let named = if COUNTED.is_match(&named) { with_article(&named) } else { named };
    is_sure.then(|| (Kind::Award, Words::Thing(format!("{named}{behind}"))))
}

/// "I won the undergraduate prize in 2025".
fn won(prize: &str, marks: &Marks) -> String {
    let year = marks
        .brackets
        .iter()
        .find(|mark| mark.ends_with(|c: char| c.is_ascii_digit()) && !mark.contains([':', '.', '/']))
        .map_or_else(String::new, |year| format!(" in {year}"));
    if prize.to_lowercase().starts_with("employee") {
        format!("I was named {}{year}", subject_case(prize))
    } else {
        format!("I won the {prize}{year}")
    }
}

/// A certificate that is named by its body, or by its subject: the former is a name, the latter a description.
fn certificate(name: &str, noun: &str, bracket: Option<&str>, marks: &Marks) -> String {
    let is_one_name = |text: &str| text.split(' ').count() == 1 && text.starts_with(char::is_uppercase);
    let from = match bracket {
        Some(school) if super::degree::is_school(school) || is_one_name(school) => format!(" from {school}"),
        Some(detail) => format!(" ({detail})"),
        None => String::new(),
    };
    let is_named = name.split(' ').next().is_some_and(is_capitals);
    let behind = format!("{from}{}", marks.text());
    match (is_named, noun) {
        (true, "certificates") => format!("{name} {noun}{behind}"),
        (true, "certificate") => format!("the {}{behind}", subject_case(&format!("{name} {noun}"))),
        (true, _) => with_article(&format!("{}{behind}", subject_case(&format!("{name} {noun}")))),
        (false, _) => with_article(&format!("{name} {noun}{behind}")),
    }
}

/// What stands in brackets, if a letter should say it, and the rest.
fn detail(text: &str) -> (Option<String>, String) {
    let Some(found) = BRACKET.captures(text) else {
        let body = BODY_LAST.captures(text).filter(|found| found[1].contains("Level "));
        return body.map_or_else(|| (None, text.to_owned()), |found| (Some(found[2].to_owned()), found[1].to_owned()));
    };
    let inner = found[1].trim().to_owned();
    let (marks, rest) = Marks::take(&inner);
    // A grade or a year in brackets is read with the rest.
    if rest.is_empty() || marks.with.is_some() || !marks.brackets.is_empty() && rest.split(' ').count() < 2 {
        return (None, format!("{} {inner}", BRACKET.replace(text, " ").trim()));
    }
    let kept = (!NO_DETAIL.is_match(&inner) && inner.split(' ').count() < 5).then_some(inner);
    (kept, tidied(&BRACKET.replace(text, " ")))
}

/// A certificate whose name a list has.
pub(super) fn listed(text: &str) -> Option<(Kind, Words)> {
    let lower = text.to_lowercase();
    let words = [
        "award",
        "belt",
        "celta",
        "tefl",
        "prince2",
        "nebosh",
        "iosh",
        "ecdl",
        "comptia",
        "istqb",
        "certificate",
        "cert",
    ];
    let names_itself = lower.split(' ').any(|word| words.contains(&word));
    HELD.pair_of(&lower).filter(|_| names_itself).map(|held| (Kind::Award, Words::Thing(held.to_owned())))
}

/// Whether a subject names the holder: "Early Years Practitioner".
fn is_person(subject: &str) -> bool {
    subject.rsplit(' ').next().is_some_and(crate::facts::lexicon::is_role) && subject.contains(' ')
}

/// Whether a word is an abbreviation.
fn is_capitals(word: &str) -> bool {
    word.chars().filter(|c| c.is_uppercase()).count() > 1
}
