//! References: the names under which the built-in model mentions the applicant's words, such as `{company}`.

use crate::facts::Facts;
use crate::facts::experience::{Experience, Shape, When};
use crate::facts::preferred::Preferred;
use crate::facts::qualifications::Qualifications;

/// A reference to something that the request says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    Title,
    Company,
    Skills,
    SkillSentence,
    Traits,
    Qualifications,
    Preferred,
    /// An experience that is worded as one piece.
    Experience(When),
    /// The role of an experience, with its article.
    Role(When),
    /// The place of an experience, with its preposition.
    Place(When),
    /// Further roles beside the first.
    More(When),
}

impl Reference {
    /// All references.
    const ALL: [Self; 15] = [
        Self::Title,
        Self::Company,
        Self::Skills,
        Self::SkillSentence,
        Self::Traits,
        Self::Qualifications,
        Self::Preferred,
        Self::Experience(When::Now),
        Self::Experience(When::Before),
        Self::Role(When::Now),
        Self::Role(When::Before),
        Self::Place(When::Now),
        Self::Place(When::Before),
        Self::More(When::Now),
        Self::More(When::Before),
    ];

    /// The reference of this name.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reference| reference.name() == name)
    }

    /// The name that stands between braces.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Company => "company",
            Self::Skills => "skills",
            Self::SkillSentence => "skillsentence",
            Self::Traits => "traits",
            Self::Qualifications => "qualifications",
            Self::Preferred => "wish",
            Self::Experience(When::Now) => "current",
            Self::Experience(When::Before) => "past",
            Self::Role(When::Now) => "current.arole",
            Self::Role(When::Before) => "past.arole",
            Self::Place(When::Now) => "current.at",
            Self::Place(When::Before) => "past.at",
            Self::More(When::Now) => "current.more",
            Self::More(When::Before) => "past.more",
        }
    }

    /// The applicant's words behind the reference; `None` when the facts have none.
    pub(super) fn words(self, facts: &Facts) -> Option<&str> {
        match self {
            Self::Title => facts.title.as_ref().map(|title| title.text.as_str()),
            Self::Company => facts.company.as_deref(),
            Self::Skills => facts.skills.list.as_deref(),
            Self::SkillSentence => facts.skills.sentence.as_deref(),
            Self::Traits => facts.skills.traits.as_deref(),
            Self::Qualifications => facts.qualifications.as_ref().map(Qualifications::text),
            Self::Preferred => facts.preferred.as_ref().map(Preferred::text),
            Self::Experience(when) => whole(facts.experience(when)?),
            Self::Role(when) => match &facts.experience(when)?.shape {
                Shape::RoleAt { role, .. } | Shape::Role(role) => Some(role),
                _ => None,
            },
            Self::Place(when) => match &facts.experience(when)?.shape {
                Shape::RoleAt { at, .. } => Some(at),
                _ => None,
            },
            Self::More(when) => facts.experience(when)?.more.as_deref(),
        }
    }
}

fn whole(experience: &Experience) -> Option<&str> {
    match &experience.shape {
        Shape::RoleAt { .. } | Shape::Role(_) => None,
        Shape::Study(text)
        | Shape::Span(text)
        | Shape::Doing(text)
        | Shape::Verb(text)
        | Shape::Sentence(text)
        | Shape::Phrase(text) => Some(text),
    }
}
