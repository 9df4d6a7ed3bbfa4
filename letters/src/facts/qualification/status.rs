//! Tells what is held from what is booked, due, under way, applied for, or predicted.

use super::marks::when;
use super::{degree, licence, school};
use crate::facts::fact::{Kind, Words};
use crate::facts::spelling::lower_first;
use crate::facts::time::THIS_YEAR;
use crate::pattern::pattern;

const MONTH: &str = "(?:january|february|march|april|may|june|july|august|september|october|november|december)";

pattern!(
    VALIDITY = concat!(
        r"(?i)[\s,;(–—-]+(?:(?:acs |still )?(?:exp\.?|due to expire|expires?|expiring|expiry|valid|renewed|renewing|renews?|renewal|(?:all )?in date|(?:all )?up to date|runs? out|good)(?:\s+(?:to|until|till|in|next|for)?\s*[\w/. ]+)?",
        r"|(?:to|until|till) (?:[a-z]{3,9} )?20\d\d)\)?$",
    )
);
pattern!(ONLY_VALIDITY = r"(?i)^(?:exp\.?|expires?|expiring|expiry|valid|renewed|renews?|in date|runs? out)\b.{0,24}$");
pattern!(
    LAPSED = r"(?i)\b(?:exp\.?|expires?|expired|expiry|valid|runs? out|ran out)\s+(?:to |until |till |in )?(?:[a-z]{3,9} )?(20\d\d)\b"
);
pattern!(
    PASSED = r"(?i)[\s,(-]+(?:(?:just )?passed|obtained|achieved|completed|complete|done|gained|holder|held|qualified|attained|awarded|certified|trained|current|up to date|in date|active|pass)\)?$|^(?:passed|completed|achieved|obtained|holds?|holding|qualified as|qualified|certified|current|full member of)\s+(?:in |as )?(?:a |an |the |my )?"
);
pattern!(BOOKED = r"(?i)^(.*?)[\s,(-]+(?:is |already |now )?booked(?: in)?(?: for| on| in)?\s*(.*?)\)?$");
pattern!(SAT = r"(?i)^(.*?)[\s,(]+(?:sat|taken)(?: in| on)?\s+(.*?)\)?$");
pattern!(AVERAGE = r"(?i)^((?:[\w-]+ ){0,3})average(?: of)? (\d{2})\s?%$");
pattern!(DUE = r"(?i)^(.*?)[\s,(-]+(?:is |are )?(?:due|expected)(?: in| on| by)?\s+(.*?)\)?$");
pattern!(
    AWAITED = r"(?i)^(.*?)[\s,(-]+(?:is |are )?(?:pending|awaited|awaiting(?: results?)?|on the way|being processed|in process)\)?$|^(?:awaiting|waiting for|waiting on|pending)\s+(?:my )?(.*)$"
);
pattern!(
    APPLIED = r"(?i)^(.*?)[\s,(-]+applied(?: for)?\)?$|^(.*?)[\s,(-]+applic?ation (?:is )?(?:sent|in|made|submitted|done|under way|pending)\)?$|^applied for\s+(?:my |a |an )?(.*)$"
);
pattern!(STARTING = r"(?i)^(?:starting|start|due to start|begin|beginning)\s+(.*?)\s+((?:in|on|this|next)\s.*)$");
pattern!(ONLY_STARTING = r"(?i)^(?:starting|about to start|due to start|beginning) (?:a |an |the |my )?(.+)$");
pattern!(
    PREDICTED = r"(?i)^(.*?)[\s,(-]*\b(?:predicted|on track for|on course for|heading for|expecting|expected)(?: to get| grades?:?| a)?\s+(?:a |an )?(.*?)\)?$"
);
pattern!(
    UNDER_WAY = concat!(
        r"(?i)[\s,(–-]+(?:currently )?(?:in progress|working towards|working toward|(?:in )?(?:my )?(?:final|last|first|second|third|1st|2nd|3rd) year|ongoing|under way|underway|started|doing now|in training|part way through|halfway through|half way through|nearly finished|nearly done|almost done|almost finished|enrolled|studying|studying now|currently|current|now|to be completed|being completed|year \w+ of \w+)(?:\s+(?:in |this |last )?\w+(?: \d{4})?)?\)?$",
        r"|^(?:currently |now |i am |am |half way through |halfway through )*(?:studying|working towards|working toward|doing|completing|taking|enrolled on|enrolled for|enrolled in|studying for|studying towards|halfway through|half way through|in the middle of|started|just started|part way through|in my (?:final|first|second|third|last) year of|(?:final|first|second|third|last)[ -]year of)\s+(?:for |towards |my |a |an |the )*",
    )
);
pattern!(
    FINISH = r"(?i)[\s,;(–-]+(?:i )?(?:graduating|graduate|graduates|finishing|finish|finishes|ends?|ending|completing|completes?|completion|expected completion|to be completed|expected(?: to finish| graduation)?|until)(?: in| by| on)?\s+([\w: ]+?)\)?$"
);
pattern!(ONLY_FINISH = r"(?i)^(?:graduating|graduate|finishing|finish)(?: in| by| on)?\s+(.+)$");
pattern!(
    ONLY_PLACED = r"(?i)^(in|this|next)\s+(?:the\s+)?(summer|june|may|january|november|autumn|spring)(\s+\d{4})?$"
);
pattern!(
    EVENT = concat!(
        r"(?i)^(.*?\b(?:exam|exams|test|viva|assessment|interview|finals|resit)\b)[\s,(]*(?:is |are )?(?:on |in |for )?((?:\d{1,2}(?:st|nd|rd|th)? )?(?:early |late |mid )?",
        r"(?:january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|winter|next \w+)(?: \d{4})?)\)?$",
    )
);
pattern!(
    BRACKETED_EVENT =
        r"(?i)^(.*?)\s*\(((?:\w+ )?(?:exam|test|viva|assessment))\s+(?:on |in |booked for |booked )?(.*?)\)$"
);
pattern!(
    SITTING = r"(?i)^(?:(.*?)[\s,(–-]+)?(?:to sit|sits?|sitting|taking|resitting|resit) (?:my |the )?(.+?) ((?:on |in |next |this )?(?:\d{1,2}(?:st|nd|rd|th)? )?(?:january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|winter)(?: \d{4})?)\)?$"
);
pattern!(
    SUBMITTED =
        r"(?i)^(.*?)[\s,(–-]+(?:thesis )?submitted(?:[\s,]+(?:and )?(viva) (?:in |on |is in |is on )?(.*))?\)?$"
);
pattern!(
    TIME = r"(?i)^(?:graduating|graduate|finishing|finish|ends?|ending|expected|predicted|due|to be (?:sat|taken|completed|awarded)|passed|in progress|doing now|studying|completed?|awarded|qualified|class of|p/t|part-time|ongoing|viva|started|submitted|thesis submitted)\b"
);
pattern!(PART_TIME = r"(?i)[\s,(]+(p/t|part-time|part time|distance learning|evening classes|online)\)?");
pattern!(RESULT = r"(?i)^(?:result|results|viva|exam|interview)\b");
pattern!(
    RESULT_AWAITED = r"(?i)^(.*?)[\s,;(–-]+(?:(?:awaiting|waiting for|waiting on) (?:my |the |final )?(?:results?|grades?|marks?)|(?:results?|grades?|marks?) (?:pending|awaited|to come|due(?: in| on)? [\w ]+))\)?$"
);

/// The text without the day until which a licence is good: one that has run out is told by another rule.
pub(super) fn without_validity(text: &str) -> String {
    VALIDITY.replace(text, "").into_owned()
}

/// Whether an entry only tells until when the one before it is good.
pub(super) fn is_validity(entry: &str) -> bool {
    ONLY_VALIDITY.is_match(entry)
}

/// Whether an entry names a year in which it ran out.
pub(super) fn has_lapsed(entry: &str) -> bool {
    LAPSED.captures(entry).is_some_and(|found| found[1].parse::<u32>().is_ok_and(|year| year < THIS_YEAR))
}

/// The text without words that only say that it is held.
pub(super) fn without_passed(text: &str) -> String {
    PASSED.replace(text, "").into_owned()
}

/// The text without words that say that it is under way.
pub(super) fn without_progress(text: &str) -> String {
    UNDER_WAY.replace_all(text, "").into_owned()
}

/// Whether an entry tells when the qualification before it is finished, or how far it is.
pub(super) fn is_time(entry: &str) -> bool {
    TIME.is_match(entry) && !school::is_school(entry) && !entry.contains(" Level ")
}

/// Whether an entry tells what became of the qualification before it; it may not stand alone.
pub(super) fn is_result(entry: &str) -> bool {
    RESULT.is_match(entry) && entry.split(' ').count() < 3 || RESULT_AWAITED.is_match(&format!("x {entry}"))
}

/// Reads a qualification that is not held yet; `held` reads one as if it were.
pub(super) fn read(text: &str, held: &dyn Fn(&str) -> Option<(Kind, Words)>) -> Option<(Kind, Words)> {
    let due = |clause: String| Some((Kind::Due, Words::Clause(clause)));
    // Until the result is known, the degree is not held.
    if let Some(study) = RESULT_AWAITED.captures(text).and_then(|found| degree::studied(&found[1])) {
        return due(format!("I have completed {study} and am waiting for my result"));
    }
    if let Some(found) = BOOKED.captures(text) {
        let (what, date) = (mine(&found[1])?, found[2].trim());
        return due(if date.is_empty() { format!("{what} booked") } else { format!("{what} booked for {date}") });
    }
    if let Some(found) = BRACKETED_EVENT.captures(text) {
        let what = mine(&format!("{} {}", &found[1], &found[2]))?;
        return due(format!("{what} {}", when(&found[3])));
    }
    if let Some(found) = SUBMITTED.captures(text) {
        let what = lower_first(found[1].trim_end_matches([' ', '-', ',']));
        let what = if degree::is_degree(&what) { what.replacen(' ', " thesis ", 1) } else { what };
        let viva = found.get(3).map_or_else(String::new, |date| format!(", and my viva is {}", when(date.as_str())));
        return due(format!("I have submitted my {what}{viva}"));
    }
    if let Some(found) = SAT.captures(text) {
        let (date, awaits) = match found[2].split_once(',') {
            Some((date, rest)) if rest.to_lowercase().contains("await") => (date, " and am awaiting the result"),
            _ => (&found[2], ""),
        };
        return due(format!("I sat {} {}{awaits}", found[1].trim(), when(date)));
    }
    if let Some(found) = AVERAGE.captures(text) {
        let lead = found[1]
            .replace("third year", "third-year")
            .replace("second year", "second-year")
            .replace("first year", "first-year")
            .to_lowercase();
        return Some((
            Kind::Grade,
            Words::Clause(format!("my {} average is {}%", lead.trim(), &found[2]).replace("my  ", "my ")),
        ));
    }
    if let Some(found) = SITTING.captures(text) {
        let name = found.get(1).map_or("", |name| name.as_str().trim());
        let what = [name, &found[2]].join(" ");
        return due(format!("I sit my {} {}", what.trim(), when(&found[3])));
    }
    if let Some(found) = EVENT.captures(text) {
        return due(format!("{} {}", mine(&found[1])?, when(&found[2])));
    }
    if let Some(found) = STARTING.captures(text) {
        return due(format!("I start {} {}", &found[1], &found[2]));
    }
    if let Some(found) = ONLY_STARTING.captures(text) {
        return due(format!("I am starting {}", worked_for(&found[1], held)?));
    }
    if let Some(found) = APPLIED.captures(text) {
        let what = (1..4).find_map(|at| found.get(at))?.as_str();
        return (!what.is_empty())
            .then(|| (Kind::Due, Words::Clause(format!("I have applied for {}", licence::registration(what)))));
    }
    if let Some(found) = AWAITED.captures(text).filter(|_| !degree::is_degree(text)) {
        let what = found.get(1).or_else(|| found.get(2))?.as_str();
        if what.ends_with("patents") || what.ends_with("patent") {
            return due(format!("I have {what} pending"));
        }
        let what = licence::registration(what);
        return due(format!("I am waiting for my {}", lower_first(what.strip_prefix("my ").unwrap_or(&what))));
    }
    predicted(text).or_else(|| finishing(text, held)).or_else(|| under_way(text, held)).or_else(|| {
        let found = DUE.captures(text)?;
        let what = mine(&found[1])?;
        due(format!("{what} due {}", when(&found[2])))
    })
}

/// "CSCS test" becomes "my CSCS test is".
pub(super) fn mine(what: &str) -> Option<String> {
    let what = what.trim_matches([' ', ',', '(', '-', '–', ':']);
    let last = what.rsplit(' ').next()?;
    // "The remaining two" of what another entry names.
    let first = what.split(' ').next().unwrap_or_default().to_lowercase();
    if matches!(first.as_str(), "remaining" | "rest" | "next" | "both" | "other" | "others" | "two" | "part") {
        return None;
    }
    let is_many =
        last.ends_with('s') && !last.ends_with("ss") && last.chars().any(char::is_lowercase) && last.len() > 3;
    let what = what.strip_prefix("my ").unwrap_or(what);
    // "Transport Manager CPC" is a name, "Driving test" is none.
    let is_name = what
        .split(' ')
        .nth(1)
        .is_some_and(|word| word.starts_with(char::is_uppercase) && !word.chars().skip(1).any(char::is_uppercase));
    let what = if is_name { what.to_owned() } else { lower_first(what) };
    (!what.is_empty()).then(|| format!("my {what} {}", if is_many { "are" } else { "is" }))
}

fn predicted(text: &str) -> Option<(Kind, Words)> {
    let found = PREDICTED.captures(text)?;
    let (what, grade) = (found[1].trim_matches([' ', ',', '(', '-', '–', ':']), found[2].trim());
    // "2:1 June": the month is when the degree ends.
    let month = grade.rsplit_once(' ').filter(|(before, last)| is_month(last) && !before.contains("20"));
    let finish = month.map_or_else(String::new, |(_, month)| format!(", finish {}", when(month)));
    let grade = month.map_or(grade, |(before, _)| before.trim_end_matches([',', ' ']));
    let is_date = grade.contains("20")
        || grade
            .split(' ')
            .next()
            .is_some_and(|first| is_month(first) || matches!(first, "next" | "this" | "early" | "late"));
    if grade.is_empty() || is_date {
        return None;
    }
    let grades = grades(grade.split(" (").next().unwrap_or(grade));
    if what.is_empty() {
        return Some((Kind::Grade, Words::Clause(format!("I am predicted {grades}"))));
    }
    if school::is_school(what) {
        let (_, words) = school::read(what)?;
        let Words::Thing(thing) = words else { return None };
        let plain = thing == "GCSEs" || thing == "A levels";
        let clause = if plain {
            format!("I am predicted {grades} in my {thing}")
        } else {
            format!("I am taking {thing} and am predicted {grades}")
        };
        return Some((Kind::Study, Words::Clause(clause)));
    }
    // "BA due July – on track for a First".
    let (what, finish) = match DUE.captures(what) {
        Some(found) => (found[1].to_owned(), format!(", finish {}", when(&found[2]))),
        None => (what.to_owned(), finish),
    };
    let study = degree::studied(what.trim_matches([' ', ',', '-', '–']))?;
    Some((Kind::Study, Words::Clause(format!("I am studying for {study}{finish} and am predicted {grades}"))))
}

/// A predicted grade with its article: "a 2:1", "a First", "BBC", "5s and 6s".
fn grades(grade: &str) -> String {
    let lower = grade.to_lowercase();
    match lower.as_str() {
        "1st" | "first" => "a First".to_owned(),
        "2.1" | "2:1" => "a 2:1".to_owned(),
        "2.2" | "2:2" => "a 2:2".to_owned(),
        "distinction" | "merit" => format!("a {lower}"),
        _ => school::grades_listed(grade),
    }
}

fn finishing(text: &str, held: &dyn Fn(&str) -> Option<(Kind, Words)>) -> Option<(Kind, Words)> {
    if let Some(found) = ONLY_FINISH.captures(text) {
        let verb = if text.to_lowercase().starts_with("grad") { "graduate" } else { "finish" };
        return Some((Kind::Due, Words::Clause(format!("I {verb} {}", when(&found[1])))));
    }
    if let Some((before, rest)) = text.split_once(' ').filter(|(first, _)| matches!(*first, "GCSEs" | "A")) {
        let (name, rest) = if before == "A" { ("A levels", rest.strip_prefix("levels ")?) } else { ("GCSEs", rest) };
        let found = ONLY_PLACED.captures(rest);
        if let Some(found) = found {
            let date = found.get(3).map_or("", |year| year.as_str());
            let season =
                if matches!(&found[2], "summer" | "autumn" | "spring") && &found[1] == "in" { "the " } else { "" };
            return Some((
                Kind::Due,
                Words::Clause(format!("I sit my {name} {} {season}{}{date}", &found[1], &found[2])),
            ));
        }
    }
    let found = FINISH.captures(text)?;
    let (what, mode) = part_time(&text[..found.get(0)?.start()]);
    let what = UNDER_WAY.replace_all(&what, "").into_owned();
    let date = when(&found[1]);
    if !names_time(&date) {
        return None;
    }
    let clause = match degree::studied(&what) {
        Some(study) => format!("I am studying{mode} for {study} and finish {date}"),
        None => format!("I am working towards {}{mode} and finish {date}", worked_for(&what, held)?),
    };
    Some((Kind::Study, Words::Clause(clause)))
}

fn under_way(text: &str, held: &dyn Fn(&str) -> Option<(Kind, Words)>) -> Option<(Kind, Words)> {
    let found = UNDER_WAY.find(text)?;
    let what = if found.start() == 0 { &text[found.end()..] } else { &text[..found.start()] };
    let what = UNDER_WAY.replace_all(what, "");
    let (what, mode) = part_time(&what);
    let clause = match degree::studied(&what) {
        Some(study) => format!("I am studying{mode} for {study}"),
        None => format!("I am working towards {}{mode}", worked_for(&what, held)?),
    };
    Some((Kind::Study, Words::Clause(clause)))
}

/// What is worked for, as a held one would be named.
fn worked_for(what: &str, held: &dyn Fn(&str) -> Option<(Kind, Words)>) -> Option<String> {
    match held(what.trim_matches([' ', ',', '(', '-', '–', ':']))? {
        (kind, Words::Thing(thing)) if kind != Kind::Own => Some(thing),
        // Letters behind a name are worked for by their name: "IEng".
        (Kind::Member, _) if !what.trim().contains(' ') => Some(what.trim().to_owned()),
        _ => None,
    }
}

fn part_time(what: &str) -> (String, &'static str) {
    let mode = match PART_TIME.captures(what).map(|found| found[1].to_lowercase()) {
        Some(mode) if mode.starts_with('p') => " part time",
        Some(mode) if mode == "online" => " online",
        _ => "",
    };
    (PART_TIME.replace(what, "").trim_matches([' ', ',', '(', '-', '–']).to_owned(), mode)
}

pub(super) fn names_time(date: &str) -> bool {
    date.chars().any(|c| c.is_ascii_digit())
        || date.split(' ').any(|word| {
            is_month(word)
                || matches!(word, "summer" | "spring" | "autumn" | "winter" | "year" | "month" | "Christmas" | "Easter")
        })
}

pub(super) fn is_month(word: &str) -> bool {
    pattern!(MONTHS = format!("(?i)^{MONTH}$"));
    MONTHS.is_match(word.trim_matches(|c: char| !c.is_alphanumeric()))
}
