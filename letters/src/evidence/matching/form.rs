//! The facts of a form by their terms, and how the words of a fact answer those of a requirement.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::evidence::numbers::level;
use crate::evidence::relations::{is_of_kind, shows};
use crate::evidence::requirement::Degree;
use crate::evidence::terms::{content, is_weak, terms};
use crate::facts::fact::{Fact, Kind};
use crate::words::list;

list!(BROAD = "evidence/broad");
list!(DENIALS = "evidence/denials");

/// The facts of a form with their terms.
pub struct Form<'a> {
    /// The facts.
    pub facts: &'a [Fact],
    /// The terms of each.
    pub terms: Vec<Vec<String>>,
}

impl<'a> Form<'a> {
    /// Reads the terms of facts.
    #[must_use]
    pub fn of(facts: &'a [Fact]) -> Self {
        let own = |fact: &Fact| {
            let mut own = terms(affirmed(&fact.text));
            // What a fact is, its words need not say.
            match fact.kind {
                Kind::Paper => own.extend(terms("publication")),
                Kind::Placement => own.extend(terms("placement")),
                _ => {}
            }
            own
        };
        Self { facts, terms: facts.iter().map(own).collect() }
    }

    /// The fact that the form joins a fact to.
    pub fn of_fact(&self, index: usize) -> Option<usize> {
        self.facts[index].of.filter(|&of| of < self.facts.len())
    }
}

/// The part of a fact that the applicant affirms: "Guestline" of "Guestline, not Opera".
fn affirmed(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    let denial = DENIALS.iter().filter_map(|word| lower.find(word)).min();
    denial.map_or(text, |at| &text[..at])
}

/// How the words of a fact answer the words of a requirement.
pub fn words(asked: &[String], index: usize, form: &Form<'_>) -> Option<Degree> {
    let own = &form.terms[index];
    if let Some(wanted) = level(asked) {
        let held = level(own)?;
        if held < wanted {
            return None;
        }
    }
    let related = shows(asked, own).map(degree_of);
    let kind = || is_of_kind(asked, own).map(degree_of);
    let same = || says(&content(asked), index, form).then_some(Degree::Met);
    related.or_else(same).or_else(kind)
}

const fn degree_of(is_near: bool) -> Degree {
    if is_near { Degree::Near } else { Degree::Met }
}

/// Whether a fact says all that is asked, with the help of the fact that the form joins it to.
pub fn says(asked: &[String], index: usize, form: &Form<'_>) -> bool {
    let own = &form.terms[index];
    if asked.is_empty() || asked.iter().all(|term| is_weak(term)) {
        return false;
    }
    if asked.len() == 1 && is_broad(&asked[0]) {
        return content(own) == asked;
    }
    let is_own = |term: &String| own.contains(term);
    if asked.iter().all(is_own) {
        return true;
    }
    let tells = asked.iter().any(|term| is_own(term) && !is_broad(term));
    let Some(of) = form.of_fact(index).filter(|_| tells) else { return false };
    asked.iter().all(|term| is_own(term) || form.terms[of].contains(term))
}

fn is_broad(term: &str) -> bool {
    static STEMS: LazyLock<BTreeSet<String>> = LazyLock::new(|| BROAD.iter().flat_map(terms).collect());
    STEMS.contains(term)
}
