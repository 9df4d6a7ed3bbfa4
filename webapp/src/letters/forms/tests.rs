//! The letter form: which forms become drafts, and what the others are told.

use crds::request::{Length, Tone};
use proptest::prelude::*;

use super::{APPLICANT, JOB, LetterForm};
use crate::web::fields::Fields;

const SAMPLE: [(&str, &str); 8] = [
    ("Job Title", "Data Scientist"),
    ("Preferred Qualifications", "4 years experience machine learning"),
    ("Hiring Company", "google"),
    ("Applicant Name", "John"),
    ("Past Working Experience", "Machine Learning Intern at Sony"),
    ("Current Working Experience", "Analyst at Trello"),
    ("Skillsets", "python"),
    ("Qualifications", "BSc in Computer Science"),
];

fn form(changes: &[(&str, &str)]) -> LetterForm {
    let value = |name: &str, sample: &str| {
        changes.iter().find(|(changed, _)| *changed == name).map_or(sample, |(_, value)| *value).to_owned()
    };
    let mut fields: Vec<_> = SAMPLE.iter().map(|(name, sample)| ((*name).to_owned(), value(name, sample))).collect();
    let extra = changes.iter().filter(|(name, _)| !SAMPLE.iter().any(|(sample, _)| sample == name));
    fields.extend(extra.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    LetterForm::new(Fields::new(fields))
}

fn rejects(changes: &[(&str, &str)], field: &str, message: &str) {
    let errors = form(changes).validate().expect_err("is refused");
    assert!(errors.iter().any(|error| error.field == field && error.message == message), "{errors:?}");
}

#[test]
fn the_eight_fields_of_the_contract_become_a_spec() {
    let spec = form(&[]).validate().expect("is good").into_spec("letters", "opaque");
    assert_eq!((spec.job.title.as_str(), spec.job.company.as_str()), ("Data Scientist", "google"));
    assert_eq!(spec.job.preferred_qualifications, "4 years experience machine learning");
    assert_eq!(spec.applicant.name, "John");
    assert_eq!(spec.applicant.current_experience, "Analyst at Trello");
    assert_eq!(spec.applicant.past_experience, "Machine Learning Intern at Sony");
    assert_eq!(
        (spec.applicant.skills.as_str(), spec.applicant.qualifications.as_str()),
        ("python", "BSc in Computer Science")
    );
    assert_eq!((spec.app_ref.name.as_str(), spec.requested_by.as_deref()), ("letters", Some("opaque")));
    assert_eq!((spec.letter.tone, spec.letter.length), (Tone::Professional, Length::Standard));
}

#[test]
fn tone_length_and_the_advert_are_optional() {
    let draft = form(&[("Tone", "Warm"), ("Length", "Long"), ("Job Description", "We need\r\nyou")]).validate();
    let draft = draft.expect("is good");
    assert_eq!((draft.letter.tone, draft.letter.length), (Tone::Warm, Length::Long));
    assert_eq!(draft.job.description, "We need\nyou");
    assert_eq!(form(&[("Tone", "Rude")]).tone(), Tone::Professional);
}

#[test]
fn a_letter_needs_a_job_a_name_and_one_fact() {
    rejects(&[("Job Title", " ")], "job-title", "Job title must not be empty");
    rejects(&[("Hiring Company", "")], "hiring-company", "Hiring company must not be empty");
    rejects(&[("Applicant Name", "")], "applicant-name", "Your name must not be empty");
    let nothing = [
        ("Past Working Experience", ""),
        ("Current Working Experience", ""),
        ("Skillsets", ""),
        ("Qualifications", ""),
    ];
    rejects(
        &nothing,
        "current-working-experience",
        "Tell at least one thing about yourself: work, skills or qualifications",
    );
    assert!(form(&nothing[..3]).validate().is_ok());
}

#[test]
fn lengths_are_counted_in_characters() {
    assert!(form(&[("Job Title", &"é".repeat(200))]).validate().is_ok());
    rejects(&[("Job Title", &"é".repeat(201))], "job-title", "Job title must be at most 200 characters; it has 201");
    rejects(&[("Skillsets", &"x".repeat(4001))], "skillsets", "Skills must be at most 4000 characters; it has 4001");
}

proptest! {
    #[test]
    fn a_draft_fills_the_form_that_makes_it(values in prop::collection::vec("[ -~\n]{0,40}", 9)) {
        let names = JOB.iter().chain(&APPLICANT).map(|input| input.name.to_owned());
        let typed = LetterForm::new(Fields::new(names.zip(values).collect()));
        if let Ok(draft) = typed.validate() {
            prop_assert_eq!(LetterForm::prefilled(&draft, true).validate(), Ok(draft));
        }
    }
}
