//! Rules about requirements that a letter raises: it answers them, and confesses no gap.

use super::finding::Finding;
use super::phrase::{Token, all, tokens, unbacked};
use super::read_letter::ReadLetter;
use super::rule::Rule;
use crate::words::list;

list!(PUT_OFF = "checks/put_off");
list!(PUT_OFF_AFTER = "checks/put_off_after_requirement");
list!(REQUIREMENT_RAISED = "checks/requirement_raised");
list!(GAPS = "checks/gaps");
list!(WILLING = "checks/willing_to_learn");

pub(super) const REQUIREMENTS_ANSWERED: Rule = Rule {
    name: "RequirementsAnswered",
    words: "No requirement is raised and then put off to a later talk.",
    look: requirements_answered,
};
pub(super) const GAPS_UNSAID: Rule = Rule {
    name: "GapsUnsaid",
    words: "The letter names nothing that the applicant lacks or has yet to learn, unless the applicant said so.",
    look: gaps_unsaid,
};

fn requirements_answered(letter: &ReadLetter<'_>) -> Option<Finding> {
    let mut marks = Vec::new();
    let mut before: Vec<Token> = Vec::new();
    for sentence in &letter.sentences {
        let now = tokens(sentence.text, sentence.at);
        let raised = [&before, &now].iter().any(|tokens| !all(&REQUIREMENT_RAISED, tokens).is_empty());
        if !all(&PUT_OFF, &now).is_empty() || raised && !all(&PUT_OFF_AFTER, &now).is_empty() {
            marks.push(sentence.range());
        }
        before = now;
    }
    Finding::named("Put off instead of answered", letter.text, marks)
}

fn gaps_unsaid(letter: &ReadLetter<'_>) -> Option<Finding> {
    let own = tokens(&letter.applicant_text(), 0);
    let marks = letter.sentences.iter().flat_map(|sentence| {
        let now = tokens(letter.masked(sentence), sentence.at);
        [all(&GAPS, &now), unbacked(&WILLING, &now, &own)].concat()
    });
    Finding::named("This tells the reader what is missing", letter.text, marks.collect())
}
