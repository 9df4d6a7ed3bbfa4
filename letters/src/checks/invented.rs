//! The rule about the career: the letter names no employer, school or degree that the request does not name.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::finding::Finding;
use super::read_letter::ReadLetter;
use super::rule::Rule;
use super::vocabulary::{CREDENTIALS, SMALL, TOOLS};
use super::voice::stated;
use super::word::{Word, akin, words};
use crate::words::{List, list};

pub(super) const FACTS_GIVEN: Rule = Rule {
    name: "FactsGiven",
    words: "No employer, school, degree or certificate that the request does not name is stated in the first person.",
    look: facts_given,
};

list!(WORK = "checks/work");
list!(NOT_EMPLOYERS = "checks/not_employers");
list!(ORGANISATION_KINDS = "checks/organisation_kinds");
list!(BACHELOR = "checks/degrees_bachelor");
list!(MASTER = "checks/degrees_master");
list!(DOCTORATE = "checks/degrees_doctorate");
list!(BARE_DEGREES = "checks/bare_degrees");
list!(UNNAMED_DEGREES = "checks/unnamed_degrees");

/// Degrees by rank: the holder of a `BSc` may call it a bachelor's degree.
static RANKS: [&LazyLock<List>; 3] = [&BACHELOR, &MASTER, &DOCTORATE];

fn facts_given(letter: &ReadLetter<'_>) -> Option<Finding> {
    let given = Given::of(letter);
    let mut marks = Vec::new();
    for sentence in &letter.sentences {
        let words = words(letter.masked(sentence), sentence.at);
        let scene = Scene { letter: letter.text, words: &words, stated: &stated(&words) };
        for at in (0..words.len()).filter(|at| scene.stated[*at]) {
            marks
                .extend(scene.employer(at).filter(|range| !given.names(&words[range.clone()])).map(|r| scene.bytes(r)));
            marks.extend(scene.degree(at, &given).map(|range| scene.bytes(range)));
            marks.extend(scene.subject(at, &given).map(|range| scene.bytes(range)));
        }
    }
    Finding::named("Nobody gave this", letter.text, marks)
}

/// The words of the request.
struct Given {
    /// Words of all fields, lower case.
    words: BTreeSet<String>,
    stems: BTreeSet<String>,
    /// Stems of the applicant's qualifications and experience, where certificates are named.
    papers: BTreeSet<String>,
    applicant: BTreeSet<String>,
}

impl Given {
    fn of(letter: &ReadLetter<'_>) -> Self {
        let all = [letter.applicant_text(), letter.job_text()].join("\n");
        let lower = |text: &str| words(text, 0).into_iter().map(|word| word.lower.replace('.', "")).collect();
        let stems = |text: &str| words(text, 0).into_iter().map(|word| word.stem).collect();
        let applicant = &letter.spec.applicant;
        let papers = [&applicant.qualifications, &applicant.current_experience, &applicant.past_experience];
        Self {
            words: lower(&all),
            stems: stems(&all),
            papers: stems(&papers.map(String::as_str).join("\n")),
            applicant: lower(&letter.applicant_text()),
        }
    }

    /// Whether the request has any distinctive word of a name; a kind of organisation is not distinctive.
    fn names(&self, name: &[Word<'_>]) -> bool {
        let mut telling = name.iter().filter(|word| !ORGANISATION_KINDS.has(&word.lower)).peekable();
        telling.peek().is_none()
            || telling.any(|word| self.stems.contains(&word.stem) || self.words.contains(&word.lower))
    }

    /// Whether the applicant has a degree of this rank, or the employer names this one (it is then a requirement, which
    /// has its own rule). A degree that the applicant gives without its name may be a bachelor's.
    fn has_degree(&self, rank: usize, name: &str) -> bool {
        let given = |names: &List| names.iter().any(|name| self.applicant.contains(name));
        given(RANKS[rank]) || self.words.contains(name) || (rank == 0 && given(&UNNAMED_DEGREES))
    }
}

/// Whether any word of a subject is known, or its initials are ("CS").
fn is_known(subject: &[Word<'_>], among: &BTreeSet<String>) -> bool {
    let initials: String = subject.iter().filter_map(|word| word.lower.chars().next()).collect();
    let telling = || among.iter().filter(|stem| !SMALL.has(stem));
    among.contains(&initials) || subject.iter().any(|word| telling().any(|stem| akin(stem, &word.stem)))
}

/// A sentence of the letter.
struct Scene<'a> {
    letter: &'a str,
    words: &'a [Word<'a>],
    stated: &'a [bool],
}

impl Scene<'_> {
    fn bytes(&self, range: Range<usize>) -> Range<usize> {
        self.words[range.start].at..self.words[range.end - 1].end()
    }

    fn is(&self, at: usize, list: &[&str]) -> bool {
        self.words.get(at).is_some_and(|word| list.contains(&word.lower.as_str()))
    }

    /// Whether only white space stands between this word and the one before.
    fn follows_closely(&self, at: usize) -> bool {
        at > 0 && self.letter[self.words[at - 1].end()..self.words[at].at].chars().all(char::is_whitespace)
    }

    /// The name after "I worked at", "my time with" or "I graduated from"; `at` is the word before it.
    fn employer(&self, at: usize) -> Option<Range<usize>> {
        let (at_place, for_somebody) = (self.is(at, &["at", "from"]), self.is(at, &["for", "with"]));
        let before = at.saturating_sub(8)..at;
        let mut work = before.clone().filter(|word| self.stated[*word] && WORK.has(&self.words[*word].lower));
        // "I worked with" and "my skills for" are rarely followed by an employer.
        let close = || self.is(at - 1, &["work", "worked", "working", "interned", "volunteered", "employed"]);
        let somewhere = match (at_place, for_somebody) {
            (true, _) if self.is(at, &["from"]) => before.clone().any(|word| self.is(word, &["graduated", "degree"])),
            (true, _) => work.next().is_some(),
            (_, true) if at > 0 && self.is(at, &["for"]) => close(),
            (_, true) if at > 0 => self.is(at - 1, &["internship", "position", "job", "placement", "apprenticeship"]),
            _ => false,
        };
        let start = at + 1;
        somewhere.then(|| self.name(start)).flatten()
    }

    /// Words with capital letters from `start` on, joined by "of", "and" or "the".
    fn name(&self, start: usize) -> Option<Range<usize>> {
        let mut end = start;
        let mut next = start;
        while let Some(word) = self.words.get(next).filter(|_| self.follows_closely(next)) {
            if word.is_capitalised() {
                end = next + 1;
            } else if next == start || !["of", "and", "the", "for"].contains(&word.lower.as_str()) {
                break;
            }
            next += 1;
        }
        let first = self.words.get(start)?;
        let skill = TOOLS.has(first.text);
        (end > start && !skill && !NOT_EMPLOYERS.has(&first.lower)).then_some(start..end)
    }

    /// A degree that is not the applicant's, beginning at this word.
    fn degree(&self, at: usize, given: &Given) -> Option<Range<usize>> {
        let name = self.words[at].lower.replace('.', "");
        let rank = RANKS.iter().position(|names| names.has(&name))?;
        let is_meant = match name.as_str() {
            // "My master chef" and "an undergraduate course" name no degree.
            bare if BARE_DEGREES.has(bare) => {
                self.words[at].is_capitalised() && self.is(at + 1, &["degree", "of", "in"])
            }
            "undergraduate" | "postgraduate" | "doctoral" => self.is(at + 1, &["degree"]),
            _ => true,
        };
        let end = at + 1 + usize::from(self.is(at + 1, &["degree"]));
        (is_meant && !given.has_degree(rank, &name)).then_some(at..end)
    }

    /// "degree in Economics" or "certificate in Python", if the subject is not the applicant's.
    fn subject(&self, at: usize, given: &Given) -> Option<Range<usize>> {
        const SUBJECT_MAX: usize = 3;
        let stem = self.words[at].stem.as_str();
        if !CREDENTIALS.has(stem) || !self.is(at + 1, &["in"]) {
            return None;
        }
        let is_name = self.words.get(at + 2)?.is_capitalised();
        let ends = |word: &usize| {
            let next = &self.words[*word];
            !self.follows_closely(*word) || SMALL.has(&next.lower) || is_name && !next.is_capitalised()
        };
        let last = self.words.len().min(at + 2 + SUBJECT_MAX);
        let end = (at + 2..last).find(ends).unwrap_or(last);
        let subject = &self.words[at + 2..end];
        if subject.is_empty() {
            return None;
        }
        // A degree is known by its subject; a certificate must stand in the qualifications or the experience.
        let is_degree = stem == "degre";
        let known = if is_degree {
            is_known(subject, &given.stems)
        } else {
            given.stems.contains(stem) || is_known(subject, &given.papers)
        };
        (!known).then_some(at..end)
    }
}

#[cfg(test)]
mod tests;
