//! Puts rows of school results into the order in which the reader of results knows them.

use crate::facts::spell;
use crate::pattern::pattern;

pattern!(INCLUDING = r"(?i)\b(?:incl|inc)\b\.?");
pattern!(SPACED = r"\b((?:[A-E]\*? ){1,4}[A-E]\*?)(\)|$)");
pattern!(TIMES_BEHIND = r"(?i)^(GCSE|A level|O level|Higher)s? ([A-E](?:-|\s?to\s?)[A-E]) ?x ?(\d{1,2})$");
pattern!(
    PLACE = r"(?i)\s*\([^()]*\b(?:school|college|academy|ysgol|lyc[eé]e|gymnasium)\b[^()]*\)|^(?P<exam>A levels|GCSEs|O levels|Highers) (?:in|at) [^:,]*(?:school|college|academy)(?P<colon>:)"
);
pattern!(COUNT_FIRST = r"(?i)^(GCSE|A level|O level|Higher)s? (\d{1,2}) of them$");
pattern!(OTHERS = r"(?i),? (?:the )?(?:others|rest) [\d A-E-]+$");
pattern!(DOUBLE = r"\b([1-9]) ([1-9])(\)|,|$)");
pattern!(AHEAD = r"^[1-9]s?$|^[A-E]s$|^[A-E]\*?$");

/// The results in the known order: "GCSEs A-C x 7" is "7 GCSEs A-C", "A levels C C D" is "A levels CCD".
pub(super) fn put(text: &str) -> String {
    let text = INCLUDING.replace_all(text, "including");
    let text = PLACE.replace(&text, "$exam$colon");
    let text = OTHERS.replace(&text, "");
    let text = COUNT_FIRST.replace(&text, "$2 ${1}s");
    let text = TIMES_BEHIND.replace(&text, "$3 ${1}s $2");
    let text =
        SPACED.replace_all(&text, |found: &regex::Captures| format!("{}{}", found[1].replace(' ', ""), &found[2]));
    let text = DOUBLE.replace_all(&text, "$1-$2$3");
    // "O levels Pakistan" names where, not what.
    match text.rsplit_once(' ') {
        Some((exam, place)) if exam.ends_with("levels") && spell::is_place(&place.to_lowercase()) => exam.to_owned(),
        _ => text.into_owned(),
    }
}

/// The mark that stands before its subject: "7 in English", "9s in Spanish", "grade 7 PE".
pub(super) fn mark_ahead(words: &[&str], at: usize) -> Option<String> {
    let word = *words.get(at)?;
    let is_led = words.get(at + 1) == Some(&"in") || at > 0 && words[at - 1].eq_ignore_ascii_case("grade");
    (is_led && AHEAD.is_match(word)).then(|| word.trim_end_matches('s').to_uppercase())
}

/// How many a word counts.
pub(super) fn value(word: &str) -> Option<usize> {
    let words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    words.iter().position(|known| *known == word).map(|at| at + 1)
}
