//! Rules about wording: no placeholder, no worn-out opening, no repeated sentence.
use std::collections::BTreeSet;

use super::finding::Finding;
use super::read_letter::{Passage, ReadLetter, plain};
use super::rule::Rule;
use crate::pattern::pattern;

pub(super) const PLACEHOLDER: Rule = Rule {
    name: "Placeholder",
    words: "Nothing is left to fill in: no brackets with words in them, no blanks, no `Your Name`, unless the request \
            itself holds them.",
    look: placeholder,
};
pub(super) const TEMPLATE_OPENER: Rule = Rule {
    name: "TemplateOpener",
    words: "The letter does not open with words that readers of many letters skip, such as \"I am writing to \
            express\".",
    look: template_opener,
};
pub(super) const REPEATED_SENTENCE: Rule =
    Rule { name: "RepeatedSentence", words: "No sentence of five or more words comes twice.", look: repeated_sentence };

/// Shorter sentences may be repeated.
const REPEATED_WORDS_MIN: usize = 5;

pattern!(
    PLACEHOLDERS = concat!(
        r"\[[^\]\n]{1,80}\]|\{[^}\n]{1,80}\}|<[^<>\s][^<>\n]{0,79}>|_{3,}",
        r"|\b(?:Your (?:Full )?Name|YOUR NAME|(?:Company|Employer) Name|COMPANY NAME|Job Title Here|XX+",
        r"|(?i:lorem ipsum))\b",
    )
);

// Openings that readers of many letters skip.
pattern!(
    OPENERS = concat!(
        r"(?i)^(?:I am writing (?:this letter )?to (?:\w+ )?(?:express|apply|submit|convey)",
        r"|I(?: am|['’]m) (?:very |so )?(?:excited|thrilled|eager) to (?:apply|submit|express)",
        r"|I was (?:very |so )?(?:excited|thrilled) to (?:come across|see|learn|find|discover|read)",
        r"|As an? (?:highly |deeply |truly )?",
        r"(?:passionate|motivated|self-motivated|dedicated|driven|results-driven|enthusiastic|seasoned)\b",
        r"|I hope this (?:letter|message|e-?mail) finds you)",
    )
);

fn placeholder(letter: &ReadLetter<'_>) -> Option<Finding> {
    let inputs = plain(&[letter.applicant_text(), letter.job_text()].join("\n"));
    let found = PLACEHOLDERS.find_iter(letter.text).filter(|found| !inputs.contains(&plain(found.as_str())));
    Finding::named("There is something left to fill in", letter.text, found.map(|found| found.range()).collect())
}

fn template_opener(letter: &ReadLetter<'_>) -> Option<Finding> {
    let first = letter.paragraphs.first()?;
    let found = OPENERS.find(first.text)?;
    if plain(&letter.applicant_text()).contains(&plain(found.as_str())) {
        return None;
    }
    let mark = first.at..first.at + found.end();
    Some(Finding::words(format!("Many letters begin with \"{}\".", found.as_str()), vec![mark]))
}

/// Marks each sentence from its second time on, except what the applicant's own fields repeat.
fn repeated_sentence(letter: &ReadLetter<'_>) -> Option<Finding> {
    let own = plain(&letter.applicant_text());
    let mut seen = BTreeSet::new();
    let long =
        letter.sentences.iter().filter(|sentence| sentence.text.split_whitespace().count() >= REPEATED_WORDS_MIN);
    let again = long.filter(|sentence| {
        let plain = plain(sentence.text);
        !own.contains(&plain) && !seen.insert(plain)
    });
    Finding::named("Said more than once", letter.text, again.map(Passage::range).collect())
}
