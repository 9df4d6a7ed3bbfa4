//! The applicant's words, by the names under which the model refers to them.

use super::moves::Move;
use crate::facts::Facts;
use crate::facts::experience::{Experience, Shape};
use crate::facts::preferred::Wish;
use crate::facts::qualifications::Qualifications;

/// The moves that carry an experience: the move of its shape, and one for further roles.
pub(super) fn of_experience(names: &Names, experience: &Experience) -> Vec<Move> {
    let shape = match experience.shape {
        Shape::RoleAt { .. } => names.role_at,
        Shape::Role(_) => names.role,
        Shape::Study(_) => names.study,
        Shape::Span(_) => names.span,
        Shape::Doing(_) => names.doing,
        Shape::Verb(_) => names.verb,
        Shape::Sentence(_) => names.sentence,
        Shape::Phrase(_) => names.phrase,
    };
    let mut moves = vec![Move::about(shape, experience.family.0)];
    moves.extend(experience.more.as_ref().map(|_| Move::bare(names.more)));
    moves
}

/// Names of the moves of an experience.
pub(super) struct Names {
    role_at: &'static str,
    role: &'static str,
    study: &'static str,
    span: &'static str,
    doing: &'static str,
    verb: &'static str,
    sentence: &'static str,
    phrase: &'static str,
    more: &'static str,
}

/// What the applicant does now.
pub(super) const CURRENT: Names = Names {
    role_at: "current.roleat",
    role: "current.role",
    study: "current.study",
    span: "current.span",
    doing: "current.doing",
    verb: "current.verb",
    sentence: "current.sentence",
    phrase: "current.phrase",
    more: "current.more",
};

/// What the applicant did before.
pub(super) const PAST: Names = Names {
    role_at: "past.roleat",
    role: "past.role",
    study: "past.study",
    span: "past.span",
    doing: "past.doing",
    verb: "past.verb",
    sentence: "past.sentence",
    phrase: "past.phrase",
    more: "past.more",
};

/// What stands behind a reference; `None` for one that the facts do not have.
pub(super) fn value<'a>(facts: &'a Facts, reference: &str) -> Option<&'a str> {
    match reference {
        "title" => facts.title.as_ref().map(|title| title.text.as_str()),
        "company" => facts.company.as_deref(),
        "skills" => facts.skills.list.as_deref(),
        "traits" => facts.skills.traits.as_deref(),
        "skillsentence" => facts.skills.sentence.as_deref(),
        "qualifications" => facts.qualifications.as_ref().map(|given| match given {
            Qualifications::Held(text) | Qualifications::Ongoing(text) | Qualifications::Listed(text) => text.as_str(),
        }),
        "wish" => facts.wish.as_ref().map(|wish| match wish {
            Wish::Named(text) | Wish::Quoted(text) => text.as_str(),
        }),
        _ => {
            let (subject, part) = reference.split_once('.').unwrap_or((reference, ""));
            let experience = match subject {
                "current" => facts.current.as_ref(),
                "past" => facts.past.as_ref(),
                _ => None,
            };
            experience.and_then(|experience| part_of(experience, part))
        }
    }
}

fn part_of<'a>(experience: &'a Experience, part: &str) -> Option<&'a str> {
    match (part, &experience.shape) {
        ("more", _) => experience.more.as_deref(),
        ("arole", Shape::RoleAt { role, .. } | Shape::Role(role)) => Some(role),
        ("at", Shape::RoleAt { at, .. }) => Some(at),
        (
            "",
            Shape::Study(text)
            | Shape::Span(text)
            | Shape::Doing(text)
            | Shape::Verb(text)
            | Shape::Sentence(text)
            | Shape::Phrase(text),
        ) => Some(text),
        _ => None,
    }
}
