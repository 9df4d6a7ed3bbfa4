//! The moves of a letter: one sentence or two each.

use std::fmt;

use crds::request::Tone;

/// What a sentence of a letter does, in the words that the model knows: the name of the move, then what it depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move(pub Vec<&'static str>);

impl Move {
    /// A move that depends on nothing.
    pub fn bare(name: &'static str) -> Self {
        Self(vec![name])
    }

    /// A move about a family of work.
    pub fn about(name: &'static str, family: &'static str) -> Self {
        Self(vec![name, family])
    }

    /// Name of the move.
    pub fn name(&self) -> &'static str {
        self.0.first().copied().unwrap_or_default()
    }

    /// Whether a letter falls down without it, although it carries nothing of the applicant's.
    pub fn is_pillar(&self) -> bool {
        matches!(self.name(), "greet" | "open" | "answer" | "close")
    }

    /// The references that its sentence must hold, each once.
    pub fn references(&self) -> Vec<String> {
        let (subject, shape) = self.name().split_once('.').unwrap_or((self.name(), ""));
        match (subject, shape) {
            ("current" | "past", "roleat") => vec![format!("{subject}.arole"), format!("{subject}.at")],
            ("current" | "past", "role") => vec![format!("{subject}.arole")],
            ("current" | "past", "more") => vec![format!("{subject}.more")],
            ("skills", "sentence") => vec!["skillsentence".to_owned()],
            ("current" | "past" | "qualifications" | "wish" | "skills" | "traits", _) => vec![subject.to_owned()],
            ("greet" | "why", "company") => vec!["company".to_owned()],
            ("open", _) => {
                let title = self.0.get(1).filter(|title| **title != "notitle").map(|_| "title".to_owned());
                let company =
                    self.0.get(2).filter(|company| **company == "company").map(|company| (*company).to_owned());
                title.into_iter().chain(company).collect()
            }
            _ => Vec::new(),
        }
    }

    /// About how many words it takes, the applicant's own not counted; measured over the sentences of the training.
    pub fn words(&self, tone: Tone) -> usize {
        let by_tone = |professional, warm, direct| match tone {
            Tone::Professional => professional,
            Tone::Warm => warm,
            Tone::Direct => direct,
        };
        match self.name().split('.').next().unwrap_or_default() {
            "greet" => 3,
            "open" => by_tone(20, 18, 12),
            "why" | "lesson" | "habit" | "offer" | "use" if self.name() != "habit.two" => by_tone(21, 19, 15),
            "habit" => by_tone(26, 26, 23),
            "value" => by_tone(18, 17, 11),
            "close" => by_tone(17, 16, 9),
            "answer" => by_tone(20, 17, 12),
            "thanks" => by_tone(9, 10, 5),
            "wish" => by_tone(9, 9, 5),
            "qualifications" => by_tone(12, 12, 7),
            _ => by_tone(14, 14, 10),
        }
    }
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|word| write!(f, "<{word}>"))
    }
}
