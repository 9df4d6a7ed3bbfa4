//! Rules about wording: nothing left to fill in, no worn-out opening, nothing said twice.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::draft::{Draft, plain};
use super::quoted;

/// Shorter sentences may come twice.
const REPEATED_WORDS_MIN: usize = 5;

static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)\[[^\]\n]{1,80}\]|\{[^}\n]{1,80}\}|<[^>\n]{1,80}>|\b(?:your (?:full )?name|company name|job title here)\b",
    )
});

/// Openings that readers of many letters skip.
static OPENERS: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)^(?:I am writing (?:this letter )?to (?:\w+ )?(?:express|apply|submit|convey)",
        r"|I(?: am|'m) (?:very |so )?(?:excited|thrilled|eager) to (?:apply|submit|express)",
        r"|I was (?:very |so )?(?:excited|thrilled) to (?:come across|see|learn|find|discover|read)",
        r"|As an? (?:highly |deeply |truly )?(?:passionate|motivated|self-motivated|dedicated|driven|results-driven|enthusiastic|seasoned)\b",
        r"|I hope this (?:letter|message|e-?mail) finds you)",
    ))
});

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is constant and valid")
}

pub(super) fn placeholder(draft: &Draft<'_>) -> Option<String> {
    let inputs = plain(&[draft.applicant_text(), draft.job_text()].join("\n"));
    let found: BTreeSet<&str> = PLACEHOLDER
        .find_iter(draft.letter)
        .map(|found| found.as_str())
        .filter(|found| !inputs.contains(&plain(found)))
        .collect();
    (!found.is_empty()).then(|| format!("There is something left to fill in: {}.", quoted(found)))
}

pub(super) fn template_opener(draft: &Draft<'_>) -> Option<String> {
    let found = OPENERS.find(draft.paragraphs.first()?)?;
    Some(format!("Many letters begin with \"{}\".", found.as_str()))
}

pub(super) fn repeated_sentence(draft: &Draft<'_>) -> Option<String> {
    let mut seen = BTreeSet::new();
    let long = draft.sentences.iter().filter(|sentence| sentence.split_whitespace().count() >= REPEATED_WORDS_MIN);
    let twice: BTreeSet<&str> = long.filter(|sentence| !seen.insert(plain(sentence))).copied().collect();
    (!twice.is_empty()).then(|| format!("Said more than once: {}.", quoted(twice)))
}
