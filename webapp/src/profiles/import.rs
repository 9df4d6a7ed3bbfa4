//! A CV on its way to a profile: its sections, each with the field that it goes to. Pure.

use crate::profiles::cv::headings::Kind;
use crate::profiles::cv::sections::Cv;
use crate::profiles::forms::ApplicantField;
use crate::web::fields::Fields;
use crate::web::form_state::{FormField as _, FormState};

/// Fields of a section: its heading, where it goes, and its text. Each is there once for each section, in order.
pub const HEADING: &str = "heading";
pub const TO: &str = "to";
pub const TEXT: &str = "text";
/// Field of a text that was pasted beside a file, and not used.
pub const UNUSED: &str = "unused";
/// Most sections of a form.
pub const SECTIONS_MAX: usize = 60;

/// Fields that sections can go to.
pub const TARGETS: [ApplicantField; 5] = [
    ApplicantField::CurrentExperience,
    ApplicantField::PastExperience,
    ApplicantField::Skills,
    ApplicantField::Qualifications,
    ApplicantField::Motivation,
];

/// A section, as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its heading.
    pub heading: String,
    /// The field that it goes to; `None` when it is left out.
    pub to: Option<ApplicantField>,
    /// Its text.
    pub text: String,
    /// Whether the CV said where it belongs.
    pub is_placed: bool,
}

/// A CV as the page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// What the profile is called.
    pub label: String,
    /// The applicant's name.
    pub name: String,
    /// The sections.
    pub parts: Vec<Part>,
    /// Whether addresses or people to ask were left out.
    pub has_contact: bool,
}

impl Import {
    /// The sections of a CV, each with the field that it belongs to.
    #[must_use]
    pub fn of(cv: Cv) -> Self {
        let parts = cv.sections.into_iter().take(SECTIONS_MAX).map(|section| {
            let to = field_of(section.kind);
            Part { heading: section.heading, to, text: section.text, is_placed: to.is_some() }
        });
        Self { label: "My CV".to_owned(), name: cv.name, parts: parts.collect(), has_contact: cv.has_contact }
    }

    /// The sections as the form sent them.
    #[must_use]
    pub fn sent(fields: &Fields) -> Self {
        let all = |name: &'static str| fields.pairs().filter(move |(field, _)| *field == name).map(|(_, value)| value);
        let sections = all(HEADING).zip(all(TO)).zip(all(TEXT)).take(SECTIONS_MAX);
        let parts = sections.map(|((heading, to), text)| {
            let to = TARGETS.into_iter().find(|target| target.input().id == to);
            Part { heading: heading.to_owned(), to, text: text.to_owned(), is_placed: to.is_some() }
        });
        let text = |field: ApplicantField| fields.text(field.input().name);
        Self {
            label: text(ApplicantField::Label),
            name: text(ApplicantField::Name),
            parts: parts.collect(),
            has_contact: false,
        }
    }

    /// The form of the profile that comes of it, with what must change.
    #[must_use]
    pub fn form(&self) -> FormState<ApplicantField> {
        let mut form = FormState::new(|field| match field {
            ApplicantField::Label => self.label.clone(),
            ApplicantField::Name => self.name.clone(),
            field => self.joined(field),
        });
        form.check();
        form
    }

    fn joined(&self, field: ApplicantField) -> String {
        let texts = self.parts.iter().filter(|part| part.to == Some(field)).map(|part| part.text.trim());
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

/// The field that a section belongs to. What somebody is and likes is no answer to any of them.
const fn field_of(kind: Kind) -> Option<ApplicantField> {
    match kind {
        Kind::Present => Some(ApplicantField::CurrentExperience),
        Kind::Work | Kind::Past => Some(ApplicantField::PastExperience),
        Kind::Education | Kind::Certificates => Some(ApplicantField::Qualifications),
        Kind::Skills | Kind::Languages => Some(ApplicantField::Skills),
        Kind::Motivation => Some(ApplicantField::Motivation),
        Kind::Summary | Kind::Interests | Kind::Contact | Kind::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profiles::cv::line::Line;
    use crate::profiles::cv::sections::cut;

    fn import(text: &str) -> Import {
        Import::of(cut(&text.lines().map(Line::plain).collect::<Vec<_>>()))
    }

    fn of_part(part: &Part) -> [(&str, &str); 3] {
        let to = part.to.map_or("", |to| to.input().id);
        [(HEADING, part.heading.as_str()), (TO, to), (TEXT, part.text.as_str())]
    }

    /// The form as a browser sends it.
    fn sent(import: &Import) -> Fields {
        let top = [("Label", import.label.as_str()), ("Applicant Name", import.name.as_str())];
        let pairs = top.into_iter().chain(import.parts.iter().flat_map(of_part));
        Fields::new(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    #[test]
    fn sections_go_to_their_fields_and_come_back_from_the_form() {
        let text = "Ann Lee\nSkills\nwound care\nLanguages\nGerman\nHobbies\nchess\nEducation\nBSc";
        let import = import(text);
        let form = import.form();
        assert!(form.is_valid(), "{}", form.errors_in_one_line());
        assert_eq!(form.value(ApplicantField::Name), "Ann Lee");
        assert_eq!(form.value(ApplicantField::Skills), "wound care\nGerman");
        assert_eq!(form.value(ApplicantField::Qualifications), "BSc");
        assert_eq!(Import::sent(&sent(&import)), import);
    }

    #[test]
    fn what_is_left_out_goes_nowhere_and_what_is_too_long_is_said() {
        let mut import = import("Ann Lee\nSkills\nwound care");
        import.parts[0].to = None;
        assert_eq!(import.form().value(ApplicantField::Skills), "");
        import.parts[0] = Part { to: Some(ApplicantField::Skills), text: "x".repeat(4_001), ..import.parts[0].clone() };
        assert!(import.form().errors_in_one_line().contains("1 too many"));
    }
}
