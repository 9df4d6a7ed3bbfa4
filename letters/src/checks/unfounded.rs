//! Rules about what nobody said: lessons, motives, values, traits, lengths of service and results.

use super::finding::Finding;
use super::phrase::{Token, tokens, unbacked};
use super::read_letter::ReadLetter;
use super::rule::Rule;
use super::vocabulary::TIMES;
use crate::facts::nothing::says_nothing;
use crate::words::{List, list};

list!(LESSONS = "checks/lessons");
list!(MOTIVES = "checks/motives");
list!(MOTIVES_OF_A_REASON = "checks/motives_of_a_reason");
list!(PRAISE = "checks/praise_of_oneself");
list!(RESULTS = "checks/results");
list!(TENURE = "checks/tenure");

pub(super) const NOTHING_INVENTED: Rule = Rule {
    name: "NothingInvented",
    words: "The letter tells no lesson, motive, value, habit or trait that the applicant did not give.",
    look: nothing_invented,
};
pub(super) const RESULTS_GIVEN: Rule = Rule {
    name: "ResultsGiven",
    words: "The letter tells no length of service and no result that the applicant did not give.",
    look: results_given,
};

fn nothing_invented(letter: &ReadLetter<'_>) -> Option<Finding> {
    let gives_reason = !says_nothing(&letter.spec.applicant.reason);
    let lists: &[&List] = if gives_reason {
        &[&LESSONS, &MOTIVES, &PRAISE]
    } else {
        &[&LESSONS, &MOTIVES, &PRAISE, &MOTIVES_OF_A_REASON]
    };
    found(letter, "You said nothing of the kind", lists, &letter.applicant_text())
}

fn results_given(letter: &ReadLetter<'_>) -> Option<Finding> {
    let own = letter.applicant_text();
    let is_year = |word: &str| word.len() == 4 && word.starts_with("19") || word.starts_with("20");
    let is_time = |token: &Token| {
        TIMES.has(token.lower.trim_start_matches(|c: char| c.is_ascii_digit())) || is_year(&token.lower)
    };
    let has_times = tokens(&own, 0).iter().any(is_time);
    let lists: &[&List] = if has_times { &[&RESULTS] } else { &[&RESULTS, &TENURE] };
    // A letter may quote the employer: "You want a track record".
    found(letter, "You did not give this", lists, &[own, letter.job_text()].join("\n"))
}

fn found(letter: &ReadLetter<'_>, message: &str, lists: &[&List], own: &str) -> Option<Finding> {
    let own = tokens(own, 0);
    let mut marks = Vec::new();
    for sentence in &letter.sentences {
        let now = tokens(letter.masked(sentence), sentence.at);
        marks.extend(lists.iter().flat_map(|list| unbacked(list, &now, &own)));
    }
    marks.sort_by_key(|mark| (mark.start, mark.end));
    marks.dedup_by(|next, before| next.start < before.end);
    Finding::named(message, letter.text, marks)
}
