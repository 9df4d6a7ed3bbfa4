//! The facts of a form by their terms, and how the words of a fact answer those of a requirement.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::evidence::numbers::COUNTS;
use crate::evidence::numbers::level;
use crate::evidence::relations::{is_of_kind, shows};
use crate::evidence::requirement::Degree;
use crate::evidence::terms::{contains, content, is_weak, stem, terms};
use crate::facts::fact::{Fact, Kind, Words};
use crate::words::{List, list};

list!(BROAD = "evidence/broad");
list!(DENIALS = "evidence/denials");
list!(LEADERS = "evidence/leaders");
list!(LIGHT = "evidence/light");
list!(PEOPLE = "evidence/people");

/// The facts of a form with their terms.
pub struct Form<'a> {
    /// The facts.
    pub facts: &'a [Fact],
    /// The terms of each.
    pub terms: Vec<Vec<String>>,
    /// Which of them count the people that somebody leads.
    pub leads: Vec<bool>,
}

/// How well a fact answers, and how many words of the requirement it leaves aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// How well.
    pub degree: Degree,
    /// How many words.
    pub aside: usize,
}

impl<'a> Form<'a> {
    /// Reads the terms of facts.
    #[must_use]
    pub fn of(facts: &'a [Fact]) -> Self {
        let own = |fact: &Fact| {
            let mut own = terms(affirmed(&fact.text));
            // "Learning officer", at a museum.
            if let Words::Position(position) = &fact.words {
                let place = terms(&position.place);
                if !contains(&own, &place) {
                    own.extend(place);
                }
            }
            // What a fact is, its words need not say.
            match fact.kind {
                Kind::Paper => own.extend(terms("publication")),
                Kind::Placement => own.extend(terms("placement")),
                _ => {}
            }
            own
        };
        let mut terms: Vec<Vec<String>> = facts.iter().map(own).collect();
        // "AAT L2, studying L3": the second level is of the same body.
        for at in 1..terms.len() {
            let is_level =
                level(&terms[at]).is_some() && content(&terms[at]).iter().all(|term| is_weak(term) || term == "level");
            if is_level && level(&terms[at - 1]).is_some() {
                let body: Vec<String> = terms[at - 1].iter().filter(|term| !is_weak(term)).cloned().collect();
                terms[at].extend(body);
            }
        }
        let leads = (0..facts.len()).map(|at| leads(at, facts, &terms)).collect();
        Self { facts, terms, leads }
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

/// Whether a fact counts the people that somebody leads: "manage two assistant accountants", "a watch of six", and
/// "420 staff" of a director.
fn leads(at: usize, facts: &[Fact], terms: &[Vec<String>]) -> bool {
    static LEADING: LazyLock<BTreeSet<String>> = LazyLock::new(|| stems(&LEADERS));
    static LED: LazyLock<BTreeSet<String>> = LazyLock::new(|| stems(&PEOPLE));
    static NUMBERS: LazyLock<BTreeMap<String, u32>> =
        LazyLock::new(|| COUNTS.pairs().filter_map(|(word, count)| Some((stem(word), count.parse().ok()?))).collect());
    let own = &terms[at];
    let counts = own.iter().enumerate().any(|(place, term)| {
        let count = term.parse().ok().or_else(|| NUMBERS.get(term).copied());
        let is_many = count.is_some_and(|count| (2..50_000).contains(&count));
        let behind = own.iter().skip(place + 1).take(2).any(|next| LED.contains(next));
        let is_team =
            place > 0 && ["team", "watch", "section", "crew", "leadership"].contains(&own[place - 1].as_str());
        is_many && (behind || is_team)
    });
    let leading = |terms: &[String]| terms.iter().any(|term| LEADING.contains(term) || term == "leadership");
    let of = facts[at].of.filter(|of| *of < facts.len() && matches!(facts[at].kind, Kind::Size | Kind::Duty));
    counts && (leading(own) || of.is_some_and(|of| leading(&terms[of])))
}

fn stems(list: &List) -> BTreeSet<String> {
    list.iter().map(stem).collect()
}

/// How the words of a fact answer the words of a requirement, as they stand or without the verbs that say little.
pub fn words(asked: &[String], index: usize, form: &Form<'_>) -> Option<Fit> {
    fit(asked, index, form).or_else(|| {
        let bare = without_light(asked);
        (bare.len() < asked.len()).then(|| fit(&bare, index, form))?
    })
}

/// The words without the verbs that say little beside their object; all of them where nothing else is left.
pub fn without_light(asked: &[String]) -> Vec<String> {
    static STEMS: LazyLock<BTreeSet<String>> = LazyLock::new(|| stems(&LIGHT));
    let bare: Vec<String> = asked.iter().filter(|term| !STEMS.contains(*term)).cloned().collect();
    if bare.iter().all(|term| is_weak(term)) { asked.to_vec() } else { bare }
}

fn fit(asked: &[String], index: usize, form: &Form<'_>) -> Option<Fit> {
    let own = &form.terms[index];
    if let Some(wanted) = level(asked) {
        let held = level(own)?;
        if held < wanted {
            return None;
        }
    }
    let all = content(asked);
    let whole = |degree| Fit { degree, aside: 0 };
    let related = shows(asked, own, form.leads[index])
        .map(|shown| Fit { degree: degree_of(!shown.is_whole), aside: all.len().saturating_sub(shown.topic) });
    let same = || says(&all, index, form).then_some(whole(Degree::Met));
    let kind = || is_of_kind(asked, own).map(degree_of).map(whole);
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

/// Whether a term is too broad to answer alone.
pub fn is_broad(term: &str) -> bool {
    static STEMS: LazyLock<BTreeSet<String>> = LazyLock::new(|| BROAD.iter().flat_map(terms).collect());
    STEMS.contains(term)
}
