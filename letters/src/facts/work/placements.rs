//! Reads a list of placements: "placements: ortho outpatients Barnstaple 6 weeks, ITU Derriford 5 weeks".

use super::marks::brackets;
use super::names::{is_lower, is_name, is_town};
use super::position::place_of;
use crate::facts::fact::{Time, Words};
use crate::facts::lexicon::bare;
use crate::facts::list::joined;
use crate::facts::pieces::Piece;
use crate::facts::spell::{put_names_right, put_right};
use crate::facts::time;
use crate::pattern::pattern;

pattern!(
    LEAD = r"(?i)^(?:(?:my|three|two|four|five|six|several|\d) )?(?:(?:clinical|teaching|nursing|school|student|uni|university|work|hospital) )?(?:placements?(?::| ?[-–—] )|placements (?:in|at|on|with|incl(?:uding)?|were|included?)\b) ?"
);
pattern!(MARKS = r"[<>→*={}\[\]@_\\#?!£;:]");

/// Most words of what one placement was in.
const WORDS_MAX: usize = 9;

/// The bytes at which the list of a block begins, if it is one of placements.
pub fn begins(text: &str) -> Option<usize> {
    LEAD.find(text).map(|found| found.end())
}

/// What is said of the placements in these entries; and which of them say nothing of one.
pub fn read(entries: &[Piece], is_now: bool) -> Option<(Words, Vec<usize>)> {
    let mut left = Vec::new();
    let mut found: Vec<One> = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let parts: Vec<&str> = entry.text.split(") and ").collect();
        for part in parts {
            let part = if part.contains('(') && !part.contains(')') { format!("{part})") } else { part.to_owned() };
            match (one(&part), found.last_mut()) {
                // "A&E, Royal Stoke": the hospital behind the ward.
                (Some(one), Some(before)) if one.is_name && !before.has_place && !before.is_name => {
                    before.what = format!("{} at {}", before.what, one.what);
                    before.has_place = true;
                    if before.length.is_empty() {
                        before.length = one.length;
                    }
                }
                (Some(one), _) => found.push(one),
                (None, _) => left.push(at),
            }
        }
    }
    let is_shared = found.first()?.preposition == "in" && found.iter().all(|one| one.preposition == "in");
    let said: Vec<String> = found
        .iter()
        .enumerate()
        .map(|(at, one)| match (is_shared && at > 0, one.length.as_str()) {
            (true, "") => one.what.clone(),
            (true, length) => format!("{} ({length})", one.what),
            (false, "") => format!("{} {}", one.preposition, one.what),
            (false, length) => format!("{} {} ({length})", one.preposition, one.what),
        })
        .collect();
    let (placements, verb) = match (found.len(), is_now) {
        (1, true) => ("placement", "is"),
        (1, false) => ("placement", "was"),
        (_, true) => ("placements", "have been"),
        (_, false) => ("placements", "were"),
    };
    Some((Words::Clause(format!("my {placements} {verb} {}", joined(&said))), left))
}

/// One placement: what it was in, with its place, and how long it was.
struct One {
    preposition: String,
    what: String,
    length: String,
    /// Whether it is nothing but a name.
    is_name: bool,
    has_place: bool,
}

fn one(typed: &str) -> Option<One> {
    let is_loud = typed.trim().split(' ').skip(1).any(|word| word.starts_with(char::is_uppercase));
    let right = if is_loud { put_names_right(typed.trim()) } else { put_right(typed.trim()) };
    let (outer, inner) = brackets(right.trim_start_matches("and ").trim_start_matches("then "));
    let mut length = None;
    let mut place = None;
    for text in inner {
        match time::find(&text) {
            Some((time, rest)) if rest.is_empty() => length = Some(time),
            _ if is_name(&text) => place = Some(text),
            _ => {}
        }
    }
    let (found, rest) = time::find(&outer).map_or((None, outer.clone()), |(time, rest)| (Some(time), rest));
    let length = length.or(found).map_or(String::new(), |time| match time {
        Time::For(words) => words.trim_start_matches("for ").to_owned(),
        Time::Since(words) | Time::During(words) => words.trim_start_matches("in ").to_owned(),
    });
    let rest = rest.trim().trim_end_matches([',', '-', ' ']);
    let words: Vec<&str> = rest.split_whitespace().collect();
    let first = words.first()?.to_lowercase();
    if words.len() > WORDS_MAX || MARKS.is_match(rest) || rest.contains('/') && !rest.contains("A/E") {
        return None;
    }
    if ["at", "in", "on", "with"].contains(&first.as_str()) {
        let what = place_of(rest).and_then(|place| place.split_once(' ').map(|(_, what)| what.to_owned()));
        let what = what.unwrap_or_else(|| words[1..].join(" "));
        let has_place = [" at ", " in "].iter().any(|mark| what.contains(mark))
            || words[1..].iter().all(|word| is_name(word) && !is_short(word));
        return Some(One { preposition: first, what, length, is_name: false, has_place });
    }
    // "Surgical ward", "St Mary's Primary".
    let is_one = !words.iter().any(|word| ["at", "in", "on", "with", "and"].contains(word));
    let kind = place_of(rest).filter(|_| is_one && (is_lower(rest) || words.iter().all(|word| is_name(word))));
    let (preposition, what) = match kind.as_deref().and_then(|place| place.split_once(' ')) {
        Some((preposition, what)) if !is_short(words[0]) => (preposition.to_owned(), what.to_owned()),
        _ => ("in".to_owned(), located(&words)),
    };
    let has_place = place.is_some() || what.contains(" at ") || what.contains(" in ");
    let what = place.map_or(what.clone(), |place| format!("{what} at {place}"));
    let is_name = preposition == "at" && words.iter().all(|word| is_name(word)) || is_town(rest);
    Some(One { preposition, what, length, is_name, has_place })
}

/// An abbreviation of a ward is no name of an employer: "ITU", "A&E".
fn is_short(text: &str) -> bool {
    text.len() < 5 && text.chars().all(|c| !c.is_lowercase())
}

/// "Ortho outpatients Barnstaple" as "orthopaedic outpatients in Barnstaple".
fn located(words: &[&str]) -> String {
    let named = words.iter().rev().take_while(|word| is_name(word) && !is_short(word)).count();
    let (what, name) = words.split_at(words.len() - named);
    let joins = what.last().is_some_and(|last| ["at", "in", "on", "with", "and", "of", "for"].contains(last));
    // "Year 3" and "Band 5" begin with capitals as well.
    if name.is_empty() || what.is_empty() || joins || what.iter().any(|word| bare(word).parse::<u8>().is_ok()) {
        return words.join(" ");
    }
    let name = name.join(" ");
    let preposition = if is_town(&name) { "in" } else { "at" };
    format!("{} {preposition} {name}", what.join(" "))
}

#[cfg(test)]
mod tests {
    use super::super::tests::past;

    #[test]
    fn placements_are_listed_with_their_places_and_lengths() {
        past(
            "placements: ortho outpts Barnstaple 6wks, stroke rehab Torbay 6wks, ITU Derriford 5wks, community falls 6 wks",
            &["Placement: my placements were in orthopaedic outpatients in Barnstaple (six weeks), stroke rehab at \
               Torbay (six weeks), ITU at Derriford (five weeks) and community falls (six weeks)"],
        );
        past(
            "Placements: Year 3 at St Mary's Primary (6 weeks), Year 5 at Oak Lane Primary (8 weeks)",
            &["Placement: my placements were in Year 3 at St Mary's Primary (six weeks) and Year 5 at Oak Lane \
               Primary (eight weeks)"],
        );
        past(
            "3 placements - care home, surgical ward, mental health unit",
            &["Placement: my placements were at a care home, on a surgical ward and in a mental health unit"],
        );
    }
}
