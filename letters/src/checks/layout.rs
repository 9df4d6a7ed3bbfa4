//! Rules about the layout: salutation, sign-off, a finished last sentence, length.

use crds::request::Length;

use super::finding::Finding;
use super::read_letter::{ReadLetter, is_salutation, plain, sign_off as sign_off_of};
use super::rule::Rule;
use crate::facts::nothing::says_nothing;

/// How much longer than asked a letter may be, in per cent.
const TOLERANCE_PERCENT: usize = 15;
/// Fewer words are no letter, however few the facts.
const WORDS_MIN: usize = 25;

pub(super) const SALUTATION: Rule =
    Rule { name: "Salutation", words: "The letter begins with a salutation, and a comma behind it.", look: salutation };
pub(super) const SIGN_OFF: Rule =
    Rule { name: "SignOff", words: "The letter ends with a closing and the applicant's name.", look: sign_off };
pub(super) const COMPLETE: Rule =
    Rule { name: "Complete", words: "The last sentence before the closing is finished.", look: complete };
pub(super) const WORD_COUNT: Rule = Rule {
    name: "WordCount",
    words: "The letter has no more words than were asked for, give or take 15 per cent; few facts make a short letter.",
    look: word_count,
};

fn salutation(letter: &ReadLetter<'_>) -> Option<Finding> {
    let first = letter.text.lines().next().unwrap_or_default();
    (!is_salutation(first.trim())).then(|| Finding::missing("The letter does not begin with a salutation."))
}

fn sign_off(letter: &ReadLetter<'_>) -> Option<Finding> {
    let text = letter.text.trim_end();
    let last = text.rsplit("\n\n").next().unwrap_or_default();
    let Some(signed) = sign_off_of(last) else {
        return Some(Finding::missing("The letter does not end with a sign-off."));
    };
    let typed = letter.spec.applicant.name.as_str();
    let name = if says_nothing(typed) { "" } else { typed };
    let message = || format!("The letter is signed \"{signed}\", not \"{}\".", name.trim());
    // The letter ends with the signature.
    let mark = text.len() - signed.len()..text.len();
    (plain(signed) != plain(name)).then(|| Finding::words(message(), vec![mark; usize::from(!signed.is_empty())]))
}

fn complete(letter: &ReadLetter<'_>) -> Option<Finding> {
    const MESSAGE: &str = "The last sentence is not finished.";
    let Some(last) = letter.sentences.last() else { return Some(Finding::missing(MESSAGE)) };
    let closed =
        last.text.trim_end_matches(['"', '\'', ')', '”', '’', '»']).ends_with(['.', '!', '?', '…', '。', '！', '？']);
    (!closed).then(|| Finding::words(MESSAGE, vec![last.range()]))
}

fn word_count(letter: &ReadLetter<'_>) -> Option<Finding> {
    let words = letter.text.split_whitespace().count();
    let most = most_words(letter.spec.letter.length);
    if words < WORDS_MIN {
        return Some(Finding::missing(format!("The letter has only {words} words.")));
    }
    let is_long = words > most + most * TOLERANCE_PERCENT / 100;
    is_long.then(|| Finding::missing(format!("The letter has {words} words; at most {most} were asked for.")))
}

/// Most words of each length.
fn most_words(length: Length) -> usize {
    match length {
        Length::Short => 200,
        Length::Standard => 300,
        Length::Long => 400,
    }
}
