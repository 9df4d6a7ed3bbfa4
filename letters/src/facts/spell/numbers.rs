//! Writes counts from one to ten as words, and joins a measure to its noun.

use super::tokens::Tokens;
use crate::words::list;

list!(NUMBER_LEADS = "spell/number_leads");
list!(MEASURED = "spell/measured");
list!(UNCOUNTED_PLURALS = "spell/uncounted_plurals");
list!(COUNT_ENDS = "spell/count_ends");
list!(MEASURE_FOLLOWERS = "spell/measure_followers");

const ORDINALS: [(&str, &str); 10] = [
    ("1st", "first"),
    ("2nd", "second"),
    ("3rd", "third"),
    ("4th", "fourth"),
    ("5th", "fifth"),
    ("6th", "sixth"),
    ("7th", "seventh"),
    ("8th", "eighth"),
    ("9th", "ninth"),
    ("10th", "tenth"),
];

/// Puts counts into words.
pub(super) fn in_words(tokens: &mut Tokens) {
    let mut at = 0;
    while at < tokens.0.len() {
        measure(tokens, at);
        count(tokens, at);
        ordinal(tokens, at);
        year_of_school(tokens, at);
        at += 1;
    }
    join_measures(tokens);
}

/// "3 year", "3.5 years", "10 week placement", "5+ years".
fn measure(tokens: &mut Tokens, at: usize) {
    let unit = tokens.after(at);
    let Some((singular, plural)) = MEASURED.pairs().find(|(one, many)| *one == unit || *many == unit) else { return };
    let figure = tokens.0[at].core.clone();
    let lead = tokens.before(at);
    if lead == "level" || lead == "band" {
        return;
    }
    let (digits, is_more) = figure.strip_suffix('+').map_or((figure.as_str(), false), |digits| (digits, true));
    let Ok(value) = digits.parse::<f64>() else { return };
    let (whole, is_half) = (value.trunc() as usize, (value.fract() - 0.5).abs() < 0.01);
    let spoken =
        super::tokens::NUMBERS.get(whole.wrapping_sub(1)).map_or_else(|| whole.to_string(), |word| (*word).to_owned());
    let next = tokens
        .0
        .get(at + 2)
        .filter(|_| tokens.0[at + 1].tail.is_empty())
        .map_or_else(String::new, |token| token.core.to_lowercase());
    // "Ten-week placement": a small word that can be a noun follows.
    let follows = tokens.0.get(at + 2).is_some_and(|token| token.lead.is_empty() && !token.is_capitalised());
    let is_noun =
        !next.is_empty() && next.chars().all(|c| c.is_alphabetic() || c == '-') && !MEASURE_FOLLOWERS.has(&next);
    let is_attribute = unit == singular && !is_half && !is_more && follows && is_noun;
    let text = match (value.fract() > 0.0, is_half) {
        (true, true) if whole == 0 => format!("half a {singular}").replace("a hour", "an hour"),
        (true, true) => format!("{spoken} and a half {plural}"),
        (true, false) => format!("{digits} {plural}"),
        _ if is_attribute && value > 0.0 => format!("{spoken}-{singular}"),
        _ if is_more => format!("more than {spoken} {}", if whole == 1 { singular } else { plural }),
        _ => format!("{spoken} {}", if whole == 1 { singular } else { plural }),
    };
    tokens.replace(at, 2, &text);
}

/// "6 residents", "3 undergraduate projects", "1 week in 6".
fn count(tokens: &mut Tokens, at: usize) {
    let Some(word) = digits(&tokens.0[at].core).and_then(|value| super::tokens::NUMBERS.get(value.wrapping_sub(1)))
    else {
        return;
    };
    let lead = tokens.before(at);
    if lead == "in" && at > 2 && tokens.lower(Some(at - 3)) == "one" {
        tokens.replace(at, 1, word);
        return;
    }
    let is_name = NUMBER_LEADS.has(&lead) || super::shorthand::is_name(&lead) && lead != "in";
    if is_name || COUNT_ENDS.has(&tokens.after(at)) {
        return;
    }
    let mut next = at + 1;
    while next <= at + 3 && next < tokens.0.len() && tokens.is_run(at, next - at + 1) {
        let noun = tokens.lower(Some(next));
        if !noun.chars().all(|c| c.is_alphabetic() || c == '-' || c == '\'')
            || COUNT_ENDS.has(&noun)
            || ["in", "of", "at", "to", "and", "for", "with", "on", "x"].contains(&noun.as_str())
        {
            return;
        }
        let is_plural = noun.ends_with('s') && !noun.ends_with("ss") && noun.len() > 3 || UNCOUNTED_PLURALS.has(&noun);
        if is_plural || *word == "one" && next == at + 1 {
            tokens.replace(at, 1, word);
            return;
        }
        next += 1;
    }
}

fn ordinal(tokens: &mut Tokens, at: usize) {
    let lower = tokens.lower(Some(at));
    let Some((_, word)) = ORDINALS.iter().find(|(figure, _)| *figure == lower) else { return };
    let next = tokens.after(at);
    let is_date = super::shorthand::spelling(&next)
        .is_some_and(|name| name.ends_with(char::is_lowercase) && is_month(name))
        || is_month(&super::shorthand::upper(&next));
    let is_grade = next.is_empty();
    if is_date {
        let day = lower.trim_end_matches(char::is_alphabetic).to_owned();
        tokens.replace(at, 1, &day);
    } else if next == "class" {
        tokens.replace(at, 2, &format!("{word}-class"));
    } else if !is_grade {
        tokens.replace(at, 1, word);
    }
}

/// "year 12" is a name: "Year 12".
fn year_of_school(tokens: &mut Tokens, at: usize) {
    let is_year = matches!(tokens.lower(Some(at)).as_str(), "year" | "level" | "band" | "grade" | "class" | "category");
    let figure = tokens.after(at);
    let is_name = !figure.is_empty() && figure.len() < 3 && figure.starts_with(|c: char| c.is_ascii_digit());
    if is_year && is_name && tokens.lower(Some(at)) != "grade" {
        let name = super::shorthand::upper(&tokens.lower(Some(at)));
        tokens.replace(at, 1, &name);
    }
}

/// "two years three months" is "two years and three months".
fn join_measures(tokens: &mut Tokens) {
    for at in (1..tokens.0.len()).rev() {
        let is_years = matches!(tokens.before(at).as_str(), "year" | "years");
        let is_months = matches!(tokens.after(at).as_str(), "month" | "months");
        if is_years && is_months {
            let figure = tokens.0[at].core.clone();
            tokens.replace(at, 1, &format!("and {figure}"));
        }
    }
}

fn is_month(word: &str) -> bool {
    super::tokens::MONTHS.contains(&word)
}

fn digits(word: &str) -> Option<usize> {
    (!word.is_empty() && word.len() < 3 && word.chars().all(|c| c.is_ascii_digit())).then(|| word.parse().ok())?
}
