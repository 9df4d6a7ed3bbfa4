//! Exams that are sat again: what was passed stays, what is sat again is still to come.

use super::marks::when;
use super::school;
use crate::facts::fact::{Kind, Words};
use crate::pattern::pattern;

pattern!(
    RESIT = r"(?i)^(.*?)[\s,(–—-]*\b(?:re-?sits?|re-?sitting|redoing|retak(?:e|ing))\b(?: just)?(?: my| the)?\s*(.*?)[\s,]*(?:\bin |\bon |\bfor )?((?:\d{1,2}(?:st|nd|rd|th)? )?(?:january|february|march|april|may|june|july|august|september|october|november|december|autumn|summer)(?: \d{4})?)\)?$"
);

/// Reads an entry that tells of an exam to be sat again, with its date.
pub(super) fn read(names: &str) -> Option<Vec<(Kind, Words)>> {
    let found = RESIT.captures(names)?;
    let (before, what, date) = (found[1].trim_matches([' ', ',', '(', '-', '–']), found[2].trim(), when(&found[3]));
    let due = |what: &str| (Kind::Due, Words::Clause(format!("I sit {what} {date}")));
    if before.is_empty() {
        return (!what.is_empty()).then(|| vec![due(&school::subject(what).unwrap_or_else(|| what.to_owned()))]);
    }
    let exam = if before.to_lowercase().starts_with("gcse") { "GCSE " } else { "" };
    let Some(items) = school::graded(before) else {
        let is_name = what.is_empty() && before.split(' ').count() < 4;
        return is_name.then(|| vec![due(before)]);
    };
    // Without a subject of its own, the last one is meant.
    let again = school::subject(what).or_else(|| items.last().map(|(subject, _)| subject.clone()))?;
    let kept: Vec<(String, Option<String>)> = items.into_iter().filter(|(subject, _)| *subject != again).collect();
    let mut all = Vec::new();
    if let Some(thing) = school::kept(exam.trim(), &kept) {
        all.push((Kind::Grade, Words::Thing(thing)));
    }
    // What has been sat already only waits for its result.
    let is_sat = ["sat ", "waiting", "awaiting"].iter().any(|word| names.to_lowercase().contains(word));
    if !is_sat {
        all.push(due(&format!("{exam}{again}")));
    }
    (!all.is_empty()).then_some(all)
}
