//! The letter form: which forms become drafts, and what the others are told.

use crds::request::{Length, Tone};
use fixtures::letter_form::EXAMPLE;
use proptest::prelude::*;

use super::{FormField as _, LetterField, LetterForm, Parts};
use crate::letter::Draft;
use crate::web::fields::Fields;

fn parse(changes: &[(&str, &str)]) -> Result<Draft, LetterForm> {
    let value = |name: &str, sample: &str| {
        changes.iter().find(|(changed, _)| *changed == name).map_or(sample, |(_, value)| *value).to_owned()
    };
    let mut fields: Vec<_> = EXAMPLE.iter().map(|(name, sample)| ((*name).to_owned(), value(name, sample))).collect();
    let extra = changes.iter().filter(|(name, _)| !EXAMPLE.iter().any(|(sample, _)| sample == name));
    fields.extend(extra.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    LetterForm::parse(&Fields::new(fields))
}

fn rejects(changes: &[(&str, &str)], field: &str, message: &str) {
    let errors = parse(changes).expect_err("is refused").state.errors();
    assert!(errors.iter().any(|error| error.id == field && error.message == message), "{errors:?}");
}

#[test]
fn the_eight_fields_of_the_contract_become_a_spec() {
    let spec = parse(&[]).ok().expect("is good").into_spec("letters", "opaque");
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
    let draft = parse(&[("Tone", "Warm"), ("Length", "Long"), ("Job Description", "We need\r\nyou")]);
    let draft = draft.ok().expect("is good");
    assert_eq!((draft.letter.tone, draft.letter.length), (Tone::Warm, Length::Long));
    assert_eq!(draft.job.description, "We need\nyou");
    let draft = parse(&[("Tone", "Rude")]).ok().expect("is good");
    assert_eq!(draft.letter.tone, Tone::Professional);
}

#[test]
fn the_reason_for_this_employer_is_optional_and_stays_with_its_job() {
    assert_eq!(parse(&[]).ok().expect("is good").applicant.reason, "");
    let draft = parse(&[("Why This Employer", "Your maps\r\nare the best.")]).ok().expect("is good");
    assert_eq!(draft.applicant.reason, "Your maps\nare the best.");
    let reason = |parts| LetterForm::prefilled(&draft, parts).state.value(LetterField::Reason).to_owned();
    assert_eq!(reason(Parts::All), "Your maps\nare the best.");
    assert_eq!((reason(Parts::Job).as_str(), reason(Parts::Applicant).as_str()), ("", ""));
    rejects(
        &[("Why This Employer", &"x".repeat(1001))],
        "why-this-employer",
        "Why this employer? must be at most 1000 characters; it has 1001, 1 too many",
    );
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
        "Tell us at least one thing about yourself: work, skills or qualifications",
    );
    assert!(parse(&nothing[..3]).is_ok());
}

#[test]
fn lengths_are_counted_in_characters() {
    assert!(parse(&[("Job Title", &"é".repeat(200))]).is_ok());
    rejects(
        &[("Job Title", &"é".repeat(201))],
        "job-title",
        "Job title must be at most 200 characters; it has 201, 1 too many",
    );
    rejects(
        &[("Skillsets", &"x".repeat(4001))],
        "skillsets",
        "Skills must be at most 4000 characters; it has 4001, 1 too many",
    );
}

/// What a browser sends when nothing of the form is changed.
fn sent_again(form: &LetterForm) -> Fields {
    let inputs = form.state.inputs(LetterField::ALL).into_iter();
    Fields::new(inputs.map(|input| (input.input.name.to_owned(), input.value)).collect())
}

proptest! {
    #[test]
    fn a_draft_fills_the_form_that_makes_it(values in prop::collection::vec("[ -~\n]{0,40}", 10)) {
        let names = LetterField::ALL.iter().map(|field| field.input().name.to_owned());
        if let Ok(draft) = LetterForm::parse(&Fields::new(names.zip(values).collect())) {
            let again = LetterForm::parse(&sent_again(&LetterForm::prefilled(&draft, Parts::All)));
            prop_assert_eq!(again.ok(), Some(draft));
        }
    }
}
