//! Which words of a form answer which words of a requirement, beside those that are the same.

use std::collections::HashMap;
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
    /// Whether it stands for every fact that counts the people somebody leads.
    is_people: bool,
}

/// What stands in the data for every fact that counts the people somebody leads: "manage two assistant accountants".
const PEOPLE: &str = "@people";

/// How a fact shows what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown {
    /// How many words of the requirement it is about.
    pub topic: usize,
    /// How many words of the fact show it.
    pub words: usize,
    /// Whether it is not only near.
    pub is_whole: bool,
}

/// By the first word of what is asked for.
static DUTIES: LazyLock<HashMap<String, Vec<Relation>>> = LazyLock::new(|| {
    let mut found: HashMap<String, Vec<Relation>> = HashMap::new();
    for relation in read(&SHOWS) {
        if let Some(first) = relation.asked.first() {
            found.entry(first.clone()).or_default().push(relation);
        }
    }
    found
});
static KINDS: LazyLock<Vec<Relation>> = LazyLock::new(|| read(&TOOLS));
static FAMILIES: LazyLock<Vec<Relation>> = LazyLock::new(|| read(&SUBJECTS));
/// The kinds whose members do not stand for each other.
static APART: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| UNLIKE.iter().map(terms).collect());

fn read(list: &List) -> Vec<Relation> {
    let term = |text: &str| Term {
        words: terms(text.trim_start_matches('~')),
        is_near: text.starts_with('~'),
        is_people: text == PEOPLE,
    };
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

/// How a fact of these terms answers what is asked by a duty, a role or another name; `leads` says whether it counts the
/// people that somebody leads.
#[must_use]
pub fn shows(asked: &[String], fact: &[String], leads: bool) -> Option<Shown> {
    let relations = asked.iter().filter_map(|term| DUTIES.get(term)).flatten();
    let relations = relations.filter(|relation| is_about(asked, &relation.asked));
    let terms = relations.flat_map(|relation| relation.answers.iter().map(|term| (relation.asked.len(), term)));
    let found = terms.filter(|(_, term)| if term.is_people { leads } else { contains(fact, &term.words) }).map(
        |(topic, term)| {
            // Who counts the people that they lead shows most.
            Shown { topic, words: if term.is_people { 9 } else { term.words.len() }, is_whole: !term.is_near }
        },
    );
    // The words that say most decide: "dementia friends" is not "dementia".
    found.max()
}

/// How a fact answers a part of a duty, whatever else the duty names; a part that is one broad word is none.
#[must_use]
pub fn shows_part(asked: &[String], fact: &[String], leads: bool, is_broad: impl Fn(&str) -> bool) -> Option<Shown> {
    let relations = asked.iter().filter_map(|term| DUTIES.get(term)).flatten();
    let telling = |topic: &[String]| topic.len() > 1 || topic.iter().all(|term| !is_broad(term) && !is_weak(term));
    let relations = relations.filter(|relation| contains(asked, &relation.asked) && telling(&relation.asked));
    let found = relations.filter_map(|relation| shows(&relation.asked, fact, leads));
    found.max()
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
        let member =
            family.answers.iter().filter(|member| contains(held, &member.words)).max_by_key(|it| it.words.len());
        match member {
            Some(member) if family.asked == asked && !member.is_near => return Some(false),
            Some(_) if family.asked == asked => found = Some(true),
            _ => {}
        }
        let asks_member = family.answers.iter().any(|member| member.words == asked && !member.is_near);
        // A broad family such as STEM makes no neighbours.
        if asks_member && member.is_some() && family.answers.len() < 8 {
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
