//! Tells how far a qualification under way has come: "3 of 4 units", "halfway", "starting in September".

use super::degree;
use super::marks::when;
use super::status::{self, names_time};
use crate::facts::fact::{Kind, Words};
use crate::pattern::pattern;

const NUMBER: &str = r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)";

pattern!(
    SHARE = format!(
        r"(?i)^(.*?)[\s,:(–—-]+(?:of which )?(?:i have )?(completed |done |passed |submitted )?(?:modules? |units? |parts? )?({NUMBER}) ?(units? |modules? |exams? |papers? |parts? )?(?:of|out of|/) ?(?:the )?({NUMBER})(?: (units?|modules?|hrs?|hours?|parts?|exams?|papers?|credits?|phases?|essays?))?(?: (done|passed|completed|submitted|complete))?\b(.*)$"
    )
);
pattern!(
    PART = format!(
        r"(?i)^(.*?)[\s,:(–—-]+({NUMBER}) (?:of the )?(units|modules|exams|papers|parts) (passed|completed|done)\b.*$"
    )
);
pattern!(
    DISSERTATION = r"(?i)^(.*?)[\s,(–—-]+(?:final |my )?(dissertation|thesis|viva) (?:is )?(?:due |to be submitted )?(?:in |on |by )?((?:\d{1,2} )?(?:january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn)(?: \d{4})?)$"
);
pattern!(
    HALFWAY = r"(?i)[\s,:(–—-]+(?:(?:about |currently |now |over )?half-?\s?way(?: through)?|part-?\s?way(?: through)?|nearly there|in progress|ongoing|wip|assessor visits?[^,;]*|working on it)\b\)?"
);
pattern!(
    STARTS = r"(?i)^(.*?)[\s,(–—-]+(?:starting|starts?|enrolled(?: for)?|due to start|beginning|begins|course (?:starts?|w/c|begins|on)|w/c)\s+(?:in |on |from )?((?:\d{1,2}(?:st|nd|rd|th)? )?(?:january|february|march|april|may|june|july|august|september|october|november|december|autumn|spring|summer|next year)(?: \d{4})?)\)?$"
);
pattern!(
    PASSED_ON = r"(?i)^(.*?)[\s,(–—-]+(?:just |already |both )?(?:passed|done|completed|finished|achieved|gained)(?: in| on)?\s+((?:\d{1,2}(?:st|nd|rd|th)? )?(?:january|february|march|april|may|june|july|august|september|october|november|december)(?: \d{4})?|\d{4}|last year|this year)\b(?:\s*\(.*\))?\)?$"
);
pattern!(TO_BE = r"(?i)^(.*?)[\s,(–—-]+(?:to be (sat|taken|awarded)|(to follow))(?:\s+(?:in |on |by )?(.+?))?\)?$");
pattern!(
    DAY = r"(?i)^(.*?)\s[–—-]\s(?:on )?(\d{1,2}(?:st|nd|rd|th)? (?:january|february|march|april|may|june|july|august|september|october|november|december))$"
);
pattern!(DEGREE_PENDING = r"(?i)^(.*?)[\s,(–—-]+(?:pending|to be awarded|awaiting (?:award|viva|corrections))\)?$");
pattern!(REGISTERED = r"(?i)[\s,:(–—-]*\b(?:registered|enrolled|signed up|started|studying|student)\b$");

/// Reads a qualification that is under way, or will begin; `held` reads one as if it were held.
pub(super) fn read(text: &str, held: &dyn Fn(&str) -> Option<(Kind, Words)>) -> Option<(Kind, Words)> {
    // "Year 3 of 4" counts years, not units.
    let counts_years = text.to_lowercase().contains("year ");
    if let Some(read) = SHARE.captures(text).filter(|_| !counts_years).and_then(|found| share(&found, held)) {
        return Some(read);
    }
    if let Some(found) = PART.captures(text) {
        let what = named(&found[1], held)?;
        let verb = if found[4].to_lowercase().starts_with('p') { "passed" } else { "completed" };
        let clause = format!(
            "I am working towards {what} and have {verb} {} {}",
            found[2].to_lowercase(),
            found[3].to_lowercase()
        );
        return Some((Kind::Study, Words::Clause(clause)));
    }
    if let Some(found) = DISSERTATION.captures(text).filter(|found| !found[1].to_lowercase().contains("submitted"))
        && let Some(study) = degree::studied(found[1].trim_end_matches([',', ' ']))
    {
        let clause = format!("I am studying for {study} and my {} is due {}", found[2].to_lowercase(), when(&found[3]));
        return Some((Kind::Study, Words::Clause(clause)));
    }
    if let Some(found) = STARTS.captures(text) {
        let what = named(&found[1], held)?;
        return Some((Kind::Due, Words::Clause(format!("I start {what} {}", when(&found[2])))));
    }
    if let Some(found) = PASSED_ON.captures(text).filter(|found| !status::is_time(&found[1])) {
        let (_, words) = held(found[1].trim_end_matches([',', ' ']))?;
        let Words::Thing(thing) = words else { return None };
        let date = if found[2].ends_with("year") { found[2].to_lowercase() } else { when(&dated(&found[2])) };
        let verb = if found[0].to_lowercase().contains("passed") { "passed" } else { "completed" };
        return Some((Kind::Award, Words::Clause(format!("I {verb} {thing} {date}"))));
    }
    if let Some(found) = TO_BE.captures(text) {
        return coming(&found, held);
    }
    if let Some(found) = DAY.captures(text) {
        let what = status::mine(&found[1])?;
        return Some((Kind::Due, Words::Clause(format!("{what} {}", when(&found[2])))));
    }
    if let Some(found) = DEGREE_PENDING.captures(text).filter(|found| degree::is_degree(&found[1])) {
        return Some((Kind::Due, Words::Clause(format!("my {} is pending", found[1].trim()))));
    }
    let rest = HALFWAY.replace(text, "");
    if rest.len() < text.len() {
        let rest = rest.trim_matches([' ', ',', '-', '–', ':']);
        if let Some(found) = status::read(rest, held) {
            return Some(found);
        }
        if let Some(study) = degree::studied(rest) {
            return Some((Kind::Study, Words::Clause(format!("I am studying for {study}"))));
        }
        let is_level = rest.len() == 7 && rest.starts_with("Level ");
        let what = named(rest, held).or_else(|| is_level.then(|| rest.to_owned()))?;
        return Some((Kind::Study, Words::Clause(format!("I am working towards {what}"))));
    }
    None
}

/// A date with the capital of its month: "may" alone is a verb elsewhere.
fn dated(text: &str) -> String {
    let words: Vec<String> = text
        .split(' ')
        .map(|word| if status::is_month(word) { crate::facts::spelling::upper_first(word) } else { word.to_owned() })
        .collect();
    words.join(" ")
}

/// "AAT Level 3, 3 of 4 units passed": what is passed is said where its unit and verb are named.
fn share(found: &regex::Captures, held: &dyn Fn(&str) -> Option<(Kind, Words)>) -> Option<(Kind, Words)> {
    let lower = found[0].to_lowercase();
    if ["left", "withdrew", "dropped", "no diploma", "not finish", "years"].iter().any(|word| lower.contains(word)) {
        return None;
    }
    // "110/110" and "17/20" are marks: a share without a unit or a verb has few parts, and not all of them.
    let counted = |at: usize| found[at].parse::<u32>().ok();
    let is_bare = (found.get(2).or_else(|| found.get(4)).or_else(|| found.get(6)).or_else(|| found.get(7))).is_none();
    let is_share = counted(3).zip(counted(5)).is_none_or(|(part, all)| part < all && all < 13);
    if is_bare && !is_share {
        return None;
    }
    let what = HALFWAY.replace_all(&found[1], "");
    let what = named(&REGISTERED.replace(what.trim_matches([' ', ',', '-', '–', ':']), ""), held)?;
    let unit = found.get(4).or_else(|| found.get(6)).map(|unit| unit.as_str().trim().to_lowercase());
    let verb = found.get(2).or_else(|| found.get(7)).map(|verb| verb.as_str().trim().to_lowercase());
    let verb =
        verb.map(|verb| if matches!(verb.as_str(), "done" | "complete") { "completed".to_owned() } else { verb });
    let clause = match (unit, verb) {
        (Some(unit), Some(verb)) => {
            let unit = unit.replace("hrs", "hours").replace("hr", "hours");
            let unit = if unit.ends_with('s') { unit } else { format!("{unit}s") };
            let the = if found[0].contains("of the ") { "the " } else { "" };
            format!("I am working towards {what} and have {verb} {} of {the}{} {unit}", &found[3], &found[5])
        }
        _ => format!("I am working towards {what}"),
    };
    Some((Kind::Study, Words::Clause(clause)))
}

fn coming(found: &regex::Captures, held: &dyn Fn(&str) -> Option<(Kind, Words)>) -> Option<(Kind, Words)> {
    let what = found[1].trim_end_matches([',', ' ']);
    let date = found.get(4).map(|date| when(date.as_str())).filter(|date| names_time(date));
    if found.get(3).is_some() {
        return Some((Kind::Due, Words::Clause(format!("{} to follow", status::mine(what)?))));
    }
    let date = date?;
    let clause = match &found[2] {
        "awarded" => format!("{} due {date}", status::mine(what)?),
        _ => format!("I sit {} {date}", named(what, held)?),
    };
    Some((Kind::Due, Words::Clause(clause)))
}

/// What is worked for, as a held one would be named.
fn named(what: &str, held: &dyn Fn(&str) -> Option<(Kind, Words)>) -> Option<String> {
    let what = what.trim_matches([' ', ',', '(', '-', '–', '—', ':']);
    degree::studied(what).or_else(|| match held(what)? {
        (kind, Words::Thing(thing)) if kind != Kind::Own => Some(thing),
        _ => None,
    })
}
