//! Finds the facts about a duty of the post.

use super::form::{Form, is_broad, says, without_light};
use crate::evidence::relations::{shows, shows_part};
use crate::evidence::requirement::Degree;
use crate::evidence::terms::{content, is_weak};
use crate::facts::fact::Kind;

/// Facts about a duty of the post.
pub fn task(asked: &[String], form: &Form<'_>) -> Vec<(Degree, usize)> {
    let telling: Vec<String> = content(&without_light(asked));
    let mut found = Vec::new();
    for (index, fact) in form.facts.iter().enumerate() {
        let fits = !matches!(
            fact.kind,
            Kind::Reason | Kind::Break | Kind::Study | Kind::Due | Kind::Home | Kind::Topic | Kind::Grade
        );
        let own = &form.terms[index];
        let own_content = content(own);
        // One word is enough where it names a thing: "grill" for "run the grill".
        let is_telling = telling.len() > 1 || telling.iter().all(|term| !is_broad(term) && !is_weak(term));
        let says_all = is_telling && says(&telling, index, form);
        // The fact is wholly about the task: "budgeting" for "within a small budget".
        let is_named = matches!(fact.kind, Kind::Skill | Kind::Tool | Kind::Knowledge | Kind::Licence | Kind::Language)
            && own_content.iter().all(|term| telling.contains(term) && !is_weak(term))
            && own_content.iter().any(|term| !is_broad(term) || own_content.len() > 1);
        let shown = shows(asked, own, form.leads[index]).or_else(|| shows(&telling, own, form.leads[index]));
        // What answers only a part of the duty is near to it.
        let part = || shows_part(&telling, own, form.leads[index], is_broad).map(|_| false);
        let related = shown.filter(|_| asked.len() > 1).map(|shown| shown.is_whole).or_else(part);
        // What somebody is like answers only what is known to ask for it.
        let is_trait = matches!(fact.kind, Kind::Trait | Kind::Free);
        let (says_all, is_named) = (says_all && !is_trait, is_named && !is_trait);
        if fits && (says_all || is_named || related == Some(true)) {
            found.push((Degree::Met, index));
        } else if fits && related == Some(false) {
            found.push((Degree::Near, index));
        }
    }
    found
}
