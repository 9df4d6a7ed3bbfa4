//! Moves: what a sentence of a letter does, and the marks by which the built-in model knows it.
//!
//! Only this file knows the grammar; `words/moves.txt` names every move for the recipe that trains the model.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use crds::request::Tone;

use super::references::Reference;
use crate::facts::experience::{ShapeKind, When};
use crate::facts::family::Family;
use crate::facts::title::TitleKind;

/// What a sentence of a letter does. A move that names a family depends on the kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// The salutation, with or without the company.
    Greet {
        to_company: bool,
    },
    /// Names the job, if it has a title, and the company, if there is one.
    Open {
        title: Option<TitleKind>,
        has_company: bool,
    },
    /// Why the applicant likes this kind of work.
    Why {
        at_company: bool,
        family: Family,
    },
    Experience {
        when: When,
        shape: ShapeKind,
        family: Family,
    },
    /// Further roles beside the first.
    More(When),
    /// What an experience has taught.
    Lesson(Family),
    Skills,
    SkillSentence,
    Traits,
    /// How the skills are of use in the job.
    Use(Family),
    QualificationsHeld,
    QualificationsOngoing,
    QualificationsListed,
    /// Names what the employer prefers.
    PreferredNamed,
    /// Quotes what the employer prefers.
    PreferredQuoted,
    /// Answers what the employer prefers.
    Answer,
    /// How the applicant works.
    Habit(Family),
    /// The same in two sentences.
    TwoHabits(Family),
    /// What matters in this kind of work.
    Value(Family),
    /// What the applicant would like to do in the job.
    Offer(Family),
    Close,
    Thanks,
}

/// Every move by its marks.
static MOVES: LazyLock<BTreeMap<String, Move>> =
    LazyLock::new(|| Move::all().into_iter().map(|step| (step.to_string(), step)).collect());

impl Move {
    /// The move of these marks, such as `<lesson><retail>`.
    pub(super) fn parse(marks: &str) -> Option<Self> {
        MOVES.get(marks).copied()
    }

    /// All moves.
    fn all() -> Vec<Self> {
        let either = [false, true];
        let times = [When::Now, When::Before];
        let titles = [Some(TitleKind::Role), Some(TitleKind::Post), Some(TitleKind::Field), None];
        let mut all = vec![
            Self::Skills,
            Self::SkillSentence,
            Self::Traits,
            Self::QualificationsHeld,
            Self::QualificationsOngoing,
            Self::QualificationsListed,
            Self::PreferredNamed,
            Self::PreferredQuoted,
            Self::Answer,
            Self::Close,
            Self::Thanks,
        ];
        all.extend(either.map(|to_company| Self::Greet { to_company }));
        all.extend(times.map(Self::More));
        for has_company in either {
            all.extend(titles.map(|title| Self::Open { title, has_company }));
        }
        for family in Family::ALL.iter().copied() {
            all.extend(either.map(|at_company| Self::Why { at_company, family }));
            all.extend(
                [Self::Lesson, Self::Use, Self::Habit, Self::TwoHabits, Self::Value, Self::Offer]
                    .map(|about| about(family)),
            );
            for when in times {
                all.extend(ShapeKind::ALL.map(|shape| Self::Experience { when, shape, family }));
            }
        }
        all
    }

    /// The words of the move, each of which is one mark: its name, then what it depends on.
    fn words(self) -> Vec<&'static str> {
        match self {
            Self::Greet { to_company } => vec![if to_company { "greet.company" } else { "greet" }],
            Self::Open { title, has_company } => {
                let title = match title {
                    Some(TitleKind::Role) => "role",
                    Some(TitleKind::Post) => "post",
                    Some(TitleKind::Field) => "field",
                    None => "notitle",
                };
                vec!["open", title, if has_company { "company" } else { "nocompany" }]
            }
            Self::Why { at_company, family } => vec![if at_company { "why.company" } else { "why" }, family.name()],
            Self::Experience { when, shape, family } => vec![experience(when, shape), family.name()],
            Self::More(When::Now) => vec!["current.more"],
            Self::More(When::Before) => vec!["past.more"],
            Self::Lesson(family) => vec!["lesson", family.name()],
            Self::Skills => vec!["skills"],
            Self::SkillSentence => vec!["skills.sentence"],
            Self::Traits => vec!["traits"],
            Self::Use(family) => vec!["use", family.name()],
            Self::QualificationsHeld => vec!["qualifications.held"],
            Self::QualificationsOngoing => vec!["qualifications.ongoing"],
            Self::QualificationsListed => vec!["qualifications.listed"],
            Self::PreferredNamed => vec!["wish.noun"],
            Self::PreferredQuoted => vec!["wish.quoted"],
            Self::Answer => vec!["answer"],
            Self::Habit(family) => vec!["habit", family.name()],
            Self::TwoHabits(family) => vec!["habit.two", family.name()],
            Self::Value(family) => vec!["value", family.name()],
            Self::Offer(family) => vec!["offer", family.name()],
            Self::Close => vec!["close"],
            Self::Thanks => vec!["thanks"],
        }
    }

    /// Whether a letter cannot do without it: it carries the applicant's words, or holds the letter together.
    pub(super) fn is_required(self) -> bool {
        matches!(self, Self::Greet { .. } | Self::Open { .. } | Self::Answer | Self::Close)
            || !self.references().is_empty()
    }

    /// The references that its sentence must hold, each once.
    pub(super) fn references(self) -> Vec<Reference> {
        match self {
            Self::Greet { to_company: true } | Self::Why { at_company: true, .. } => vec![Reference::Company],
            Self::Open { title, has_company } => {
                let title = title.map(|_| Reference::Title);
                title.into_iter().chain(has_company.then_some(Reference::Company)).collect()
            }
            Self::Experience { when, shape, .. } => match shape {
                ShapeKind::RoleAt => vec![Reference::Role(when), Reference::Place(when)],
                ShapeKind::Role => vec![Reference::Role(when)],
                _ => vec![Reference::Experience(when)],
            },
            Self::More(when) => vec![Reference::More(when)],
            Self::Skills => vec![Reference::Skills],
            Self::SkillSentence => vec![Reference::SkillSentence],
            Self::Traits => vec![Reference::Traits],
            Self::QualificationsHeld | Self::QualificationsOngoing | Self::QualificationsListed => {
                vec![Reference::Qualifications]
            }
            Self::PreferredNamed | Self::PreferredQuoted => vec![Reference::Preferred],
            _ => Vec::new(),
        }
    }

    /// About how many words the sentence takes beside the applicant's own; measured over the sentences of the training.
    pub(super) fn length(self, tone: Tone) -> usize {
        let (professional, warm, direct) = match self {
            Self::Greet { .. } => (3, 3, 3),
            Self::Open { .. } => (20, 18, 12),
            Self::Why { .. } | Self::Lesson(_) | Self::Habit(_) | Self::Offer(_) | Self::Use(_) => (21, 19, 15),
            Self::TwoHabits(_) => (26, 26, 23),
            Self::Value(_) => (18, 17, 11),
            Self::Close => (17, 16, 9),
            Self::Answer => (20, 17, 12),
            Self::Thanks => (9, 10, 5),
            Self::PreferredNamed | Self::PreferredQuoted => (9, 9, 5),
            Self::QualificationsHeld | Self::QualificationsOngoing | Self::QualificationsListed => (12, 12, 7),
            Self::Experience { .. } | Self::More(_) | Self::Skills | Self::SkillSentence | Self::Traits => (14, 14, 10),
        };
        match tone {
            Tone::Professional => professional,
            Tone::Warm => warm,
            Tone::Direct => direct,
        }
    }
}

const fn experience(when: When, shape: ShapeKind) -> &'static str {
    match (when, shape) {
        (When::Now, ShapeKind::RoleAt) => "current.roleat",
        (When::Now, ShapeKind::Role) => "current.role",
        (When::Now, ShapeKind::Study) => "current.study",
        (When::Now, ShapeKind::Span) => "current.span",
        (When::Now, ShapeKind::Doing) => "current.doing",
        (When::Now, ShapeKind::Verb) => "current.verb",
        (When::Now, ShapeKind::Sentence) => "current.sentence",
        (When::Now, ShapeKind::Phrase) => "current.phrase",
        (When::Before, ShapeKind::RoleAt) => "past.roleat",
        (When::Before, ShapeKind::Role) => "past.role",
        (When::Before, ShapeKind::Study) => "past.study",
        (When::Before, ShapeKind::Span) => "past.span",
        (When::Before, ShapeKind::Doing) => "past.doing",
        (When::Before, ShapeKind::Verb) => "past.verb",
        (When::Before, ShapeKind::Sentence) => "past.sentence",
        (When::Before, ShapeKind::Phrase) => "past.phrase",
    }
}

/// The marks of the move: each word in angle brackets.
impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words().into_iter().try_for_each(|word| write!(f, "<{word}>"))
    }
}

#[cfg(test)]
mod tests;
