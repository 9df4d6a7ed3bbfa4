//! The page of a CV that was read: each section beside the field that it goes to.

use askama::Template;
use uuid::Uuid;

use crate::profiles::cv::line::TEXT_MAX;
use crate::profiles::forms::ApplicantField;
use crate::profiles::import::{Import, Part, TARGETS};
use crate::web::form_state::{FieldError, FilledInput, FormField as _, FormState};

/// The answer to `POST /profiles/import`.
#[derive(Clone, Debug, Template)]
#[template(path = "import.html")]
pub struct ImportPage {
    signed_in: bool,
    csrf: String,
    submission: Uuid,
    errors: Vec<FieldError>,
    top: Vec<FilledInput>,
    placed: Vec<Section>,
    unplaced: Vec<Section>,
    has_contact: bool,
    /// Text that was pasted beside a file, and not used.
    unused: String,
    /// Whether the form sends it back, so that it is there after an error too. One that is longer than a CV would leave no
    /// room for the form.
    is_sent_back: bool,
}

/// A section with its choice of fields.
#[derive(Clone, Debug)]
struct Section {
    /// Id of its text: that of its field, so that an error of the field leads there, or else one of its own.
    id: String,
    heading: String,
    text: String,
    rows: usize,
    error: String,
    choices: Vec<Choice>,
}

#[derive(Clone, Debug)]
struct Choice {
    value: &'static str,
    label: &'static str,
    chosen: bool,
}

impl ImportPage {
    /// The page that shows these sections.
    #[must_use]
    pub fn new(import: &Import, submission: Uuid, csrf: String) -> Self {
        let mut taken = Vec::new();
        let (mut placed, mut unplaced) = (Vec::new(), Vec::new());
        for (number, part) in import.parts.iter().enumerate() {
            let field = part.to.map(|to| to.input().id).filter(|id| !taken.contains(id));
            taken.extend(field);
            let id = field.map_or_else(|| format!("section-{}", number + 1), str::to_owned);
            let list = if part.is_placed { &mut placed } else { &mut unplaced };
            list.push(Section::new(part, id));
        }
        Self {
            signed_in: true,
            csrf,
            submission,
            errors: Vec::new(),
            top: top(&import.form(), false),
            placed,
            unplaced,
            has_contact: import.has_contact,
            unused: String::new(),
            is_sent_back: false,
        }
    }

    /// The same page, which says that this text was not used, because a file came with it.
    #[must_use]
    pub fn beside(self, text: String) -> Self {
        let unused = if text.trim().is_empty() { String::new() } else { text };
        Self { is_sent_back: unused.chars().count() <= TEXT_MAX, unused, ..self }
    }

    /// The same page with what must change.
    #[must_use]
    pub fn refused(mut self, form: &FormState<ApplicantField>) -> Self {
        self.errors = form.errors();
        self.top = top(form, true);
        for section in self.placed.iter_mut().chain(&mut self.unplaced) {
            let error = self.errors.iter().find(|error| error.id == section.id);
            section.error = error.map(|error| error.message.clone()).unwrap_or_default();
        }
        self
    }
}

/// Label and name. A page that nobody has sent yet has no errors.
fn top(form: &FormState<ApplicantField>, is_sent: bool) -> Vec<FilledInput> {
    let mut inputs = form.inputs(&[ApplicantField::Label, ApplicantField::Name]);
    if !is_sent {
        for input in &mut inputs {
            input.error.clear();
        }
    }
    inputs
}

impl Section {
    fn new(part: &Part, id: String) -> Self {
        let choice = |target: ApplicantField| {
            let input = target.input();
            Choice { value: input.id, label: input.label, chosen: part.to == Some(target) }
        };
        let out = Choice { value: "", label: "Leave out", chosen: part.to.is_none() };
        let rows = part.text.lines().map(|line| 1 + line.chars().count() / 70).sum::<usize>().clamp(2, 14);
        Self {
            id,
            heading: part.heading.clone(),
            text: part.text.clone(),
            rows,
            error: String::new(),
            choices: TARGETS.into_iter().map(choice).chain([out]).collect(),
        }
    }
}
