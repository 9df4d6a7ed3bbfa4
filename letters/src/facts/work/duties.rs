//! Reads a list of what a job holds, behind the job: "Bathrooms, leaks, radiators, cylinder swaps". None of its entries is
//! an employer or a role, whatever it looks like alone.

use super::position::{self, quiet};
use super::{done, names, spoken};
use crate::facts::lexicon::{bare, is_role};
use crate::facts::list::joined;
use crate::facts::screen::screen;
use crate::facts::shorthand::holds_shorthand;
use crate::facts::sound::reads;
use crate::facts::spell;
use crate::facts::time;
use crate::facts::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;

list!(NOT_IN_DUTIES = "facts/not_in_duties");
list!(SHIFTS = "facts/shifts");

/// Most words of an entry, and most entries that a sentence names.
const WORDS_MAX: usize = 9;
const LISTED_MAX: usize = 8;

pattern!(MARKS = r"(?i)[=?!<>~@*#|\\_\[\]{}“””:]|\d ?x\b|\bx ?\d|\w/\w");
pattern!(BRACKET = r" ?\([^()]*\)");
// "on call 1 in 5", "approx 60 a day".
pattern!(
    MEASURE =
        r"(?i)\b\d+ in \d+\b|\b\d[\d,.]*\+?\b.* (?:a|per|an|each|every) (?:day|week|month|year|shift|night|hour)\b"
);
pattern!(LEADS = r"(?i)^(?:mostly|mainly|including|incl\.?|also|plus|and|some|lots of|a bit of|doing|e\.g\.) ");

/// The entries of such a list; `None` where the text is none surely.
pub fn listed(text: &str) -> Option<Vec<String>> {
    let text = LEADS.replace(text.trim(), "").replace(" + ", ", ").replace("; ", ", ");
    let parts = parts(text.trim_end_matches(['.', ' ']));
    if parts.len() < 2 {
        return None;
    }
    let mut items = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        // How often something is done measures the list, and is none of it.
        if at > 0 && is_measure(part) {
            continue;
        }
        let item = match entry(part, at == 0) {
            Some(item) => item,
            // Where several are duties, what is none is left out.
            None if at > 2 => continue,
            None => return None,
        };
        // What weakens is not named, and what stands beside it is.
        if screen(&item).is_none() && !holds_shorthand(&item, part) {
            items.push(item);
        }
    }
    items.truncate(LISTED_MAX);
    (items.len() > 1).then_some(items)
}

/// What the work includes that `how` names: "as a plumber", "there".
pub fn includes(items: &[String], how: &str, is_now: bool) -> String {
    let verb = if is_now { "includes" } else { "included" };
    let work = format!("my work {how}");
    // An "and" within one of them needs a comma before the last.
    let all = match items.split_last() {
        Some((last, before)) if items.iter().any(|item| item.contains(" and ")) => {
            format!("{}, and {last}", before.join(", "))
        }
        _ => joined(items),
    };
    format!("{work} {verb} {all}")
}

/// The parts between commas outside brackets; the last "and" parts as well where both sides are short.
fn parts(text: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0_usize);
    for (at, mark) in text.char_indices() {
        match mark {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_number = text[at + mark.len_utf8()..].starts_with(|c: char| c.is_ascii_digit())
            && text[..at].ends_with(|c: char| c.is_ascii_digit());
        match mark {
            ',' if depth == 0 && !is_number => parts.push(String::new()),
            _ => parts.last_mut().into_iter().for_each(|part| part.push(mark)),
        }
    }
    let mut parts: Vec<String> =
        parts.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    if let Some(last) = parts.last().cloned().filter(|_| parts.len() > 1)
        && let Some((first, second)) = last.split_once(" and ")
        && !first.contains(' ')
    {
        parts.pop();
        parts.extend([first.to_owned(), second.to_owned()]);
    }
    parts
}

/// An entry as a sentence names it; `None` where it is another thing than a duty.
fn entry(typed: &str, is_first: bool) -> Option<String> {
    let typed = LEADS.replace(typed, "");
    if MARKS.is_match(&typed.replace("and/or", "")) || typed.split(' ').count() > WORDS_MAX {
        return None;
    }
    let right = spell::put_right(&typed);
    let plain = BRACKET.replace_all(&right, "").into_owned();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let first = words.first()?;
    let lower: Vec<String> = words.iter().map(|word| bare(word)).collect();
    // What is counted is told by its number.
    let is_number =
        !(plain.contains("ing ") && verb::read(&plain).is_some_and(|(form, _)| form == Form::Doing) && !is_first)
            && plain.chars().any(|c| c.is_ascii_digit())
            && !is_code(&plain);
    let is_timed = time::find(&plain).is_some() || spoken::rota(&plain).is_some();
    let is_shift = SHIFTS.pair_of(&right.to_lowercase()).is_some();
    if is_number || is_timed || is_shift || lower.iter().any(|word| NOT_IN_DUTIES.has(word)) {
        return None;
    }
    // A verb that takes an object tells what is done in words of its own.
    let form = verb::read(&right).map(|(form, act)| (form, act.base == act.past));
    let is_deed = match form {
        Some((Form::Past, _)) => true,
        Some((Form::Base, _)) if !lower[0].ends_with('s') => {
            words.len() > 3 || done::is_surely_done(&words, Form::Base, true)
        }
        _ => false,
    };
    // "Measuring together with the surveyor" is about measuring.
    let stop = lower.iter().position(|word| ["with", "for", "at", "in", "to", "on", "from"].contains(&word.as_str()));
    let last = lower[..stop.unwrap_or(lower.len())].last()?;
    let is_somebody = is_role(last) || position::read(&right).is_some_and(|read| !read.place.is_empty());
    if is_deed || is_somebody {
        return None;
    }
    if !is_name_free(&words, is_first) {
        return None;
    }
    // Panes are no program.
    let right = if typed.starts_with("windows") { right.replacen("Windows", "windows", 1) } else { right.clone() };
    let is_loud = first.chars().filter(|c| c.is_uppercase()).count() > 1 || spell::software(&lower[0]).is_some();
    let said = if is_first && !is_loud { quieted(&right) } else { right.clone() };
    (reads(&said) && said.chars().any(char::is_alphabetic)).then_some(said)
}

fn is_measure(text: &str) -> bool {
    MEASURE.is_match(text)
}

/// "P11Ds", "CS30", "payroll for 39": a figure within a code, or behind what it counts.
fn is_code(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let has_digit = |word: &&&str| word.chars().any(|c| c.is_ascii_digit());
    let loose = words.iter().filter(has_digit).filter(|word| !word.starts_with(char::is_uppercase)).count();
    loose == 0 || loose == 1 && words.len() > 1 && words[words.len() - 2] == "for"
}

/// Whether no word is the name of an employer or a town: capitals are those of abbreviations and of known programs.
fn is_name_free(words: &[&str], is_first: bool) -> bool {
    // What stands behind a preposition belongs to what is done: "repairs for Swale council tenants".
    let stop = words.iter().position(|word| ["with", "for", "at", "in", "to", "on", "from"].contains(word));
    let words = &words[..stop.filter(|stop| *stop > 0).unwrap_or(words.len())];
    let text = words.join(" ");
    let is_doing = bare(words[0]).ends_with("ing");
    if (spell::is_employer(&text) || names::is_town(&text)) && !is_doing {
        return false;
    }
    words.iter().enumerate().all(|(at, word)| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let is_small = !word.starts_with(char::is_uppercase);
        let is_short = word.chars().filter(|c| c.is_uppercase()).count() > 1;
        let is_known = spell::software(&word.to_lowercase()).is_some() || spell::is_language(&word.to_lowercase());
        is_small || is_short || is_known || at == 0 && is_first && !spell::is_employer(word)
    })
}

/// The first letter of a list says nothing, but that of a name does.
fn quieted(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    if spell::is_name(&first.to_lowercase()) && !first.to_lowercase().ends_with("ing") {
        return text.to_owned();
    }
    let quiet = quiet(first);
    let mut chars = quiet.chars();
    let small: String = chars.next().map(|c| c.to_lowercase().collect::<String>() + chars.as_str()).unwrap_or_default();
    format!("{small}{}", &text[first.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_job_holds_is_listed_and_nothing_else_is() {
        for (typed, expect) in [
            ("Bathrooms, leaks, radiators, cylinder swaps", "bathrooms, leaks, radiators and cylinder swaps"),
            (
                "Reception desk, visitor passes, patrols, fire panel",
                "reception desk, visitor passes, patrols and fire panel",
            ),
            (
                "Setting out, levels, daily records, measuring for the monthly valuation together with the QS",
                "setting out, levels, daily records and measuring for the monthly valuation together with the QS",
            ),
            ("stairs, windows, bespoke kitchens", "stairs, windows and bespoke kitchens"),
            ("PCR, DNA extraction, plate assays", "PCR, DNA extraction and plate assays"),
            ("Espresso, brunch service, a bit of baking", "espresso, brunch service and baking"),
            (
                "Boiler swaps, repairs for Swale council tenants, on call 1 in 5",
                "boiler swaps and repairs for Swale Council tenants",
            ),
            ("Facials (Dermalogica), waxing, threading", "facials (Dermalogica), waxing and threading"),
            (
                "PCR, DNA extraction, plate assays, looking after 3 growth rooms",
                "PCR, DNA extraction, plate assays and looking after three growth rooms",
            ),
            ("litter, strimming, path counters, a bat walk every second Friday", "litter, strimming and path counters"),
            ("Search, ejection, crowd monitoring", "search, ejection and crowd monitoring"),
        ] {
            let said = listed(typed).map(|items| joined(&items));
            assert_eq!(said.as_deref(), Some(expect), "{typed}");
        }
        for typed in [
            "Boots, Nottingham, 2012-2015",
            "fit bulbs, change blades",
            "Ran reception, did the rotas",
            "nights, 6 years",
            "waiter, barista",
            "HMS Northumberland and HMS Kent, three deployments",
            "Voids and occupied",
            "my own shop, 11 years",
        ] {
            assert_eq!(listed(typed), None, "{typed}");
        }
    }
}
