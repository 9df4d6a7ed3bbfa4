//! Who says what: whether a word in a sentence is something the applicant claims, or something the employer asked for.

use std::sync::LazyLock;

use regex::Regex;

use super::draft::Draft;

static FIRST_PERSON: LazyLock<Regex> = LazyLock::new(|| regex(r"\b(?:I|[Mm]y|me|mine|[Ww]e|[Oo]ur|myself)\b"));

/// Words that hand what follows to the employer.
static EMPLOYER: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)\b(?:you|your|posting|advert|advertisement|description|employer|listing|",
        r"requirements?|required|requires?|asks?|seeks?|looking for|preferences?|preferred)\b",
    ))
});

/// "I meet your requirement of 4 years" claims the 4 years although it names the employer.
static MEETS: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\bI (?:\w+ ){0,2}(?:meet|satisfy|fulfil|fulfill|exceed|match)\b"));

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is constant and valid")
}

/// Whether what stands at byte `at` of `sentence` is claimed in the first person: what came last before it was the
/// applicant, or nobody came before and the applicant comes after.
pub(super) fn is_claimed(sentence: &str, at: usize) -> bool {
    let before = &sentence[..at];
    if MEETS.is_match(before) {
        return true;
    }
    let last = |pattern: &Regex| pattern.find_iter(before).last().map(|found| found.start());
    match (last(&FIRST_PERSON), last(&EMPLOYER)) {
        (Some(applicant), Some(employer)) => applicant > employer,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (None, None) => FIRST_PERSON.is_match(&sentence[at..]),
    }
}

/// The sentence with job title and company made unreadable: their words are nobody's claim. Keeps the length.
pub(super) fn without_names(draft: &Draft<'_>, sentence: &str) -> String {
    let mut masked = sentence.to_owned();
    for name in [&draft.spec.job.title, &draft.spec.job.company] {
        let name = name.trim();
        if !name.is_empty() {
            masked = masked.replace(name, &"_".repeat(name.len()));
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sentence: &str, expect: bool) {
        let at = sentence.find('4').expect("the sentence has a figure");
        assert_eq!(is_claimed(sentence, at), expect, "{sentence}");
    }

    #[test]
    fn claims_of_the_applicant_are_found() {
        check("I have 4 years of experience.", true);
        check("As your advert asks, I have 4 years of experience.", true);
        check("My 4 years of experience are what you are looking for.", true);
        check("4 years of practice taught me patience.", true);
        check("I fully meet your requirement of 4 years.", true);
    }

    #[test]
    fn wishes_of_the_employer_are_no_claims() {
        check("I noticed that you ask for 4 years of experience.", false);
        check("I have read your preference for 4 years with care.", false);
        check("The posting names 4 years of experience.", false);
        check("The team has 4 offices.", false);
    }
}
