//! Takes away the facts of which the program's own sentences do not read, before a letter is planned.
//!
//! The checks of a finished letter tell sentences that are no English and words that harm. What they find in a trial of
//! the plan would be found in the letter, too, so that the facts behind it are left out: a shorter letter is better.

use std::collections::BTreeSet;

use crds::CoverLetterRequestSpec;

use crate::checks;
use crate::compose;
use crate::evidence::evidence;
use crate::facts::Facts;
use crate::plan::Plan;

/// The rules whose findings no letter may hold.
const RULES: [&str; 2] = ["VerbsFit", "NothingHarmful"];
/// Most trials. Every trial but the last takes facts away.
const TRIALS: usize = 4;

/// The facts without those that would not read.
pub fn screened(request: &CoverLetterRequestSpec, mut facts: Facts, seed: u64) -> Facts {
    for _ in 0..TRIALS {
        let plan = Plan::of(&facts, &evidence(&request.job, &facts.all), &request.letter, seed);
        let Ok(letter) = compose::signed(request, &plan.read("").0) else { return facts };
        let found = faults(request, &letter);
        let said: BTreeSet<usize> = found.iter().flat_map(|fault| plan.facts_of(fault)).collect();
        // What the applicant wrote out stays as it was written.
        let left: BTreeSet<usize> = said.into_iter().filter(|at| !facts.is_told(*at)).collect();
        if left.is_empty() {
            break;
        }
        facts.leave_out_unread(&left);
    }
    facts
}

/// The words that the rules find fault with.
fn faults(request: &CoverLetterRequestSpec, letter: &str) -> Vec<String> {
    let found = checks::check(request, letter).into_iter().filter(|check| RULES.contains(&check.name.as_str()));
    let characters: Vec<char> = letter.chars().collect();
    let marks = found.flat_map(|check| check.marks);
    marks
        .filter_map(|mark| {
            Some(characters.get(usize::try_from(mark.start).ok()?..usize::try_from(mark.end).ok()?)?.iter().collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn what_would_not_read_is_left_out_and_the_rest_stays() {
        let mut request = fixtures::documented();
        request.applicant.qualifications = "BSc in Computer Science, resit maths in November".into();
        let facts = Facts::of(&request).expect("facts");
        let left = screened(&request, facts.clone(), 1);
        assert!(left.all.len() <= facts.all.len() && !left.all.is_empty());
        let plan = Plan::of(&left, &evidence(&request.job, &left.all), &request.letter, 1);
        let letter = compose::signed(&request, &plan.read("").0).expect("a letter");
        assert_eq!(faults(&request, &letter), [""; 0], "{letter}");
        assert!(letter.contains("Trello") && letter.contains("Python"), "{letter}");
    }
}
