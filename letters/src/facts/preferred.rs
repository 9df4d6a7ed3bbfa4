//! What the employer asks for, so that a letter can quote it as the employer's wish.

use super::experience::lower_first;
use super::lexicon::{bare, is_doing, is_past_verb, is_present_verb};
use super::list::{entries, is_in, joined};
use super::qualifications;
use super::tidy::{sentences, unquoted, without_stop, words};

/// Longest wish that a sentence names without quotation marks, in words.
const NAMED_WORDS_MAX: usize = 22;
/// Longest entry of such a wish, in words.
const ENTRY_WORDS_MAX: usize = 12;
/// Longest quotation, in words.
const QUOTED_WORDS_MAX: usize = 30;

/// A wish of the employer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A noun phrase: follows "you ask for".
    Named(String),
    /// Anything else, in quotation marks, shortened where it is long: follows "your advert says".
    Quoted(String),
}

impl Wish {
    /// Reads a field; `text` is one tidy line, not empty.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = without_stop(unquoted(text));
        let entries = entries(text);
        let is_short = words(text) <= NAMED_WORDS_MAX && sentences(text).len() == 1 && !text.contains([':', '"', '“']);
        if is_short && entries.iter().all(|entry| is_noun_phrase(entry) && words(entry) <= ENTRY_WORDS_MAX) {
            return Self::Named(joined(&entries.iter().map(|entry| small(entry)).collect::<Vec<_>>()));
        }
        let excerpt: Vec<&str> = text.split_whitespace().take(QUOTED_WORDS_MAX).collect();
        let more = if words(text) > QUOTED_WORDS_MAX { " …" } else { "" };
        let excerpt = excerpt.join(" ").replace(['"', '“', '”'], "'");
        Self::Quoted(format!("“{}{more}”", excerpt.trim_end_matches([',', ';', ':'])))
    }
}

/// Whether an entry can follow "you ask for": it does not begin with a verb, a pronoun or a description of somebody.
fn is_noun_phrase(entry: &str) -> bool {
    const NOT_NOUNS: &str = "\
        understands, knows, speaks, loves, enjoys, currently, own, right, registered, able, adaptable, applicants, applying, available, be, being, calm, can, candidates, capable, caring, \
        comfortable, competent, confident, creative, energetic, enthusiastic, experienced, familiar, flexible, \
        fluent, friendly, fully, happy, hard-working, hardworking, has, ideally, if, interested, is, keen, \
        knowledgeable, love, must, need, needs, no, organised, ours, passionate, patient, please, preferably, \
        proficient, punctual, qualified, reliable, should, skilled, to, we, who, will, willing, working, you";
    const NUMBERS: &str = "one, two, three, four, five, six, seven, eight, nine, ten";
    const HEADS: &str = "experience, knowledge, degree, qualification, qualifications, licence, license, certificate, certification, skills, interest, \
        portfolio, understanding, ability, background, gcses, card, record, willingness, diploma, masters, excel, python, java, sql, spanish, french, \
        german, english, availability, training";
    const ENDS: &str = "\
        desirable, essential, preferred, required, needed, ideal, advantageous, plus, advantage";
    let mut parts = entry.split_whitespace().map(bare);
    let Some(first) = parts.next() else { return false };
    let last = parts.next_back().unwrap_or_default();
    let has_clause = [
        " registered ",
        " or willing ",
        " working towards ",
        " desirable ",
        " essential ",
        " is ",
        " are ",
        " you ",
        " we ",
        " must ",
        " should ",
        " will ",
    ]
    .iter()
    .any(|word| format!(" {} ", entry.to_lowercase()).contains(word));
    let begins_with_number = entry.starts_with(|c: char| c.is_ascii_digit()) || is_in(NUMBERS, &first);
    let has_head = entry.split_whitespace().any(|word| is_in(HEADS, &bare(word)));
    (begins_with_number || has_head)
        && !(is_in(NOT_NOUNS, &first)
            || is_in(ENDS, &last)
            || has_clause
            || first.ends_with("n't")
            || (is_doing(&first) && first != "nursing")
            || (is_past_verb(&first) && !first.ends_with("ed"))
            || (is_present_verb(&first)
                && !["care", "work", "support", "cook", "design", "tutor", "train"].contains(&first.as_str())))
}

/// How a wish follows "you ask for": with an article for a licence or degree, and a small first letter for the everyday
/// words that such lists begin with.
fn small(entry: &str) -> String {
    const NAMES: &str = "\
        English, French, German, Spanish, Italian, Polish, Mandarin, Welsh, Excel, Python, Java, Word, Photoshop, \
        Figma, Salesforce, Docker, Kubernetes, Linux, Christian, Saturday";
    let first = entry.split_whitespace().next().unwrap_or_default();
    let is_name =
        is_in(NAMES, first) || entry.split_whitespace().nth(1).is_some_and(|word| word.starts_with(char::is_uppercase));
    match entry.split_once(' ') {
        Some(("A" | "An" | "The", rest)) => format!("{} {rest}", first.to_lowercase()),
        _ => qualifications::named(&if is_name { entry.to_owned() } else { lower_first(entry) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noun_phrases_are_named() {
        let check = |text: &str, expect: &str| assert_eq!(Wish::of(text), Wish::Named(expect.to_owned()), "{text}");
        check("4 years experience machine learning", "4 years experience machine learning");
        check(
            "PMP certification, experience with large projects",
            "a PMP certification and experience with large projects",
        );
        check("Full clean driving licence.", "a full clean driving licence");
        check("4 years experience, degree in maths", "4 years experience and a degree in maths");
        check("Excel", "Excel");
        check("A playable portfolio", "a playable portfolio");
    }

    #[test]
    fn everything_else_is_quoted() {
        let check = |text: &str, expect: &str| assert_eq!(Wish::of(text), Wish::Quoted(expect.to_owned()), "{text}");
        check("Must have own car", "“Must have own car”");
        check("You will be a team player", "“You will be a team player”");
        check("Experience with Excel desirable", "“Experience with Excel desirable”");
        check("Reliable and punctual", "“Reliable and punctual”");
        let long = "word ".repeat(60);
        assert_eq!(Wish::of(&long), Wish::Quoted(format!("“{}…”", "word ".repeat(30))));
    }
}
