//! Rules about the outer form: salutation, sign-off, a finished last sentence, length.

use std::ops::RangeInclusive;

use crds::request::Length;

use super::draft::{Draft, is_salutation, plain, sign_off as sign_off_of};

/// A letter may be this much shorter or longer than asked before it is worth a word, in per cent.
const TOLERANCE_PERCENT: usize = 15;

pub(super) fn salutation(draft: &Draft<'_>) -> Option<String> {
    let first = draft.letter.lines().next().unwrap_or_default();
    (!is_salutation(first.trim())).then(|| "The letter does not begin with a salutation.".to_owned())
}

pub(super) fn sign_off(draft: &Draft<'_>) -> Option<String> {
    let last = draft.letter.trim_end().rsplit("\n\n").next().unwrap_or_default();
    let Some(signed) = sign_off_of(last) else {
        return Some("The letter does not end with a sign-off.".to_owned());
    };
    let name = &draft.spec.applicant.name;
    (plain(signed) != plain(name)).then(|| format!("The letter is signed \"{signed}\", not \"{}\".", name.trim()))
}

pub(super) fn complete(draft: &Draft<'_>) -> Option<String> {
    let last = draft.paragraphs.last().copied().unwrap_or_default();
    let closed = last.trim_end_matches(['"', '\'', ')', '”', '’']).ends_with(['.', '!', '?', '。']);
    (!closed).then(|| "The last sentence is not finished.".to_owned())
}

pub(super) fn word_count(draft: &Draft<'_>) -> Option<String> {
    let words = draft.letter.split_whitespace().count();
    let asked = asked(draft.spec.letter.length);
    let slack = |bound: usize| bound * TOLERANCE_PERCENT / 100;
    let accepted = asked.start() - slack(*asked.start())..=asked.end() + slack(*asked.end());
    (!accepted.contains(&words))
        .then(|| format!("The letter has {words} words; {} to {} were asked for.", asked.start(), asked.end()))
}

/// Words that a length stands for.
fn asked(length: Length) -> RangeInclusive<usize> {
    match length {
        Length::Short => 150..=200,
        Length::Standard => 200..=300,
        Length::Long => 300..=400,
    }
}
