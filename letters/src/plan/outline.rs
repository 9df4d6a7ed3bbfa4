//! Decides what a letter says: the reason and the present first, then the answers, strongest first, then the rest in
//! short. What has no match is not mentioned.

mod answers;
mod block;
mod rest;
mod shape;

use std::collections::BTreeSet;

use crds::request::{Length, LetterOptions, Tone};

use super::moves::Move;
use super::sentence::{Link, Sentence};
use super::telling::{self, Manner};
use super::whole::{is_place, is_role, is_whole};
use crate::evidence::{Degree, Evidence, Need, Requirement};
use crate::facts::Facts;
use crate::facts::fact::{Fact, Field, Kind, Position, Time, Words};
use crate::facts::prose::Told;
use crate::facts::sound::reads;
use crate::facts::title::TitleKind;

/// Most requirements that are answered one by one.
const fn answers_max(length: Length) -> usize {
    match length {
        Length::Short => 2,
        Length::Standard => 3,
        Length::Long => 5,
    }
}

/// The paragraphs of a letter from the salutation to the thanks. `turn` varies what may be varied.
pub fn outline(facts: &Facts, evidence: &Evidence, options: &LetterOptions, turn: u64) -> Vec<Vec<Sentence>> {
    let length = options.length;
    let mut outline = Outline { facts, evidence, said: unsound(facts), silent: unsound(facts), asked: 0, looked: 0 };
    let points = outline.points(length);
    let opening = outline.opening(options.tone);
    let mut paragraphs = vec![vec![outline.greeting(options.tone)], opening];
    paragraphs.extend([Field::Now, Field::Past].map(|field| outline.block(field, &points, length)));
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    // A bare opening and what comes first are one paragraph.
    if paragraphs.len() > 2 && paragraphs[1].len() == 1 {
        let first = paragraphs.remove(2);
        paragraphs[1].extend(first);
    }
    let mut rest = outline.answers(&points);
    rest.extend(outline.rest(length));
    paragraphs.extend(shape::forward(rest));
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    let mut told: Vec<Vec<String>> = Vec::new();
    for paragraph in &mut paragraphs {
        // Nothing is said twice.
        paragraph.retain(|sentence| {
            let is_new = sentence.step != Move::Clause || !told.contains(&sentence.words);
            told.push(sentence.words.clone());
            is_new
        });
    }
    for paragraph in paragraphs.iter_mut().skip(1) {
        shape::link(paragraph);
    }
    let paragraphs = paragraphs.into_iter().flat_map(shape::halves).filter(|paragraph| !paragraph.is_empty());
    let mut paragraphs = shape::with_neighbours(paragraphs.collect());
    name_in_order(&mut paragraphs);
    let company = facts.company.as_ref().filter(|company| is_plain(company) && !outline.knows(company));
    paragraphs.push(closing(turn, company));
    paragraphs
}

/// What is named first is asked for, what is named later is asked for as well.
fn name_in_order(paragraphs: &mut [Vec<Sentence>]) {
    let mut is_first = true;
    for sentence in paragraphs.iter_mut().flatten() {
        match sentence.step {
            Move::Ask | Move::AskMore => sentence.step = if is_first { Move::Ask } else { Move::AskMore },
            Move::Look | Move::Question | Move::AskSkill | Move::AskSkills | Move::AskTool | Move::AskHold => {}
            _ => continue,
        }
        is_first = false;
    }
}

/// The facts whose words cannot stand in a sentence: they count as said, so that nothing says them.
fn unsound(facts: &Facts) -> BTreeSet<usize> {
    let is_told = |at: &usize| facts.told.iter().any(|told| told.facts.contains(at));
    (0..facts.all.len()).filter(|at| !is_told(at) && !says(&facts.all[*at])).collect()
}

/// "I have worked at Equinix in Slough for three years", or what somebody is, without where.
fn part(position: &Position) -> Option<Sentence> {
    let time = position.time.as_ref().map(Time::words).filter(|time| reads(time));
    let Position { role, place, .. } = position;
    if reads(role) && is_role(role) {
        return Some(match time {
            Some(time) => Sentence::new(Move::NowTime, [role.clone(), time.to_owned()]),
            None => Sentence::new(Move::Now, [role.clone()]),
        });
    }
    let is_employer = place.split_once(' ').is_some_and(|(lead, name)| {
        matches!(lead, "at" | "for") && name.strip_prefix("the ").unwrap_or(name).starts_with(char::is_uppercase)
    });
    (is_employer && reads(place) && is_place(place)).then(|| {
        let text = match time {
            Some(time) => format!("I have worked {place} {time}"),
            None => format!("I work {place}"),
        };
        Sentence::new(Move::Clause, [text])
    })
}

/// Whether a sentence can say the fact.
fn says(fact: &Fact) -> bool {
    fact.is_sound() && is_whole(fact)
}

/// Words that two courses may share.
const NO_COURSE: [&str; 12] =
    ["and", "the", "for", "year", "final", "course", "degree", "student", "studying", "university", "college", "level"];

/// A requirement, or several with the same answer, and the facts that answer.
struct Point {
    requirements: Vec<usize>,
    facts: Vec<usize>,
    degree: Degree,
}

struct Outline<'a> {
    facts: &'a Facts,
    evidence: &'a Evidence,
    /// The facts that a sentence says.
    said: BTreeSet<usize>,
    /// Those of them that no sentence can say.
    silent: BTreeSet<usize>,
    /// How many requirements were named.
    asked: usize,
    /// How many duties and questions of the advert were named.
    looked: usize,
}

impl Outline<'_> {
    fn fact(&self, at: usize) -> &Fact {
        &self.facts.all[at]
    }

    fn requirement(&self, at: usize) -> &Requirement {
        &self.evidence.requirements[at]
    }

    /// Whether the applicant works, or worked, for this company: who does has nothing to hear about it.
    fn knows(&self, company: &str) -> bool {
        let name = company.strip_prefix("the ").unwrap_or(company);
        let name = name.strip_prefix("University of ").unwrap_or(name).to_lowercase();
        let is_work = |fact: &&Fact| matches!(fact.source.field, Field::Now | Field::Past);
        self.facts.all.iter().filter(is_work).any(|fact| fact.text.to_lowercase().contains(&name))
    }

    fn greeting(&self, tone: Tone) -> Sentence {
        match (&self.evidence.contact, &self.facts.company) {
            (Some(contact), _) => Sentence::new(Move::GreetName, [contact.clone()]),
            (None, Some(company)) if tone == Tone::Direct => {
                let name = company.strip_prefix("the ").unwrap_or(company);
                // Without the place behind the name.
                let name = name.split([',', '(']).next().unwrap_or(name).trim_end();
                Sentence::new(Move::GreetCompany, [name.to_owned()])
            }
            _ => Sentence::new(Move::Greet, []),
        }
    }

    /// What is answered, strongest first.
    fn points(&self, length: Length) -> Vec<Point> {
        let mut points: Vec<Point> = Vec::new();
        for answer in &self.evidence.answers {
            let requirement = self.requirement(answer.requirement);
            if matches!(requirement.kind, Need::Training) {
                continue;
            }
            match points.iter_mut().find(|point| point.facts.first() == answer.facts.first()) {
                Some(point) => {
                    // One fact may meet one requirement and be near to another: together they are near.
                    point.degree = point.degree.max(answer.degree);
                    point.requirements.push(answer.requirement);
                    let new: Vec<usize> =
                        answer.facts.iter().copied().filter(|fact| !point.facts.contains(fact)).collect();
                    point.facts.extend(new);
                }
                None => points.push(Point {
                    requirements: vec![answer.requirement],
                    facts: answer.facts.clone(),
                    degree: answer.degree,
                }),
            }
        }
        points.truncate(answers_max(length) + 3);
        points
    }

    /// The post and the reason.
    fn opening(&mut self, tone: Tone) -> Vec<Sentence> {
        let mut opening = vec![self.open(tone == Tone::Warm)];
        let reasons: Vec<usize> =
            self.places(|fact| fact.kind == Kind::Reason && says(fact)).into_iter().take(3).collect();
        let mut given = Vec::new();
        for at in &reasons {
            if let Words::Clause(clause) = &self.fact(*at).words {
                given.push(Sentence::new(Move::Reason, [clause.clone()]).of(&[*at]));
                self.said.insert(*at);
            }
        }
        // What somebody would like follows what somebody is.
        let is_wish = given.first().is_some_and(|reason| reason.words[0].starts_with("I would "));
        match self.present().filter(|_| is_wish) {
            Some(present) => {
                let told = self.tell(&[present], true);
                let is_one = told.len() == 1;
                opening.extend(told);
                opening.extend(given.into_iter().map(|reason| if is_one { reason.linked(Link::And) } else { reason }));
            }
            None => opening.extend(given),
        }
        opening
    }

    /// What the applicant is at present: what was typed first, a sentence or notes.
    fn present(&self) -> Option<usize> {
        let told = self.facts.told.iter().find(|told| told.field == Field::Now).and_then(|told| told.facts.first());
        let read = self.places(|fact| is_present(fact) && says(fact)).into_iter().next();
        told.copied().into_iter().chain(read).min_by_key(|at| self.fact(*at).source.span.start)
    }

    /// What else the form says of the course that somebody is on: its end, what is predicted.
    fn same_course(&self, present: usize) -> Vec<usize> {
        let words = |fact: &Fact| -> BTreeSet<String> {
            let said = format!("{} {}", fact.text, fact.said());
            let words = said.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2);
            words.map(str::to_lowercase).filter(|word| !NO_COURSE.contains(&word.as_str())).collect()
        };
        let fact = self.fact(present);
        let own = words(fact);
        let studies = fact.kind == Kind::Study || fact.said().to_lowercase().contains("student");
        let is_of_it = |other: &Fact| {
            matches!(other.kind, Kind::Study | Kind::Due)
                && (other.source.field == Field::Now && other.of.is_none() || !words(other).is_disjoint(&own))
        };
        let all = if studies { self.places(is_of_it) } else { Vec::new() };
        all.into_iter().filter(|at| *at != present && !self.said.contains(at)).collect()
    }

    /// The part of a present position that can be said, where the whole cannot.
    fn part_of_present(&self) -> Option<Sentence> {
        self.facts.all.iter().filter(|fact| fact.kind == Kind::Job).find_map(|fact| match &fact.words {
            Words::Position(position) if position.is_now => part(position),
            _ => None,
        })
    }

    fn open(&self, is_warm: bool) -> Sentence {
        let title = self.facts.title.as_ref();
        let step = match (title.map(|title| title.kind), &self.facts.company) {
            // Who works there already does not ask to come.
            (Some(TitleKind::Role), Some(company)) if is_warm && self.knows(company) => Move::OpenRole,
            (Some(TitleKind::Role), Some(_)) => Move::OpenRoleCompany,
            (Some(TitleKind::Post), Some(_)) => Move::OpenPostCompany,
            (Some(TitleKind::Field), Some(_)) => Move::OpenFieldCompany,
            (None, Some(_)) => Move::OpenNoTitleCompany,
            (Some(TitleKind::Role), None) => Move::OpenRole,
            (Some(TitleKind::Post), None) => Move::OpenPost,
            (Some(TitleKind::Field), None) => Move::OpenField,
            (None, None) => Move::OpenNoTitle,
        };
        let words = title.map(|title| title.text.clone()).into_iter().chain(self.facts.company.clone());
        Sentence::new(step, words)
    }

    /// The training that the employer offers, taken up.
    fn training(&self) -> Option<Sentence> {
        let requirement = self.evidence.requirements.iter().find(|requirement| requirement.kind == Need::Training)?;
        let about = requirement.about.clone()?;
        Some(Sentence::new(Move::Training, [about]))
    }

    /// The sentences that say these facts, and those that the form joins to them; as an answer to what was just named, or
    /// in the list of the rest.
    fn tell(&mut self, facts: &[usize], is_answer: bool) -> Vec<Sentence> {
        let mut all = facts.to_vec();
        for at in facts {
            if self.fact(*at).is_position() || self.fact(*at).kind == Kind::Study {
                all.extend(self.places(|fact| fact.of == Some(*at)));
            }
        }
        let is_whole = facts.first().is_some_and(|at| self.facts.told.iter().any(|told| told.facts.contains(at)));
        let mut whole = self.whole(&all);
        all.retain(|at| !self.said.contains(at));
        let mut seen = BTreeSet::new();
        all.retain(|at| seen.insert(*at));
        let told: Vec<telling::Told> = all.iter().map(|at| telling::Told { at: *at, fact: self.fact(*at) }).collect();
        let spoken: BTreeSet<usize> = self.said.difference(&self.silent).copied().collect();
        let manner =
            |kind: Kind| match spoken.iter().any(|at| telling::group(self.fact(*at).kind) == telling::group(kind)) {
                _ if is_answer => Manner::Answer,
                true => Manner::More,
                false => Manner::First,
            };
        let sentences = telling::sentences(&told, &self.facts.all, manner, &spoken);
        self.said.extend(sentences.iter().flat_map(|sentence| sentence.facts.iter().copied()));
        // What was asked for comes first, then what the form joins to it.
        if is_whole {
            whole.extend(sentences);
            return whole;
        }
        sentences.into_iter().chain(whole).collect()
    }

    /// The sentences of the form that say any of these facts, as they are.
    fn whole(&mut self, facts: &[usize]) -> Vec<Sentence> {
        let is_asked = |told: &&Told| told.facts.iter().any(|at| facts.contains(at) && !self.said.contains(at));
        let told: Vec<&Told> = self.facts.told.iter().filter(is_asked).collect();
        let sentences: Vec<Sentence> =
            told.iter().map(|told| Sentence::new(Move::Clause, [perfect(&told.text)]).of(&told.facts)).collect();
        self.said.extend(told.iter().flat_map(|told| told.facts.iter().copied()));
        sentences
    }

    /// The places of the facts for which this holds.
    fn places(&self, holds: impl Fn(&Fact) -> bool) -> Vec<usize> {
        (0..self.facts.all.len()).filter(|at| holds(self.fact(*at))).collect()
    }
}

/// "I have worked at a bank since 2019", where the applicant wrote "I work".
fn perfect(text: &str) -> String {
    match text.strip_prefix("I work ") {
        Some(rest) if telling::has_since(text) && !rest.contains(" have ") => format!("I have worked {rest}"),
        _ => text.to_owned(),
    }
}

/// What the applicant is at present.
fn is_present(fact: &Fact) -> bool {
    match (&fact.words, fact.kind) {
        (Words::Position(position), _) => position.is_now,
        (_, Kind::Study) => fact.source.field == Field::Now,
        _ => false,
    }
}

/// Whether the name of a company is short enough to be said twice.
fn is_plain(company: &str) -> bool {
    company.split(' ').count() < 6 && !company.contains(['(', ','])
}

fn closing(turn: u64, company: Option<&String>) -> Vec<Sentence> {
    let close = match company {
        Some(company) if turn % 2 == 1 => Sentence::new(Move::CloseCompany, [company.clone()]),
        _ => Sentence::new(Move::Close, []),
    };
    let mut closing = vec![close];
    if turn.is_multiple_of(3) {
        closing.push(Sentence::new(Move::CloseCall, []));
    }
    closing.push(Sentence::new(Move::Thanks, []));
    closing
}
