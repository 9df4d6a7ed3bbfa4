//! Sentences in the first person about qualifications: "I start my prescribing course at Keele in September."

use crate::facts::fact::{Kind, Words};
use crate::facts::sentence;
use crate::pattern::pattern;

pattern!(ATTEMPT = r"(?i),? (?:at|on) (?:the|my) (?:second|third|fourth) (?:attempt|try|go)\b,?");
pattern!(
    GIVEN_UP =
        r"(?i),? (?:and|but) (?:have |had |i )?(?:deferred|left|withdrew|withdrawn|dropped|given up|gave up)\b.*$"
);
pattern!(ENTRY = r"(?i)^i (?:have|hold|have got|'ve got) (?:a|an|the|my|full|[A-Z\d]|nvq|level|gcse)");

/// Whether a block is a sentence rather than an entry behind "I have" or "I hold".
pub(super) fn is_sentence(block: &str) -> bool {
    sentence::is_sentence(block) && !ENTRY.is_match(block)
}

/// The sentence as a clause, with the kind that its verb tells.
pub(super) fn read(block: &str) -> Option<(Kind, Words)> {
    let text = ATTEMPT.replace(block, "");
    let text = GIVEN_UP.replace(&text, "");
    let (_, words) = sentence::read(&text)?;
    let Words::Clause(clause) = &words else { return None };
    let lower = clause.to_lowercase();
    let kind = match lower.split_whitespace().take(3).collect::<Vec<_>>().as_slice() {
        ["i", "start" | "sit" | "begin" | "expect" | "hope" | "finish" | "graduate" | "will" | "qualify", ..]
        | ["i", "have", "applied" | "submitted" | "booked"] => Kind::Due,
        [
            "i",
            "am",
            "working" | "studying" | "half-way" | "halfway" | "completing" | "doing" | "taking" | "in" | "nearly",
        ] => Kind::Study,
        ["i", "have", "completed"]
            if lower.contains(" years of ") || lower.contains(" of the ") || lower.contains(" of four") =>
        {
            Kind::Study
        }
        ["i", "am", "registered" | "cleared" | "licensed"] => Kind::Licence,
        ["i", "am", "a" | "an"] => Kind::Member,
        _ if lower.starts_with("my ")
            && [" is booked", " is due", " is in ", " is on ", " are in "].iter().any(|due| lower.contains(due)) =>
        {
            Kind::Due
        }
        _ => Kind::Award,
    };
    Some((kind, words))
}
