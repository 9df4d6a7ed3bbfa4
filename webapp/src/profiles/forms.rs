//! The form of a profile. Pure.

use crds::limits::LINE_MAX;
use crds::request::Applicant;

use crate::letters::forms::LetterField;
use crate::profile::Profile;
use crate::web::fields::Fields;
use crate::web::form_state::{FormField, FormState, Input, InputKind};

/// Fields of a profile: its label, then the letter form's fields about the applicant, with the same names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicantField {
    Label,
    Name,
    CurrentExperience,
    PastExperience,
    Skills,
    Qualifications,
    Motivation,
}

impl FormField for ApplicantField {
    const ALL: &'static [Self] = &[
        Self::Label,
        Self::Name,
        Self::CurrentExperience,
        Self::PastExperience,
        Self::Skills,
        Self::Qualifications,
        Self::Motivation,
    ];

    fn input(self) -> Input {
        match self {
            Self::Label => Input {
                name: "Label",
                id: "label",
                label: "Label",
                hint: "What you call this CV. For example: Nursing.",
                kind: InputKind::Text,
                max: LINE_MAX,
                required: true,
                autocomplete: "off",
            },
            Self::Name => Input { required: false, ..LetterField::ApplicantName.input() },
            Self::CurrentExperience => LetterField::CurrentExperience.input(),
            Self::PastExperience => LetterField::PastExperience.input(),
            Self::Skills => LetterField::Skills.input(),
            Self::Qualifications => LetterField::Qualifications.input(),
            Self::Motivation => Input {
                label: "Motivation",
                hint: "Why this kind of work. A new letter has it under “Why this employer?”, to be made to fit.",
                ..LetterField::Reason.input()
            },
        }
    }
}

/// The form as it was sent, with what must change.
#[must_use]
pub fn sent(fields: &Fields) -> FormState<ApplicantField> {
    let mut form = FormState::sent(fields);
    form.check();
    form
}

/// The form that shows this profile.
#[must_use]
pub fn of(profile: &Profile) -> FormState<ApplicantField> {
    filled(&profile.label, &profile.applicant)
}

/// The form filled with this.
#[must_use]
pub fn filled(label: &str, applicant: &Applicant) -> FormState<ApplicantField> {
    FormState::new(|field| {
        let text = match field {
            ApplicantField::Label => label,
            ApplicantField::Name => &applicant.name,
            ApplicantField::CurrentExperience => &applicant.current_experience,
            ApplicantField::PastExperience => &applicant.past_experience,
            ApplicantField::Skills => &applicant.skills,
            ApplicantField::Qualifications => &applicant.qualifications,
            ApplicantField::Motivation => &applicant.reason,
        };
        text.to_owned()
    })
}

/// What the form says about the applicant.
#[must_use]
pub fn applicant(form: &FormState<ApplicantField>) -> Applicant {
    let text = |field| form.value(field).to_owned();
    Applicant {
        name: text(ApplicantField::Name),
        current_experience: text(ApplicantField::CurrentExperience),
        past_experience: text(ApplicantField::PastExperience),
        skills: text(ApplicantField::Skills),
        qualifications: text(ApplicantField::Qualifications),
        reason: text(ApplicantField::Motivation),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_its_form() {
        let texts = ["Nursing", "Ann", "Nurse at St Mary", "Carer\nat home", "first aid", "BSc", "I like people."];
        let pairs = ApplicantField::ALL.iter().zip(texts);
        let fields = pairs.map(|(field, text)| (field.input().name.to_owned(), text.to_owned()));
        let form = sent(&Fields::new(fields.collect()));
        assert!(form.is_valid(), "{}", form.errors_in_one_line());
        let again = filled(form.value(ApplicantField::Label), &applicant(&form));
        for (field, text) in ApplicantField::ALL.iter().zip(texts) {
            assert_eq!(again.value(*field), text);
        }
    }

    #[test]
    fn a_profile_has_a_label_and_the_limits_of_a_letter() {
        let long = "x".repeat(4_001);
        let form = sent(&Fields::new(vec![("Skillsets".to_owned(), long)]));
        let expected = "Label must not be empty. Skills must be at most 4000 characters; it has 4001, 1 too many";
        assert_eq!(form.errors_in_one_line(), expected);
    }
}
