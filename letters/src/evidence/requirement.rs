//! What the employer asks for, and how well the form answers it.

use std::ops::Range;

/// What the employer asks for, and what of the form answers it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// What is asked for, first in the preferred qualifications, then in the advert.
    pub requirements: Vec<Requirement>,
    /// At most one answer to each requirement, the strongest first.
    pub answers: Vec<Answer>,
    /// To whom the advert has one write: "Mr Hargreaves".
    pub contact: Option<String>,
}

/// One thing that the employer asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// What is asked for, without its frame, shorthand written out.
    pub text: String,
    /// How a letter names it behind "You ask for"; `None` where it cannot be worded surely.
    pub echo: Option<String>,
    /// How a letter names it behind "You are looking for someone who".
    pub about: Option<String>,
    /// Where it stands.
    pub origin: Origin,
    /// What kind of need it is.
    pub kind: Need,
    /// The bytes of its field.
    pub span: Range<usize>,
}

/// Where a requirement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// In the preferred qualifications.
    Asked,
    /// In the pasted advert.
    Advert,
}

/// What kind of need a requirement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// What somebody has to have.
    Must,
    /// What is useful.
    Wish,
    /// What somebody is like.
    Trait,
    /// When, where and under which conditions somebody works.
    Condition,
    /// A question that the advert puts to the applicant.
    Question,
    /// Training that the advert offers: nothing is asked.
    Training,
    /// A duty of the post. It is kept only where a fact answers it.
    Task,
}

impl Need {
    /// The need that a word of the data names.
    pub(super) fn named(word: &str) -> Option<Self> {
        match word {
            "must" => Some(Self::Must),
            "wish" => Some(Self::Wish),
            _ => None,
        }
    }
}

/// How well the facts answer a requirement; the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Degree {
    /// The form says what is asked for.
    Met,
    /// It is under way, or booked.
    InProgress,
    /// Another brand, a neighbouring thing, or a time a little shorter.
    Near,
}

/// The facts that answer a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The index of the requirement.
    pub requirement: usize,
    /// How well.
    pub degree: Degree,
    /// The indices of the facts, the best first.
    pub facts: Vec<usize>,
    /// The match in words: “SC cleared” answers “security clearance”.
    pub why: String,
}
