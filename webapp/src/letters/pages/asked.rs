//! What is asked for and what of the form answers it, for the page and for its script.

use letters::{Field, OwnWords, Reply};
use serde::Serialize;

use crate::letter::Draft;
use crate::letters::forms::LetterField;
use crate::web::form_state::FormField as _;

/// The map of a form.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AskedMap {
    /// How much of it is answered, in words; empty when nothing is asked for.
    pub summary: String,
    /// What is asked for.
    pub asked: Vec<AskedLine>,
    /// What no letter will say.
    pub unsaid: Vec<UnsaidLine>,
}

/// One thing that is asked for.
#[derive(Clone, Debug, Serialize)]
pub struct AskedLine {
    /// What.
    pub text: String,
    /// Class for the style sheet.
    pub state: &'static str,
    /// How it is answered, in a word or two.
    pub tag: &'static str,
    /// The applicant's own words.
    pub words: Vec<Quote>,
    /// What is open about it; empty when nothing is.
    pub question: String,
    /// The field for the answer; nothing when none is needed.
    pub field: Option<FieldLink>,
}

/// Words from the form.
#[derive(Clone, Debug, Serialize)]
pub struct Quote {
    /// The words.
    pub words: String,
    /// The field they were typed into.
    pub field: FieldLink,
}

/// A field of the form.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct FieldLink {
    /// Id of its input.
    pub id: &'static str,
    /// Its label.
    pub label: &'static str,
}

/// What no letter will say.
#[derive(Clone, Debug, Serialize)]
pub struct UnsaidLine {
    /// What was typed.
    pub quote: Quote,
    /// Why not.
    pub why: &'static str,
}

impl AskedMap {
    /// The map of what is asked for, and of what is said to it.
    #[must_use]
    pub fn of(draft: &Draft) -> Self {
        let reading = letters::asked(&draft.job, &draft.applicant);
        let asked: Vec<AskedLine> = reading.asked.into_iter().map(AskedLine::new).collect();
        let unsaid = reading.unsaid.into_iter();
        let unsaid = unsaid.map(|unsaid| UnsaidLine { quote: quote(unsaid.piece), why: unsaid.why });
        Self { summary: summary(&asked), unsaid: unsaid.collect(), asked }
    }
}

impl AskedLine {
    fn new(asked: letters::Asked) -> Self {
        let wished = |must, wish| if asked.is_wish { wish } else { must };
        let (state, tag, words, question, field) = match asked.answer {
            Reply::Met(words) => ("met", "Answered", words, String::new(), None),
            Reply::InProgress(words) => ("under-way", "Under way", words, String::new(), None),
            Reply::Near(words) => {
                let question = "Close, but not the same: the letter does not offer it as this.";
                ("near", "Close to it", words, question.to_owned(), None)
            }
            Reply::Open { question, field } => {
                ("open", wished("Open", "Open, a wish"), Vec::new(), question, Some(link(field)))
            }
        };
        Self { text: asked.text, state, tag, words: words.into_iter().map(quote).collect(), question, field }
    }
}

fn summary(asked: &[AskedLine]) -> String {
    let answered = asked.iter().filter(|line| matches!(line.state, "met" | "under-way")).count();
    match (asked.len(), answered) {
        (0, _) => String::new(),
        (1, 1) => "One thing is asked for, and your words answer it.".to_owned(),
        (1, _) => "One thing is asked for. Your words do not answer it yet.".to_owned(),
        (all, 1) => format!("{all} things are asked for. Your words answer one of them."),
        (all, answered) if all == answered => format!("{all} things are asked for. Your words answer all of them."),
        (all, 0) => format!("{all} things are asked for. Your words answer none of them yet."),
        (all, answered) => format!("{all} things are asked for. Your words answer {answered} of them."),
    }
}

fn quote(own: OwnWords) -> Quote {
    Quote { words: own.words, field: link(own.field) }
}

fn link(field: Field) -> FieldLink {
    let field = match field {
        Field::Now => LetterField::CurrentExperience,
        Field::Past => LetterField::PastExperience,
        Field::Skills => LetterField::Skills,
        Field::Qualifications => LetterField::Qualifications,
        Field::Motivation => LetterField::Reason,
    };
    let input = field.input();
    FieldLink { id: input.id, label: input.label }
}
