//! Decides whether a figure in a sentence is claimed by the applicant or asked for by the employer.

use regex::Regex;

use crate::pattern::pattern;

pattern!(FIRST_PERSON = r"\b(?:I|[Mm]y|me|mine|[Ww]e|[Oo]ur|myself)\b");

// Words that attribute what follows to the employer.
pattern!(
    EMPLOYER = concat!(
        r"(?i)\b(?:you|your|posting|advert|advertisement|description|employer|listing|",
        r"requirements?|required|requires?|asks?|seeks?|looking for|preferences?|preferred)\b",
    )
);

// Words that turn what follows into a wish or a denial.
pattern!(
    HEDGE = concat!(
        r"(?i)\b(?:would (?:like|love|be|welcome|need)|hope|want|wish|plan|aim|intend|look(?:ing)? forward|towards?|",
        r"not|don['’]t|never|without|lack)\b",
    )
);

// "I meet your requirement of 4 years" claims the 4 years although it names the employer.
pattern!(MEETS = r"\bI (?:\w+ ){0,2}(?:meet|satisfy|fulfil|fulfill|exceed|match)\b");

// Words of an applicant who has yet to do something about what was named before.
pattern!(OPEN = r"(?i)\b(?:willing|ready|eager|keen|glad|happy|to learn)\b");

/// Whether the words at byte `at` of `sentence` are claimed in the first person: the last of applicant, employer and wish
/// before them is the applicant, or none is before them and the applicant comes after.
pub(super) fn is_claimed(sentence: &str, at: usize) -> bool {
    let before = &sentence[..at];
    if MEETS.is_match(before) {
        return true;
    }
    let last = |pattern: &Regex| pattern.find_iter(before).last().map(|found| found.start());
    match (last(&FIRST_PERSON), last(&EMPLOYER).max(last(&HEDGE))) {
        (Some(applicant), Some(employer)) => applicant > employer,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (None, None) => {
            let after = &sentence[at..];
            FIRST_PERSON.is_match(after) && !HEDGE.is_match(after) && !OPEN.is_match(after)
        }
    }
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
    fn wishes_of_the_applicant_are_no_claims() {
        check("I would like to reach 4 years of practice with care.", false);
        check("I do not have 4 years of experience.", false);
        check("I hope for 4 years of learning.", false);
        check("As for the 4 years, I am willing to learn.", false);
        check("I would bring 4 years of experience.", true);
    }

    #[test]
    fn wishes_of_the_employer_are_no_claims() {
        check("I noticed that you ask for 4 years of experience.", false);
        check("I have read your preference for 4 years with care.", false);
        check("The posting names 4 years of experience.", false);
        check("The team has 4 offices.", false);
    }
}
