//! The form of a new letter: as it was sent, then as a draft. Pure.

use crds::limits::{ADVERT_MAX, LINE_MAX, REASON_MAX, TEXT_MAX};
use crds::request::{Applicant, Job, Length, LetterOptions, Tone};
use uuid::Uuid;

use crate::letter::{ABOUT, Draft};
use crate::web::fields::Fields;
use crate::web::form_state::{FormField, FormState, Input, InputKind};

pub mod start;
#[cfg(test)]
mod tests;

/// Fields about the job, then about the applicant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterField {
    JobTitle,
    HiringCompany,
    PreferredQualifications,
    JobDescription,
    ApplicantName,
    CurrentExperience,
    PastExperience,
    Skills,
    Qualifications,
    Reason,
}

/// Fields about the job.
pub const JOB: &[LetterField] = LetterField::ALL.split_at(4).0;
/// Fields about the applicant.
pub const APPLICANT: &[LetterField] = LetterField::ALL.split_at(4).1;

/// What applicants have done and can do; a letter needs one of them.
const FACTS: &[LetterField] = LetterField::ALL.split_at(5).1.split_at(4).0;

impl FormField for LetterField {
    const ALL: &'static [Self] = &[
        Self::JobTitle,
        Self::HiringCompany,
        Self::PreferredQualifications,
        Self::JobDescription,
        Self::ApplicantName,
        Self::CurrentExperience,
        Self::PastExperience,
        Self::Skills,
        Self::Qualifications,
        Self::Reason,
    ];

    /// The names of all but the advert and the reason are part of the documented contract.
    fn input(self) -> Input {
        match self {
            Self::JobTitle => line("Job Title", "job-title", "Job title", "As the advert writes it."),
            Self::HiringCompany => line("Hiring Company", "hiring-company", "Hiring company", ""),
            Self::PreferredQualifications => area(
                "Preferred Qualifications",
                "preferred-qualifications",
                "Preferred qualifications",
                "What the employer asks for. The letter never claims it as yours.",
            ),
            Self::JobDescription => Input {
                kind: InputKind::Area(12),
                max: ADVERT_MAX,
                ..area("Job Description", "job-description", "Job advert", "Paste the text of the advert.")
            },
            Self::ApplicantName => Input {
                autocomplete: "name",
                ..line("Applicant Name", "applicant-name", "Your name", "The letter is signed with it.")
            },
            Self::CurrentExperience => area(
                "Current Working Experience",
                "current-working-experience",
                "Current work",
                "For example: Analyst at Trello.",
            ),
            Self::PastExperience => area(
                "Past Working Experience",
                "past-working-experience",
                "Past work",
                "For example: Machine Learning Intern at Sony.",
            ),
            Self::Skills => area("Skillsets", "skillsets", "Skills", "Separated by commas."),
            Self::Qualifications => {
                area("Qualifications", "qualifications", "Qualifications", "Degrees, certificates, licences.")
            }
            Self::Reason => Input {
                max: REASON_MAX,
                ..area(
                    "Why This Employer",
                    "why-this-employer",
                    "Why this employer?",
                    "One or two sentences of your own. They make the letter yours.",
                )
            },
        }
    }
}

const fn line(name: &'static str, id: &'static str, label: &'static str, hint: &'static str) -> Input {
    Input { name, id, label, hint, kind: InputKind::Text, max: LINE_MAX, required: true, autocomplete: "off" }
}

const fn area(name: &'static str, id: &'static str, label: &'static str, hint: &'static str) -> Input {
    Input { name, id, label, hint, kind: InputKind::Area(3), max: TEXT_MAX, required: false, autocomplete: "off" }
}

/// Field that names the submission.
pub const SUBMISSION: &str = "submission";

/// Field that holds what stood in the fields about the applicant before a profile filled them, as JSON; the latest is last.
pub const BEFORE: &str = "before";
/// As many are kept: three of the longest fit into a form beside its own texts.
const BEFORE_MAX: usize = 3;

/// Tones with the value that the form sends, which is also the label.
pub const TONES: [(Tone, &str); 3] =
    [(Tone::Professional, "Professional"), (Tone::Warm, "Warm"), (Tone::Direct, "Direct")];

/// Lengths with the value that the form sends and the label.
pub const LENGTHS: [(Length, &str, &str); 3] = [
    (Length::Short, "Short", "Short (150 to 200 words)"),
    (Length::Standard, "Standard", "Standard (200 to 300 words)"),
    (Length::Long, "Long", "Long (300 to 400 words)"),
];

/// What of an earlier letter a new form repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// What is said about the applicant, and how.
    Applicant,
    /// The same job at another company: all but what is about the company, its advert included.
    Job,
    /// Everything.
    All,
}

/// The form of a new letter.
#[derive(Clone, Default)]
pub struct LetterForm {
    /// Texts.
    pub state: FormState<LetterField>,
    /// The tone chosen, or the default.
    pub tone: Tone,
    /// The length chosen, or the default.
    pub length: Length,
    /// The letter whose form this repeats; nil for a new letter.
    pub about: Uuid,
    /// Names the submission, so that sending the form twice makes one letter. A form that was sent keeps its key.
    pub submission: Option<Uuid>,
    /// What the fields about the applicant held before a profile filled them, the latest last.
    pub before: Vec<Applicant>,
}

impl LetterForm {
    /// Reads the form as it was sent.
    ///
    /// # Errors
    /// The form with what must change.
    pub fn parse(fields: &Fields) -> Result<Draft, Self> {
        let mut form = Self::typed(fields);
        form.check();
        if form.state.is_valid() { Ok(form.draft()) } else { Err(form) }
    }

    /// The form as it was typed, without a judgement.
    #[must_use]
    pub fn typed(fields: &Fields) -> Self {
        let (tone, length) = (fields.text("Tone"), fields.text("Length"));
        let id = |name| fields.raw(name).and_then(|id| id.parse::<Uuid>().ok());
        Self {
            state: FormState::sent(fields),
            tone: TONES.iter().find(|(_, name)| *name == tone).map(|(tone, _)| *tone).unwrap_or_default(),
            length: LENGTHS.iter().find(|(_, name, _)| *name == length).map(|(length, ..)| *length).unwrap_or_default(),
            about: id(ABOUT).unwrap_or_default(),
            submission: id(SUBMISSION),
            before: before(fields),
        }
    }

    /// The form as it was typed, with what is wrong with it and, before that, why it was not handled.
    #[must_use]
    pub fn refused(fields: &Fields, reason: String) -> Self {
        let mut form = Self::typed(fields);
        form.check();
        form.state.refuse_form(LetterField::JobTitle, reason);
        form
    }

    /// The form filled with these parts of an earlier draft.
    #[must_use]
    pub fn prefilled(draft: &Draft, parts: Parts) -> Self {
        let applicant = &draft.applicant;
        let if_kept = |kept: bool, text: &String| if kept { text.clone() } else { String::new() };
        let of_job = |text: &String| if_kept(parts == Parts::All, text);
        let state = FormState::new(|field| match field {
            LetterField::JobTitle => if_kept(parts != Parts::Applicant, &draft.job.title),
            LetterField::HiringCompany => of_job(&draft.job.company),
            LetterField::PreferredQualifications => of_job(&draft.job.preferred_qualifications),
            LetterField::JobDescription => of_job(&draft.job.description),
            LetterField::ApplicantName => applicant.name.clone(),
            LetterField::CurrentExperience => applicant.current_experience.clone(),
            LetterField::PastExperience => applicant.past_experience.clone(),
            LetterField::Skills => applicant.skills.clone(),
            LetterField::Qualifications => applicant.qualifications.clone(),
            LetterField::Reason => of_job(&applicant.reason),
        });
        let (tone, length) = (draft.letter.tone, draft.letter.length);
        Self { state, tone, length, about: Uuid::nil(), submission: None, before: Vec::new() }
    }

    fn check(&mut self) {
        self.state.check();
        if FACTS.iter().all(|fact| self.state.value(*fact).is_empty()) {
            self.state.refuse(FACTS[0], "Tell us at least one thing about yourself: work, skills or qualifications");
        }
    }

    /// What the form asks for, whether or not it may be sent.
    #[must_use]
    pub fn draft(&self) -> Draft {
        let text = |field| self.state.value(field).to_owned();
        Draft {
            job: Job {
                title: text(LetterField::JobTitle),
                company: text(LetterField::HiringCompany),
                preferred_qualifications: text(LetterField::PreferredQualifications),
                description: text(LetterField::JobDescription),
            },
            applicant: Applicant {
                name: text(LetterField::ApplicantName),
                current_experience: text(LetterField::CurrentExperience),
                past_experience: text(LetterField::PastExperience),
                skills: text(LetterField::Skills),
                qualifications: text(LetterField::Qualifications),
                reason: text(LetterField::Reason),
            },
            letter: LetterOptions { tone: self.tone, length: self.length, ..LetterOptions::default() },
        }
    }
}

fn before(fields: &Fields) -> Vec<Applicant> {
    let kept = fields.pairs().filter(|(name, _)| *name == BEFORE);
    let mut kept: Vec<_> = kept.filter_map(|(_, text)| serde_json::from_str(text).ok()).collect();
    kept.split_off(kept.len().saturating_sub(BEFORE_MAX))
}
