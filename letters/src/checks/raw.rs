//! Rules about text that a form may hold and a letter may not: shorthand, capitals that are missing or too many, fields
//! behind colons, and what harms the applicant.

use std::ops::Range;

use super::finding::Finding;
use super::phrase::{all, tokens};
use super::read_letter::{Passage, ReadLetter};
use super::rule::Rule;
use super::word::words;
use crate::facts::spell::{is_employer, is_place};
use crate::pattern::pattern;
use crate::words::list;

list!(SHORTHAND = "checks/shorthand");
list!(ALWAYS_CAPITAL = "checks/always_capital");
list!(LANGUAGES = "spell/languages");
list!(EMPLOYERS = "spell/employers");
list!(DAYS = "spell/months_days");
list!(SUBJECTS = "checks/school_subjects");
list!(HARMFUL = "checks/harmful");
list!(CAPITAL_RAW = "checks/capital_left_over");

pub(super) const WRITTEN_OUT: Rule = Rule {
    name: "WrittenOut",
    words: "No shorthand, no name without its capital, no capital in the middle of a phrase and no list behind a colon \
            is left as a form has it.",
    look: written_out,
};
pub(super) const NOTHING_HARMFUL: Rule = Rule {
    name: "NothingHarmful",
    words: "The letter prints no empty answer, joke, weakness, wage or private matter.",
    look: nothing_harmful,
};

pattern!(COLON = r#"[^\s\d:]+:(?:\s+(?:[^\s"“'I]|I[^\s'’])|\s*$)"#);
pattern!(
    SIGNS =
        r"\w - \w|\bin Progress\b|(?:^|\s)(?:w/|@|\+|->|=)(?:\s|\w|$)|\w/ |\s/\s|~\d|\d\+?(?:yrs?|mths?|wks?|hrs?)\b"
);
pattern!(LONE_I = r"(?:^|[\s,(])i(?:['’](?:m|ve|d|ll))?(?:[\s,)]|\.$|$)");
pattern!(SHOUTED = r"\b[A-Z]{4,} [A-Z]{4,}\b|\b[A-Z]{6,}\b");
pattern!(LEFT_OVER = r"\b(?:an?|my|as|with|include|offer|bring|am) ([A-Z][a-z]+(?:-[a-z]+)?)\b");
pattern!(ROLE_CAPITAL = r"\b(?:an?|i?n the|as) ([A-Z][a-z]+(?:-[a-z]+)?) ([a-z]{3,})\b");
pattern!(MAY = r"\b(?:for|in|since|until|by) may\b(?:[.,]|$)");
pattern!(SENTENCE_SMALL = r"^[a-z]");
pattern!(
    WAGE = r"£\s?\d+(?:\.\d+)?\s?(?:/|an?\s|per\s)\s?(?:hr|h|hour)\b|£\s?\d+(?:k|,000) (?:min|minimum|a year|pa)\b"
);

fn written_out(letter: &ReadLetter<'_>) -> Option<Finding> {
    let marks = letter.sentences.iter().flat_map(|sentence| in_sentence(letter, sentence)).collect();
    Finding::named("Left as the form has it", letter.text, marks)
}

fn in_sentence(letter: &ReadLetter<'_>, sentence: &Passage<'_>) -> Vec<Range<usize>> {
    let masked = letter.masked(sentence);
    let own = letter.applicant_text().to_lowercase();
    let given_small = |lower: &str| own.split(|c: char| !c.is_alphanumeric() && c != '\'').any(|word| word == lower);
    let mut found: Vec<Range<usize>> = [&*COLON, &*SIGNS, &*LONE_I, &*SENTENCE_SMALL, &*MAY]
        .into_iter()
        .flat_map(|pattern| pattern.find_iter(masked).map(|found| found.range()))
        .collect();
    found.extend(SHOUTED.find_iter(masked).map(|shout| shout.range()));
    for raw in LEFT_OVER.captures_iter(masked) {
        let next = masked[raw.get(0).map_or(0, |whole| whole.end())..].trim_start();
        let small_next = next.starts_with(char::is_lowercase) || !next.starts_with(char::is_alphanumeric);
        found.extend(
            raw.get(1)
                .filter(|word| small_next && CAPITAL_RAW.has(&word.as_str().to_lowercase()))
                .map(|word| word.range()),
        );
    }
    for raw in ROLE_CAPITAL.captures_iter(masked) {
        let (word, next) = (&raw[1], &raw[2]);
        if begins_a_piece(&letter.applicant_text(), &format!("{word} {next}")) && !is_proper(word) {
            found.extend(raw.get(1).map(|word| word.range()));
        }
    }
    for word in words(masked, 0) {
        let lower = word.lower.trim_end_matches("'s");
        let lacks_capital = word.text.starts_with(char::is_lowercase)
            && (ALWAYS_CAPITAL.has(lower) || is_name(lower))
            && given_small(lower);
        if SHORTHAND.has(&word.lower) && word.text.contains(char::is_lowercase) || lacks_capital {
            found.push(word.at..word.end());
        }
    }
    let mut found: Vec<Range<usize>> =
        found.into_iter().map(|range| sentence.at + range.start..sentence.at + range.end).collect();
    found.sort_by_key(|mark| (mark.start, mark.end));
    found
}

/// Whether a word has its capital by right.
fn is_proper(word: &str) -> bool {
    is_employer(word) || is_place(word) || LANGUAGES.has(word) || DAYS.has(word) || SUBJECTS.has(&word.to_lowercase())
}

/// Whether a piece of the form begins with these words, so that the capital of the first may be that of a beginning.
fn begins_a_piece(form: &str, words: &str) -> bool {
    form.match_indices(words).any(|(at, _)| {
        let before = form[..at].trim_end();
        before.is_empty() || form[..at].ends_with('\n') || before.ends_with(|c: char| !c.is_alphanumeric())
    })
}

/// Whether a word in lower case is the name of a language, a people or a well-known employer.
fn is_name(lower: &str) -> bool {
    let mut characters = lower.chars();
    let Some(first) = characters.next().filter(|_| lower.chars().count() > 3) else { return false };
    let name: String = first.to_uppercase().chain(characters).collect();
    LANGUAGES.has(&name)
        || EMPLOYERS.has(&name)
            && !["next", "boots", "three", "admiral", "army", "mind", "shelter", "target", "currys"].contains(&lower)
}

fn nothing_harmful(letter: &ReadLetter<'_>) -> Option<Finding> {
    // The signature counts as well.
    let whole = tokens(letter.text, 0);
    let mut marks = all(&HARMFUL, &whole);
    marks.extend(WAGE.find_iter(letter.text).map(|wage| wage.range()));
    marks.extend(BELITTLED.find_iter(letter.text).map(|found| found.range()));
    marks.extend(NA.find_iter(letter.text).map(|found| found.range()));
    marks.sort_by_key(|mark| (mark.start, mark.end));
    Finding::named("This harms more than it helps", letter.text, marks)
}

pattern!(NA = r"(?i)\bn/a\b|\(basic\)|\(sadly\)|\blol\b|\bhaha\b");
pattern!(
    BELITTLED = r"\b[A-Z][\w+#]+ a little\b|[;:]\s(?:a )?bit of\b|\b(?:computer|maths|english) ok\b|\bbut bored\b"
);
