//! Reads what stands beside studies: placements, a part-time job, volunteering, what is drawing to its end.

use crate::facts::fact::{Act, Kind, Time, Words};
use crate::facts::lexicon::bare;
use crate::facts::spell;
use crate::facts::spelling::upper_first;
use crate::facts::{time, verb};
use crate::pattern::pattern;

use super::super::position;

pattern!(
    NUMBERED = r"(?i)^(?:on |in |my |doing )*(?P<which>final|first|second|third|fourth|last|current|1st|2nd|3rd|4th)(?:[- ]year)? placement(?: (?P<rest>(?:in|on|at|with) .+))?$"
);
pattern!(PLACEMENT = r"(?i)^(?:currently )?(?:on |doing )?(?:a |my )?placement (?P<rest>.+)$");
pattern!(WEEKLY = r"(?i),? (?P<days>(?:\d|one|two|three|four|five) days?)(?P<often> (?:a|per) week)?\b");
pattern!(WITH_ONE = r"(?i)^work experience with (?:my |a )?.+ who(?:'s| is| was) (?P<who>an? .+)$");
pattern!(
    ENDING = r"(?i)^(?:in )?(?:the |my )?(?P<which>final|last|first|closing) (?P<unit>months?|weeks?|year|term|stages?) of (?P<what>.+)$"
);
pattern!(PART_TIME = r"(?i)^(?:also |and )?(?:work(?:ing)? )?part[- ]time (?P<rest>(?:on|at|in|for) .+)$");
pattern!(
    BESIDE = r"(?i)^(?:also |and )?(?:i )?(?P<verb>volunteer(?:ing)?|help(?:ing)?(?: out)?|work(?:ing)?) (?:(?P<days>(?:on )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?(?: and )?)+|weekends|evenings) )?(?P<rest>(?:on|at|in) .+?)(?: (?:on )?(?P<late>(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekends))?$"
);
pattern!(HOURS = r"(?i)^(?:about |~)?(?P<hours>\S+) ?(?:hours?|hrs?)(?: (?:a|per) |/)(?:week|wk)$");
pattern!(ABOUT = r"(?i)^(?:~|about |approx\.? |c\. ?)(?P<what>\d.+)$");
pattern!(KIN = r"(?i)\b(uncle|aunt|auntie|dad|mum|brother|sister|cousin|friend|grandad|nan)s (?P<what>[a-z])");

/// The kind and the words of what an entry says, and how many entries behind it are part of it.
pub fn read(typed: &str, brackets: &[String], next: &[String], is_now: bool) -> Option<(Kind, Words, usize)> {
    let (when, text) = time::find(typed).map_or((None, typed.to_owned()), |(when, text)| (Some(when), text));
    let text = KIN.replace_all(&text, "$1's $what").into_owned();
    placement(&text, brackets, next, is_now)
        .or_else(|| ending(&text, next, is_now))
        .or_else(|| with_one(&text, when.clone(), next))
        .or_else(|| part_time(&text, brackets, when.as_ref(), is_now))
        .or_else(|| beside(&text, when.as_ref(), is_now))
}

fn placement(text: &str, brackets: &[String], next: &[String], is_now: bool) -> Option<(Kind, Words, usize)> {
    let Some(found) = NUMBERED.captures(text) else {
        let rest = PLACEMENT.captures(text).filter(|_| is_now)?;
        let place = position::place_of(WEEKLY.replace(&rest["rest"], "").trim())?;
        let often = WEEKLY.captures(&rest["rest"]).filter(|found| found.name("often").is_some());
        let often = often.map_or(String::new(), |found| format!(" {} a week", in_words(found["days"].trim())));
        let clause = format!("I am on placement {place}{often}");
        return Some((Kind::Placement, Words::Clause(clause), 0));
    };
    let which = found["which"].to_lowercase();
    let which = match which.as_str() {
        "1st" => "first",
        "2nd" => "second",
        "3rd" => "third",
        "4th" => "fourth",
        "last" => "final",
        which => which,
    };
    let place = match found.name("rest") {
        Some(rest) => position::place_of(rest.as_str())?,
        None => String::new(),
    };
    let town = next
        .first()
        .filter(|next| super::super::names::is_name_of_place(next) && !place.contains(" at "))
        .and_then(|next| position::place_of(next));
    let taken = usize::from(town.is_some());
    let place = [place, town.unwrap_or_default()].join(" ").trim().to_owned();
    if place.is_empty() {
        return None;
    }
    let length = brackets.iter().find_map(|text| match time::find(text) {
        Some((Time::For(when), rest)) if rest.is_empty() => Some(when.replacen("for ", "", 1)),
        _ => days(text),
    });
    let words = if is_now {
        let length = length.map_or(String::new(), |length| format!(", of {length},"));
        Words::Clause(format!("my {which} placement{length} is {place}"))
    } else {
        let length = length.map_or(String::new(), |length| format!(" of {length}"));
        act(
            "do",
            "did",
            "doing",
            &format!("my {which} placement{length} {place}").replacen(
                "my",
                if length.is_empty() { "my" } else { "a" },
                1,
            ),
        )
    };
    Some((Kind::Placement, words, taken))
}

fn days(text: &str) -> Option<String> {
    let (number, unit) = text.split_once(' ')?;
    (number.chars().all(|c| c.is_ascii_digit()) && ["days", "hours"].contains(&unit)).then(|| text.to_owned())
}

/// "Final months of a contract at": what an unfinished sentence says of the present.
fn ending(text: &str, next: &[String], is_now: bool) -> Option<(Kind, Words, usize)> {
    let found = ENDING.captures(text).filter(|_| is_now)?;
    let what = found["what"].trim();
    if what.split(' ').count() > 16 || what.contains(['=', '→', '+']) {
        return None;
    }
    let mut clause =
        format!("I am in the {} {} of {what}", found["which"].to_lowercase(), found["unit"].to_lowercase());
    let mut taken = 0;
    if let Some(town) = next.first().filter(|next| spell::is_place(next)) {
        clause = format!("{clause} in {town}");
        taken += 1;
    }
    if let Some(doing) = next.get(taken).filter(|next| is_doing(next)) {
        clause = format!("{clause}, {doing}");
        taken += 1;
    }
    Some((Kind::Job, Words::Clause(clause), taken))
}

fn is_doing(text: &str) -> bool {
    let first = text.split(' ').next().map(bare).unwrap_or_default();
    text.contains(' ') && matches!(verb::read(&first), Some((verb::Form::Doing, _)))
}

/// "work experience with my dad's mate who is a plumber": with a plumber.
fn with_one(text: &str, when: Option<Time>, next: &[String]) -> Option<(Kind, Words, usize)> {
    let found = WITH_ONE.captures(text)?;
    let later =
        next.first().and_then(|next| time::find(next)).filter(|(_, rest)| rest.is_empty()).map(|(when, _)| when);
    let taken = usize::from(when.is_none() && later.is_some());
    let when = when.or(later);
    let time = when.as_ref().map_or("", Time::words);
    Some((
        Kind::Placement,
        act("do", "did", "doing", format!("work experience with {} {time}", &found["who"]).trim()),
        taken,
    ))
}

/// "part time on the IT helpdesk (12 hours a week)".
fn part_time(text: &str, brackets: &[String], when: Option<&Time>, is_now: bool) -> Option<(Kind, Words, usize)> {
    let found = PART_TIME.captures(text)?;
    let rest = position::place_of(&found["rest"])?;
    let mut words = format!("part time {rest}");
    for part in brackets {
        if let Some(found) = HOURS.captures(part) {
            words = format!("{words}, {} hours a week", in_words(&found["hours"]));
        } else if let Some(found) = ABOUT.captures(part).filter(|_| words.contains(", ")) {
            words = format!("{words}, with about {}", &found["what"]);
        }
    }
    Some((Kind::Job, worked("work", &words, when, is_now)?, 0))
}

/// "volunteering at the hospice on Sundays", "working Saturdays at my uncle's shop".
fn beside(text: &str, when: Option<&Time>, is_now: bool) -> Option<(Kind, Words, usize)> {
    let found = BESIDE.captures(text)?;
    let day = found
        .name("days")
        .or_else(|| found.name("late"))
        .map(|day| day.as_str().trim_start_matches("on ").trim().to_owned());
    let verb = if found["verb"].to_lowercase().starts_with("volunteer") {
        "volunteer"
    } else if found["verb"].to_lowercase().starts_with("help") {
        "help out"
    } else {
        "work"
    };
    // Work alone is read with its role.
    if verb == "work" && day.is_none() {
        return None;
    }
    let rest = &found["rest"];
    let ward = rest.split(' ').any(|word| word == "ward");
    let place = position::place_of(&if ward { rest.replace("ward ", "Ward ") } else { rest.to_owned() })?;
    let day = match day.as_deref() {
        None => String::new(),
        Some(day) if day.ends_with("day") || day.ends_with("days") => {
            format!(" on {}s", upper_first(&day.to_lowercase()).trim_end_matches('s'))
        }
        Some("weekends") => String::from(" at weekends"),
        Some(day) => format!(" in the {}", day.to_lowercase()),
    };
    let kind = if verb == "volunteer" { Kind::Role } else { Kind::Job };
    Some((kind, worked(verb, &format!("{place}{day}"), when, is_now)?, 0))
}

fn worked(verb: &str, rest: &str, when: Option<&Time>, is_now: bool) -> Option<Words> {
    let (verb, behind) = verb.split_once(' ').unwrap_or((verb, ""));
    let time = when.map_or("", Time::words);
    let rest = [behind, rest, time].join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    match when {
        Some(Time::Since(_) | Time::For(_)) if is_now => Some(Words::Clause(format!("I have {verb}ed {rest}"))),
        Some(Time::During(_)) if is_now => None,
        _ => Some(act(verb, &format!("{verb}ed"), &format!("{verb}ing"), &rest)),
    }
}

fn act(base: &str, past: &str, doing: &str, rest: &str) -> Words {
    Words::Act(Act { base: format!("{base} {rest}"), past: format!("{past} {rest}"), doing: format!("{doing} {rest}") })
}

fn in_words(number: &str) -> String {
    match number {
        "11" => String::from("eleven"),
        "12" => String::from("twelve"),
        number => number.to_owned(),
    }
}
