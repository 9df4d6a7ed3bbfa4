//! Parses a role and its place: `Analyst at Trello`, `barista @ costa`, `Cashier, Tesco, 2019-2021`.

use super::super::article::with_article;
use super::super::lexicon::{bare, is_doing, is_past_verb, is_role, is_student};
use crate::words::list;

list!(LEADS = "facts/role_leads");
list!(PLACE_PREPOSITIONS = "facts/place_prepositions");
list!(UNIQUE = "facts/unique_roles");
list!(CLAUSE_WORDS = "facts/clause_words");
list!(TIME_WORDS = "facts/time_words");
list!(MONTHS = "facts/months");

/// Most words of a role.
const ROLE_WORDS_MAX: usize = 9;
/// Most words of a remark on a role.
const REMARK_WORDS_MAX: usize = 9;

/// A present or past role of the applicant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Role {
    /// The role, without an article.
    pub name: String,
    /// The place with its preposition, and what follows it.
    pub at: Option<String>,
}

impl Role {
    /// The role as a sentence names it.
    pub(super) fn named(&self) -> String {
        let lower = self.name.to_ascii_lowercase();
        let head = [" (", " of ", " to "].iter().filter_map(|cut| self.name.find(cut)).min();
        let last = bare(self.name[..head.unwrap_or(self.name.len())].rsplit(' ').next().unwrap_or_default());
        let is_plural = (last.ends_with('s') && !last.ends_with("ss")) || matches!(last.as_str(), "crew" | "staff");
        if is_plural || UNIQUE.beginning_of(&lower).is_some() { self.name.clone() } else { with_article(&self.name) }
    }

    /// Role and place, as one entry of a list.
    pub(super) fn in_list(&self) -> String {
        self.at.as_ref().map_or_else(|| self.named(), |at| format!("{} {at}", self.named()))
    }
}

/// Joins entries that only say where or when to the role before them: `Cashier, Tesco, Leeds, 2019` is one entry.
pub(super) fn regrouped(entries: &[&str]) -> Vec<String> {
    let mut whole: Vec<String> = Vec::new();
    for entry in entries {
        match whole.last_mut() {
            Some(last) if is_time(entry) && is_of_role(last) => *last = format!("{last} ({entry})"),
            Some(last) if is_place(entry) && is_of_role(last) => {
                let has_place = read(last).is_some_and(|role| role.at.is_some());
                *last = if has_place { format!("{last}, {entry}") } else { format!("{last} at {entry}") };
            }
            _ => whole.push((*entry).to_owned()),
        }
    }
    whole
}

/// Puts a second entry that is not a role behind the first in brackets: `a PhD student at Imperial (graph networks)`.
pub(super) fn with_remark(entries: Vec<String>) -> Vec<String> {
    match entries.as_slice() {
        [role, remark]
            if is_of_role(role)
                && read(remark).is_none()
                && !remark.contains(['(', '.'])
                && remark.split_whitespace().count() <= REMARK_WORDS_MAX
                && !remark.split(' ').next().is_some_and(is_past_verb) =>
        {
            vec![format!("{role} ({remark})")]
        }
        _ => entries,
    }
}

fn is_of_role(entry: &str) -> bool {
    !entry.ends_with(')') && read(entry).is_some()
}

/// The role that the text names, if it names one.
pub(super) fn read(text: &str) -> Option<Role> {
    let lower = text.to_ascii_lowercase();
    let lead = LEADS.beginning_of(&lower).unwrap_or_default();
    let bare_text = text[lead.len()..].trim_start();
    if bare_text.contains(". ") {
        return None;
    }
    let dashed = bare_text.replace(" - ", " at ").replace(" – ", " at ").replace(" — ", " at ");
    let spaced = if is_dashed_role(bare_text) { dashed.as_str() } else { bare_text };
    let dated = with_years_in_brackets(spaced);
    let spaced = dated.as_deref().unwrap_or(spaced);
    let lower = spaced.to_ascii_lowercase();
    let is_outside = |at: &usize| lower[..*at].matches('(').count() <= lower[..*at].matches(')').count();
    let first = |word: &str| lower.match_indices(word).map(|(at, _)| at).find(is_outside);
    let cut = PLACE_PREPOSITIONS.iter().filter_map(|word| Some((first(word)?, word))).min();
    let (name, at) = match cut {
        Some((until, " @ ")) => (&spaced[..until], Some(format!("at {}", spaced[until + 3..].trim()))),
        Some((until, _)) => (&spaced[..until], Some(spaced[until + 1..].trim().to_owned())),
        _ => (spaced, None),
    };
    // In `SDR at a fintech`, short capitals before a place are a role.
    let is_short = at.is_some() && (2..=4).contains(&name.len()) && name.chars().all(|c| c.is_ascii_uppercase());
    (is_short || is_role_name(name)).then(|| Role { name: name.trim().to_owned(), at })
}

/// The text with years at its end in brackets: `Postman (2008-2017)` for `Postman 2008-2017`.
fn with_years_in_brackets(text: &str) -> Option<String> {
    let (before, last) = text.rsplit_once(' ')?;
    let is_years =
        last.len() >= 4 && last.chars().all(|c| c.is_ascii_digit() || "-–/".contains(c)) && is_role_name(before);
    is_years.then(|| format!("{before} ({last})"))
}

/// Whether a dash separates role and place, as in `Cashier - Tesco`.
fn is_dashed_role(text: &str) -> bool {
    let cut = [" - ", " – ", " — "].iter().filter_map(|dash| text.find(dash)).min();
    cut.is_some_and(|at| {
        let head = text[..at].to_ascii_lowercase();
        is_role_name(&text[..at]) && !PLACE_PREPOSITIONS.iter().any(|word| head.contains(word))
    })
}

/// Whether a text of a few words names a role: its last word or the one before "of" does, or it names a student.
fn is_role_name(name: &str) -> bool {
    let without_brackets = name.split(" (").next().unwrap_or_default().trim();
    let words: Vec<&str> = without_brackets.split_whitespace().collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    let is_clause = words.iter().any(|word| CLAUSE_WORDS.has(&bare(word))) && is_doing(first);
    if words.len() > ROLE_WORDS_MAX || is_clause {
        return false;
    }
    let before_of = words.iter().position(|word| bare(word) == "of").and_then(|at| words[..at].last());
    let names = is_role(last) || before_of.is_some_and(|word| is_role(word)) || is_student(without_brackets);
    names && !(is_past_verb(first) && words.len() > 2)
}

/// Whether an entry only says when or for how long: `2019-2021`, `since 2022`, `8 weeks`, `part-time`.
fn is_time(entry: &str) -> bool {
    let mut words = entry.split([' ', '-', '–', '/']).map(bare).filter(|word| !word.is_empty()).peekable();
    words.peek().is_some()
        && words.all(|word| {
            let is_number = word.len() <= 4 && word.chars().all(|c| c.is_ascii_digit());
            let is_month = word.len() <= 9 && MONTHS.beginning_of(&word).is_some() && !is_role(&word);
            is_number || is_month || TIME_WORDS.has(&word)
        })
}

/// Whether an entry looks like the name of a place: it begins with a capital, is short, and holds no role or verb.
fn is_place(entry: &str) -> bool {
    let name = entry.split(" (").next().unwrap_or_default();
    let words: Vec<&str> = name.split_whitespace().collect();
    let Some(first) = words.first() else { return false };
    first.chars().next().is_some_and(char::is_uppercase)
        && words.len() <= 5
        && !words.last().is_some_and(|word| is_role(word))
        && !is_doing(first)
        && !is_past_verb(first)
}
