//! The rule about a career: no employer, school or degree that nobody gave.

use std::collections::BTreeSet;
use std::ops::Range;

use super::read_letter::Draft;
use super::vocabulary::{CREDENTIALS, SKILLS, SMALL};
use super::voice::stated;
use super::word::{Word, akin, words};
use super::{Finding, Rule};

pub(super) const FACTS_GIVEN: Rule = Rule {
    name: "FactsGiven",
    words: "No employer, school, degree or certificate that the request does not name is stated in the first person.",
    look: facts_given,
};

/// Work and study that happen somewhere. Lower case.
const WORK: [&str; 33] = [
    "work",
    "works",
    "worked",
    "working",
    "serve",
    "served",
    "interned",
    "internship",
    "volunteered",
    "volunteering",
    "employed",
    "employment",
    "trained",
    "trainee",
    "studied",
    "studies",
    "study",
    "graduated",
    "degree",
    "time",
    "role",
    "position",
    "job",
    "placement",
    "apprenticeship",
    "career",
    "years",
    "year",
    "experience",
    "manager",
    "assistant",
    "intern",
    "apprentice",
];

/// Names after "at" that are no employers.
const NO_EMPLOYER: [&str; 27] = [
    "a-level",
    "a-levels",
    "level",
    "stage",
    "key",
    "year",
    "grade",
    "christmas",
    "easter",
    "master",
    "master's",
    "bachelor",
    "bachelor's",
    "gcse",
    "head",
    "front",
    "night",
    "sea",
    "home",
    "weekends",
    "icu",
    "hq",
    "i",
    "it",
    "hr",
    "nvq",
    "university",
];

/// Words of which many names are made, and which alone name nobody.
const KINDS: [&str; 22] = [
    "university",
    "college",
    "school",
    "academy",
    "institute",
    "hospital",
    "clinic",
    "bank",
    "company",
    "group",
    "inc",
    "ltd",
    "limited",
    "corporation",
    "corp",
    "the",
    "of",
    "and",
    "council",
    "hotel",
    "museum",
    "services",
];

/// Degrees by rank: whoever has a `BSc` may call it a bachelor's degree. Lower case, without stops.
const DEGREES: [&[&str]; 3] = [
    &["bsc", "ba", "beng", "bba", "bcom", "llb", "bed", "bfa", "bachelor", "bachelor's", "bachelors", "undergraduate"],
    &["msc", "ma", "meng", "mba", "mphil", "llm", "mres", "mfa", "master", "master's", "masters", "postgraduate"],
    &["phd", "dphil", "doctorate", "doctoral"],
];

/// Ranks as they are written when they are meant: "I master it" is no degree.
const BARE: [&str; 7] = ["master", "masters", "bachelor", "bachelors", "ma", "ba", "bed"];

fn facts_given(draft: &Draft<'_>) -> Option<Finding> {
    let given = Given::of(draft);
    let mut marks = Vec::new();
    for sentence in &draft.sentences {
        let words = words(draft.masked(sentence), sentence.at);
        let scene = Scene { letter: draft.letter, words: &words, stated: &stated(&words) };
        for at in (0..words.len()).filter(|at| scene.stated[*at]) {
            marks
                .extend(scene.employer(at).filter(|range| !given.names(&words[range.clone()])).map(|r| scene.bytes(r)));
            marks.extend(scene.degree(at, &given).map(|range| scene.bytes(range)));
            marks.extend(scene.subject(at, &given).map(|range| scene.bytes(range)));
        }
    }
    Finding::named("Nobody gave this", draft.letter, marks)
}

/// What the request names.
struct Given {
    /// Words of all fields, lower case.
    words: BTreeSet<String>,
    stems: BTreeSet<String>,
    /// Stems of the applicant's qualifications and experience, where certificates stand.
    papers: BTreeSet<String>,
    applicant: BTreeSet<String>,
}

impl Given {
    fn of(draft: &Draft<'_>) -> Self {
        let all = [draft.applicant_text(), draft.job_text()].join("\n");
        let lower = |text: &str| words(text, 0).into_iter().map(|word| word.lower.replace('.', "")).collect();
        let stems = |text: &str| words(text, 0).into_iter().map(|word| word.stem).collect();
        let applicant = &draft.spec.applicant;
        let papers = [&applicant.qualifications, &applicant.current_experience, &applicant.past_experience];
        Self {
            words: lower(&all),
            stems: stems(&all),
            papers: stems(&papers.map(String::as_str).join("\n")),
            applicant: lower(&draft.applicant_text()),
        }
    }

    /// Whether a name is known: any word of it that says who is meant.
    fn names(&self, name: &[Word<'_>]) -> bool {
        let mut telling = name.iter().filter(|word| !KINDS.contains(&word.lower.as_str())).peekable();
        telling.peek().is_none()
            || telling.any(|word| self.stems.contains(&word.stem) || self.words.contains(&word.lower))
    }

    /// Whether the applicant has a degree of this rank, or the employer names this very one (then it is a requirement,
    /// which has its own rule). A degree that the applicant does not name more closely may be a bachelor's.
    fn has_degree(&self, rank: usize, name: &str) -> bool {
        const UNNAMED: [&str; 8] =
            ["degree", "degrees", "graduate", "graduated", "university", "studied", "studying", "honours"];
        let given = |names: &[&str]| names.iter().any(|name| self.applicant.contains(*name));
        given(DEGREES[rank]) || self.words.contains(name) || (rank == 0 && given(&UNNAMED))
    }
}

/// Whether any word of a subject is known, or its initials are ("CS").
fn is_known(subject: &[Word<'_>], among: &BTreeSet<String>) -> bool {
    let initials: String = subject.iter().filter_map(|word| word.lower.chars().next()).collect();
    let telling = || among.iter().filter(|stem| !SMALL.contains(stem.as_str()));
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

    /// Nothing but white space stands between this word and the one before.
    fn follows_closely(&self, at: usize) -> bool {
        at > 0 && self.letter[self.words[at - 1].end()..self.words[at].at].chars().all(char::is_whitespace)
    }

    /// The name after "I worked at", "my time with", "I graduated from", beginning behind the word `at`.
    fn employer(&self, at: usize) -> Option<Range<usize>> {
        let (at_place, for_somebody) = (self.is(at, &["at", "from"]), self.is(at, &["for", "with"]));
        let before = at.saturating_sub(8)..at;
        let mut work = before.clone().filter(|word| self.stated[*word] && self.is(*word, &WORK));
        // "I worked with", "my skills for" have other objects than employers.
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
        let skill = SKILLS.contains(&first.text);
        (end > start && !skill && !NO_EMPLOYER.contains(&first.lower.as_str())).then_some(start..end)
    }

    /// A degree that is not the applicant's, beginning at this word.
    fn degree(&self, at: usize, given: &Given) -> Option<Range<usize>> {
        let name = self.words[at].lower.replace('.', "");
        let rank = DEGREES.iter().position(|names| names.contains(&name.as_str()))?;
        let is_meant = match name.as_str() {
            // "My master chef", "an undergraduate course" are no degrees.
            bare if BARE.contains(&bare) => self.words[at].is_capitalised() && self.is(at + 1, &["degree", "of", "in"]),
            "undergraduate" | "postgraduate" | "doctoral" => self.is(at + 1, &["degree"]),
            _ => true,
        };
        let end = at + 1 + usize::from(self.is(at + 1, &["degree"]));
        (is_meant && !given.has_degree(rank, &name)).then_some(at..end)
    }

    /// "degree in Economics", "certificate in Python": of a subject that is not the applicant's.
    fn subject(&self, at: usize, given: &Given) -> Option<Range<usize>> {
        const SUBJECT_MAX: usize = 3;
        let stem = self.words[at].stem.as_str();
        if !CREDENTIALS.contains(&stem) || !self.is(at + 1, &["in"]) {
            return None;
        }
        let is_name = self.words.get(at + 2)?.is_capitalised();
        let ends = |word: &usize| {
            let next = &self.words[*word];
            !self.follows_closely(*word) || SMALL.contains(next.lower.as_str()) || is_name && !next.is_capitalised()
        };
        let last = self.words.len().min(at + 2 + SUBJECT_MAX);
        let end = (at + 2..last).find(ends).unwrap_or(last);
        let subject = &self.words[at + 2..end];
        if subject.is_empty() {
            return None;
        }
        // A degree is known by its subject; that a skill is certified must stand among the papers.
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
