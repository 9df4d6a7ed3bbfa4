//! Reads work that is named by its days or hours: "saturdays in a bakery", "evenings Morrisons", "fri + sat nights behind
//! the bar at The Crown".

use super::employer;
use super::names::is_named;
use super::position::place_of;
use crate::facts::fact::{Act, Time, Words};
use crate::facts::spell;
use crate::pattern::pattern;

const DAY: &str = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:days?|s)?";
const PART: &str = r"(?:nights?|evenings?|eves|mornings?|afternoons?|days|weekends?|earlies|lates|shifts)";

pattern!(
    SHIFT = format!(
        r"(?i)^(?:also )?(?:i )?(?:have )?(?:work(?:ing|ed)?|did|do) (?P<shift>(?:{DAY}|{PART})(?: {PART})?(?:(?:, |,| and | & | ?\+ ?|/)(?:{DAY}|{PART})(?: {PART})?)*) (?P<rest>.+)$"
    )
);
pattern!(
    BARE = format!(
        r"(?i)^(?P<shift>(?:{DAY}|{PART})(?: {PART})?(?:(?:, |,| and | & | ?\+ ?|/)(?:{DAY}|{PART})(?: {PART})?)*) (?P<rest>.+)$"
    )
);
pattern!(JOINT = r"(?:, |,| and | & | ?\+ ?|/)");

/// The work, with its time.
pub fn read(text: &str, time: Option<&Time>) -> Option<Words> {
    let with_verb = SHIFT.captures(text);
    let is_bare = with_verb.is_none();
    let found = with_verb.or_else(|| BARE.captures(text))?;
    let rest = found["rest"].trim();
    let first = rest.split(' ').next()?.to_lowercase();
    if first == "job" || first == "shift" || first == "work" {
        return None;
    }
    let place = match first.as_str() {
        "at" | "in" | "for" | "with" | "on" => place_of(rest)?,
        "behind" => behind(rest)?,
        // "Saturday lad at the fish stall" is somebody.
        _ if is_bare && !is_named(&rest.split(' ').collect::<Vec<_>>()) => return None,
        _ => employer::with_part(rest)
            .or_else(|| place_of(rest).filter(|place| place.starts_with("at ") || place.contains(" a")))?,
    };
    let shift = said(&found["shift"])?;
    let time = time.map_or(String::new(), |time| format!(" {}", time.words()));
    // "Work nights at a depot", "work in a bakery on Saturdays".
    let object = plural(&found["shift"].to_lowercase());
    let act = |verb: &str| {
        if ["nights", "days", "evenings", "weekends", "earlies", "lates", "mornings"].contains(&object.as_str()) {
            format!("{verb} {object} {place}{time}")
        } else {
            format!("{verb} {place} {shift}{time}")
        }
    };
    let goes_on = time.starts_with(" since ");
    let worked = if goes_on { act("have worked") } else { act("worked") };
    let base = if goes_on { worked.clone() } else { act("work") };
    Some(Words::Act(Act { base, past: worked, doing: act("working") }))
}

/// "Behind the bar at The Crown".
fn behind(rest: &str) -> Option<String> {
    let (what, place) = rest.split_once(" at ").or_else(|| rest.split_once(" in "))?;
    (what == "behind the bar" || what == "behind a bar")
        .then(|| format!("behind the bar at {}", spell::with_the(&place.replacen("The ", "the ", 1))))
}

/// "On Saturdays", "in the evenings and at weekends", "on Friday and Saturday nights".
fn said(shift: &str) -> Option<String> {
    let lower = shift.to_lowercase();
    let parts: Vec<&str> = JOINT.split(&lower).map(str::trim).filter(|part| !part.is_empty()).collect();
    let mut days: Vec<String> = Vec::new();
    let mut said: Vec<String> = Vec::new();
    let mut part_of_day = None;
    for part in parts {
        let mut words = part.split(' ');
        let first = words.next()?;
        match day(first) {
            Some(day) => {
                days.push(day.to_owned());
                part_of_day = words.next().map(plural).or(part_of_day);
            }
            None => said.push(
                match plural(first).as_str() {
                    "nights" => "on nights",
                    "days" => "on days",
                    "evenings" | "eves" => "in the evenings",
                    "mornings" => "in the mornings",
                    "afternoons" => "in the afternoons",
                    "weekends" => "at weekends",
                    "earlies" => "on early shifts",
                    "lates" => "on late shifts",
                    "shifts" => "on shifts",
                    _ => return None,
                }
                .to_owned(),
            ),
        }
    }
    if !days.is_empty() {
        let days: Vec<String> = match &part_of_day {
            Some(_) => days,
            None => days.iter().map(|day| format!("{day}s")).collect(),
        };
        let tail = part_of_day.map_or(String::new(), |part| format!(" {part}"));
        said.insert(0, format!("on {}{tail}", crate::facts::list::joined(&days)));
    }
    Some(crate::facts::list::joined(&said))
}

fn plural(word: &str) -> String {
    if word.ends_with('s') { word.to_owned() } else { format!("{word}s") }
}

fn day(word: &str) -> Option<&'static str> {
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    DAYS.into_iter().find(|day| word.len() > 2 && word.starts_with(&day.to_lowercase()[..3]))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{now, past};

    #[test]
    fn days_and_hours_name_a_job_with_its_place() {
        now("working saturdays at my uncles carpet shop", &["Job: worked at my uncle's carpet shop on Saturdays"]);
        now("work weekends at cafe nero", &["Job: worked at Caffè Nero at weekends"]);
        now("saturdays in a bakery", &["Job: worked in a bakery on Saturdays"]);
        past("evenings Morrisons since 2020", &["Job: have worked evenings at Morrisons since 2020"]);
        now(
            "fri + sat nights behind the bar at The Crown",
            &["Job: worked behind the bar at the Crown on Friday and Saturday nights"],
        );
        now(
            "evenings and weekends at Subway while studying",
            &["Job: worked at Subway in the evenings and at weekends"],
        );
    }
}
