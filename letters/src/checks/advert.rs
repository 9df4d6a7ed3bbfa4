//! The rule about requirements: what the employer asks for is not claimed, unless the applicant has it.

mod requirements;

use std::collections::BTreeSet;
use std::ops::Range;

use super::read_letter::Draft;
use super::vocabulary::{CREDENTIALS, SKILLS};
use super::voice::stated;
use super::word::{Word, akin, words};
use super::{Finding, Rule};
use requirements::{Wish, wishes};

pub(super) const ADVERT_CLAIMS: Rule = Rule {
    name: "AdvertClaims",
    words: "No requirement of the employer is stated as a fact in the first person unless the applicant's own fields say it, and nobody claims to meet all requirements.",
    look: advert_claims,
};

/// So many other words may stand between those of a requirement.
const GAP_MAX: usize = 3;

fn advert_claims(draft: &Draft<'_>) -> Option<Finding> {
    let own = Own::of(draft);
    let foreign: Vec<Wish> = wishes(&draft.spec.job).into_iter().filter(|wish| !own.backs(wish)).collect();
    let mut marks = Vec::new();
    for sentence in &draft.sentences {
        let words = words(draft.masked(sentence), sentence.at);
        let stated = stated(&words);
        for wish in &foreign {
            marks.extend(claim(wish, &words, &stated).filter(|mark| is_one_claim(&draft.letter[mark.clone()])));
        }
        marks.extend(claim_of_everything(&words, &stated));
    }
    marks.sort_by_key(|mark| (mark.start, mark.end));
    Finding::named("The employer asks for this; nothing you gave says that you have it", draft.letter, marks)
}

/// Whether words belong together, and are no skill known by name: those have a rule of their own.
fn is_one_claim(text: &str) -> bool {
    !text.contains([',', ';', ':', '(', ')', '–', '—']) && !SKILLS.contains(&text)
}

/// What the applicant gave, as stems.
struct Own {
    all: BTreeSet<String>,
    qualifications: BTreeSet<String>,
}

impl Own {
    fn of(draft: &Draft<'_>) -> Self {
        let stems = |text: &str| words(text, 0).into_iter().map(|word| word.stem).collect();
        Self { all: stems(&draft.applicant_text()), qualifications: stems(&draft.spec.applicant.qualifications) }
    }

    /// Whether a requirement is the applicant's own: all its words are, or only the kind of certificate is not named
    /// (`First Aid` among the qualifications is a first aid certificate).
    fn backs(&self, wish: &Wish) -> bool {
        let among = |stems: &BTreeSet<String>, key: &str| stems.iter().any(|stem| akin(stem, key));
        let is_credential = |stem: &str| CREDENTIALS.contains(&stem);
        let (credentials, subject): (Vec<_>, Vec<_>) = wish.keys.iter().partition(|key| is_credential(&key.stem));
        let named = credentials.iter().all(|key| among(&self.all, &key.stem));
        if named {
            return subject.iter().all(|key| among(&self.all, &key.stem));
        }
        !subject.is_empty() && subject.iter().all(|key| among(&self.qualifications, &key.stem))
    }
}

/// Where a sentence states a requirement as a fact: all its words together, in any order.
fn claim(wish: &Wish, words: &[Word<'_>], stated: &[bool]) -> Option<Range<usize>> {
    let matches = |at: usize, key: &requirements::Key| {
        stated[at] && words[at].stem == key.stem && (!key.is_name || !words[at].text.starts_with(char::is_lowercase))
    };
    let starts = (0..words.len()).filter(|at| wish.keys.iter().any(|key| matches(*at, key)));
    for start in starts {
        let reach = words.len().min(start + wish.keys.len() + GAP_MAX);
        let found: Option<Vec<usize>> =
            wish.keys.iter().map(|key| (start..reach).find(|at| matches(*at, key))).collect();
        if let Some(last) = found.and_then(|found| found.into_iter().max()) {
            let first = (0..start).rev().take_while(|at| stated[*at] && wish.text.contains(&words[*at].stem)).last();
            return Some(words[first.unwrap_or(start)].at..words[last].end());
        }
    }
    None
}

/// "I meet all your requirements", "I have everything you ask for".
fn claim_of_everything(words: &[Word<'_>], stated: &[bool]) -> Option<Range<usize>> {
    const MEETS: [&str; 11] = [
        "meet",
        "meets",
        "satisfy",
        "satisfies",
        "fulfil",
        "fulfill",
        "fulfils",
        "exceed",
        "exceeds",
        "match",
        "matches",
    ];
    const ASKED: [&str; 4] = ["requirements", "criteria", "qualifications", "preferences"];
    const WANTS: [&str; 5] = ["ask", "need", "require", "want", "list"];
    const BETWEEN: [&str; 16] = [
        "all",
        "every",
        "each",
        "of",
        "the",
        "your",
        "these",
        "those",
        "both",
        "stated",
        "listed",
        "preferred",
        "required",
        "minimum",
        "essential",
        "desired",
    ];
    let is = |at: usize, list: &[&str]| words.get(at).is_some_and(|word| list.contains(&word.lower.as_str()));
    for at in (0..words.len()).filter(|at| stated[*at]) {
        let asked = (at + 1..words.len()).find(|next| !is(*next, &BETWEEN));
        let end = if is(at, &MEETS) {
            asked.filter(|end| is(*end, &ASKED))
        } else {
            Some(at + 2).filter(|end| is(at, &["everything"]) && is(at + 1, &["you"]) && is(*end, &WANTS))
        };
        if let Some(end) = end {
            return Some(words[at].at..words[end].end());
        }
    }
    None
}

#[cfg(test)]
mod tests;
