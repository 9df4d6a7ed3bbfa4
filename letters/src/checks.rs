//! Checks a finished letter and says what the applicant should look at before sending it. Never changes the letter.
//!
//! The rules only compare words: they know neither grammar nor the world, and prefer a missed fault to a false alarm. A
//! letter may quote the request word for word.

mod advert;
mod answers;
mod claims;
mod company;
mod coverage;
mod figures;
mod finding;
mod invented;
mod kept_apart;
mod layout;
mod letter_only;
mod phrase;
mod raw;
mod read_letter;
mod rule;
mod skills;
mod unfounded;
mod verbs;
mod vocabulary;
mod voice;
mod word;
mod wording;

use crds::CoverLetterRequestSpec;
use crds::request::Check;

use read_letter::ReadLetter;

pub use rule::Rule;

/// All rules, in the order in which their checks are shown.
pub const RULES: [Rule; 25] = [
    layout::SALUTATION,
    layout::SIGN_OFF,
    layout::COMPLETE,
    layout::WORD_COUNT,
    wording::PLACEHOLDER,
    wording::TEMPLATE_OPENER,
    wording::REPEATED_SENTENCE,
    coverage::COMPANY_AND_ROLE,
    coverage::FIELDS_USED,
    skills::SKILLS_GIVEN,
    figures::FIGURES,
    figures::ADVERT_FIGURES,
    advert::ADVERT_CLAIMS,
    invented::FACTS_GIVEN,
    answers::REQUIREMENTS_ANSWERED,
    answers::GAPS_UNSAID,
    unfounded::NOTHING_INVENTED,
    unfounded::RESULTS_GIVEN,
    company::COMPANY_NOT_CLAIMED,
    kept_apart::FACTS_APART,
    letter_only::LETTER_ONLY,
    letter_only::NO_LOOPS,
    verbs::VERBS_FIT,
    raw::WRITTEN_OUT,
    raw::NOTHING_HARMFUL,
];

/// The result of every rule for `letter`, in a fixed order. Marks are offsets into `letter` as it is given here.
#[must_use]
pub fn check(spec: &CoverLetterRequestSpec, letter: &str) -> Vec<Check> {
    let read = ReadLetter::new(spec, letter);
    let result = |rule: &Rule| match (rule.look)(&read) {
        Some(finding) => finding.into_check(rule.name, letter),
        None => Check { name: rule.name.to_owned(), passed: true, message: String::new(), marks: Vec::new() },
    };
    RULES.iter().map(result).collect()
}

/// The check of a letter in the plain form, which says why it is in that form.
#[must_use]
pub(crate) fn plain_form(why: &str) -> Check {
    let message = format!(
        "This letter is in the plain form, which only states what you gave: {why}. Rewrite it in your own words before \
         you send it, or change the request."
    );
    Check { name: "PlainForm".to_owned(), passed: false, message, marks: Vec::new() }
}

#[cfg(test)]
mod labelled;
#[cfg(test)]
mod tests;
