//! Looks a finished letter over and says what the applicant should look at before sending it. Never changes the letter.

mod claims;
mod draft;
mod facts;
mod figures;
mod form;
mod wording;

use crds::CoverLetterRequestSpec;
use crds::request::Check;

use draft::Draft;

/// Longest message, in characters, as the resource allows it.
const MESSAGE_MAX: usize = 1_000;

/// A rule: nothing to say, or what to look at.
type Rule = fn(&Draft<'_>) -> Option<String>;

/// All rules with their names, in the order in which they are shown.
const RULES: [(&str, Rule); 12] = [
    ("Salutation", form::salutation),
    ("SignOff", form::sign_off),
    ("Complete", form::complete),
    ("WordCount", form::word_count),
    ("Placeholder", wording::placeholder),
    ("TemplateOpener", wording::template_opener),
    ("RepeatedSentence", wording::repeated_sentence),
    ("CompanyAndRole", facts::company_and_role),
    ("FieldsUsed", facts::fields_used),
    ("SkillsGiven", facts::skills_given),
    ("Figures", figures::figures),
    ("AdvertFigures", figures::advert_figures),
];

/// The result of every rule for `letter`, in a fixed order.
#[must_use]
pub fn check(spec: &CoverLetterRequestSpec, letter: &str) -> Vec<Check> {
    let draft = Draft::new(spec, letter);
    RULES
        .iter()
        .map(|(name, rule)| {
            let finding = rule(&draft);
            let message: String = finding.iter().flat_map(|text| text.chars()).take(MESSAGE_MAX).collect();
            Check { name: (*name).to_owned(), passed: finding.is_none(), message }
        })
        .collect()
}

/// Puts words into quotation marks, with commas between.
fn quoted<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
