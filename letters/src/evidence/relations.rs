//! Which words of a form answer which words of a requirement, beside those that are the same.

use std::sync::LazyLock;

use super::terms::{contains, content, is_weak, terms};
use crate::words::{List, list};

list!(SHOWS = "evidence/shows");
list!(SUBJECTS = "evidence/subjects");
list!(TOOLS = "evidence/tools");
list!(UNLIKE = "evidence/unlike");

/// A thing asked for, and what answers it.
struct Relation {
    asked: Vec<String>,
    answers: Vec<Term>,
}

struct Term {
    words: Vec<String>,
    is_near: bool,
}

static DUTIES: LazyLock<Vec<Relation>> = LazyLock::new(|| read(&SHOWS));
static KINDS: LazyLock<Vec<Relation>> = LazyLock::new(|| read(&TOOLS));
static FAMILIES: LazyLock<Vec<Relation>> = LazyLock::new(|| read(&SUBJECTS));
/// The kinds whose members do not stand for each other.
static APART: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| UNLIKE.iter().map(terms).collect());

fn read(list: &List) -> Vec<Relation> {
    let term = |text: &str| Term { words: terms(text.trim_start_matches('~')), is_near: text.starts_with('~') };
    let relation = |(asked, answers): (&str, &str)| Relation {
        asked: terms(asked),
        answers: answers.split(", ").map(term).collect(),
    };
    list.pairs().map(relation).collect()
}

/// Whether `asked` is about `topic` and nothing else.
fn is_about(asked: &[String], topic: &[String]) -> bool {
    topic.iter().all(|term| asked.contains(term))
        && asked.iter().all(|term| topic.contains(term) || is_weak(term))
        && (contains(asked, topic) || contains(&content(asked), topic))
}

/// Whether a fact of these terms answers what is asked by a duty, a role or another name: `Some(true)` where it is only
/// near.
#[must_use]
pub fn shows(asked: &[String], fact: &[String]) -> Option<bool> {
    let relations = DUTIES.iter().filter(|relation| is_about(asked, &relation.asked));
    let terms = relations.flat_map(|relation| relation.answers.iter().map(|term| (relation.asked.len(), term)));
    let found = terms.filter(|(_, term)| contains(fact, &term.words));
    // The words that say most decide: "dementia friends" is not "dementia".
    found.max_by_key(|(topic, term)| (*topic, term.words.len(), !term.is_near)).map(|(_, term)| term.is_near)
}

/// Whether a tool of the fact is of the kind that is asked for (`Some(false)`), or another of its kind (`Some(true)`).
#[must_use]
pub fn is_of_kind(asked: &[String], fact: &[String]) -> Option<bool> {
    let mut found = None;
    for kind in KINDS.iter() {
        let has_member = kind.answers.iter().any(|member| contains(fact, &member.words));
        if is_about(asked, &kind.asked) && has_member {
            return Some(false);
        }
        // "Opera PMS" asks for Opera.
        let named: Vec<String> = asked.iter().filter(|term| !kind.asked.contains(term)).cloned().collect();
        let asks_member =
            kind.answers.iter().any(|member| is_about(asked, &member.words) || is_about(&named, &member.words));
        let is_alike = !APART.contains(&kind.asked);
        if asks_member && is_alike && (has_member || contains(fact, &kind.asked)) {
            found = Some(true);
        }
    }
    found
}

/// Whether `held` is a subject of the family that is asked for, or (`Some(true)`) another of a family of it.
#[must_use]
pub fn is_of_family(asked: &[String], held: &[String]) -> Option<bool> {
    let mut found = None;
    for family in FAMILIES.iter() {
        let has_member = family.answers.iter().any(|member| contains(held, &member.words));
        if family.asked == asked && has_member {
            return Some(false);
        }
        let asks_member = family.answers.iter().any(|member| member.words == asked);
        // A broad family such as STEM makes no neighbours.
        if asks_member && has_member && family.answers.len() < 8 {
            found = Some(true);
        }
    }
    found
}

/// Whether the words name a tool that the data know.
#[must_use]
pub fn is_tool(words: &[String]) -> bool {
    KINDS.iter().any(|kind| kind.answers.iter().any(|member| member.words == words))
}
