//! Reads lengths of time, amounts and levels.

use crate::words::list;

list!(pub COUNTS = "evidence/counts");

/// Reads a number in figures or words.
fn number(word: &str) -> Option<f64> {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).trim_end_matches('+');
    bare.parse().ok().or_else(|| COUNTS.pair_of(bare).and_then(|count| count.parse().ok()))
}

/// How many years a unit is.
fn unit(word: &str) -> Option<f64> {
    match word.trim_matches(|c: char| !c.is_alphanumeric()) {
        "year" | "years" | "yr" | "yrs" | "years'" | "year's" | "y" => Some(1.0),
        "month" | "months" | "mth" | "mths" | "months'" | "month's" => Some(1.0 / 12.0),
        "week" | "weeks" | "wk" | "wks" => Some(1.0 / 52.0),
        _ => None,
    }
}

/// The words of a text in small letters; a number is parted from the letters behind it ("3yrs").
fn words(text: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut before = ' ';
    for character in text.to_lowercase().chars() {
        if character.is_alphabetic() && before.is_ascii_digit() {
            spaced.push(' ');
        }
        spaced.push(if "-–—/()+,:;".contains(character) { ' ' } else { character });
        before = character;
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// The length of time that a text names, in years: "three and a half years", "18 months", "2 yrs 3 mths".
#[must_use]
pub fn length(text: &str) -> Option<f64> {
    let words = words(text);
    let mut total = None;
    for (at, word) in words.iter().enumerate() {
        let Some(unit) = unit(word) else { continue };
        let before = |back: usize| at.checked_sub(back).map(|at| words[at].as_str());
        let count = if before(1) == Some("half") && before(3) == Some("and") {
            before(4).and_then(number).map(|count| count + 0.5)
        } else {
            before(1).and_then(number).or_else(|| before(2).and_then(number).filter(|_| before(1) == Some("full")))
        };
        if let Some(count) = count {
            *total.get_or_insert(0.0) += count * unit;
        }
    }
    total
}

/// The year in which this was written: what goes on lasts at least until then.
const THIS_YEAR: f64 = 2026.5;

/// The length of time between years that a text names: "since 2019", "2012-19", "Aug 2023 - present".
#[must_use]
pub fn between(text: &str) -> Option<f64> {
    let words = words(text);
    let year =
        |word: &String| word.parse::<f64>().ok().filter(|year| word.len() == 4 && (1950.0..2100.0).contains(year));
    let at = words.iter().position(|word| year(word).is_some())?;
    let from = year(&words[at])?;
    let rest = words[at + 1..].iter().filter(|word| *word != "to" && *word != "until");
    let next = rest.take(2).find_map(|word| {
        let short =
            word.parse::<f64>().ok().filter(|_| word.len() == 2).map(|short| (from / 100.0).floor() * 100.0 + short);
        let goes_on = matches!(word.as_str(), "now" | "present" | "date" | "today").then_some(THIS_YEAR);
        year(word).or(short).or(goes_on)
    });
    let goes_on = words[..at].iter().rev().take(2).any(|word| word == "since");
    let until = next.or_else(|| goes_on.then_some(THIS_YEAR))?;
    (until >= from).then_some(until - from)
}

/// The length of time of a position, in years, from the words of its time or of its whole.
#[must_use]
pub fn tenure(text: &str) -> Option<f64> {
    length(text).or_else(|| between(text))
}

/// An amount with its unit: "£62m budget" is 62 million.
#[must_use]
pub fn amount(text: &str) -> Option<f64> {
    let lower = text.to_lowercase().replace(',', "");
    let start = lower.find(|c: char| c.is_ascii_digit())?;
    let digits: String = lower[start..].chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let rest = lower[start + digits.len()..].trim_start();
    let value: f64 = digits.trim_end_matches('.').parse().ok()?;
    let scale = match rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default() {
        "k" | "thousand" => 1e3,
        "m" | "mn" | "million" | "mil" => 1e6,
        "bn" | "b" | "billion" => 1e9,
        _ => 1.0,
    };
    Some(value * scale)
}

/// The level that terms name: "level 2"; the highest of "level 2, 3".
#[must_use]
pub fn level(terms: &[String]) -> Option<u32> {
    let at = terms.iter().position(|term| term == "level")?;
    terms[at + 1..].iter().map_while(|term| term.parse::<u32>().ok().filter(|level| *level < 9)).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read() {
        let check = |text: &str, expect: f64| {
            let found = tenure(text).unwrap_or_default();
            assert!((found - expect).abs() < 0.02, "{text}: {found}");
        };
        check("for three and a half years", 3.5);
        check("at the Pilot Boat, 3.5 yrs", 3.5);
        check("18 months", 1.5);
        check("DHL 2 yrs 3 mths", 2.25);
        check("2+ years' experience", 2.0);
        check("12 months' customer service", 1.0);
        check("head of repairs 2012-19", 7.0);
        check("from 2012 to 2019", 7.0);
        check("since 2019", 7.5);
        check("Aug 2023 - present", 3.5);
        assert_eq!(tenure("waitress"), None);
        assert_eq!(tenure("in the summer of 2021"), None);
    }

    #[test]
    fn amounts_are_read() {
        assert_eq!(amount("budget 50m+"), Some(50e6));
        assert_eq!(amount("£62 million"), Some(62e6));
        assert_eq!(amount("14,000 homes"), Some(14e3));
        assert_eq!(amount("budget"), None);
    }
}
