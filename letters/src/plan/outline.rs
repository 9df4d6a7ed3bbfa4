//! Decides what a letter says: the reason and the present first, then the answers, strongest first, then the rest in
//! short. What has no match is not mentioned.

mod rest;

use std::collections::BTreeSet;

use crds::request::{Length, LetterOptions, Tone};

use super::moves::Move;
use super::sentence::{Link, Sentence};
use super::telling::{self, Manner};
use crate::evidence::{Degree, Evidence, Need, Requirement};
use crate::facts::Facts;
use crate::facts::fact::{Fact, Field, Kind, Words};
use crate::facts::list::joined;
use crate::facts::prose::Told;
use crate::facts::spell;
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
    let mut outline = Outline { facts, evidence, said: unsound(facts), asked: 0 };
    let points = outline.points(length);
    let opening = outline.opening(&points, turn);
    let mut paragraphs = vec![vec![outline.greeting(options.tone)], opening];
    paragraphs.extend(outline.answers(&points));
    // A bare opening and the first answer are one paragraph.
    if paragraphs.len() > 2 && paragraphs[1].len() == 1 {
        let first = paragraphs.remove(2);
        paragraphs[1].extend(first);
    }
    paragraphs.extend(outline.rest(length));
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    let mut paragraphs = with_neighbours(paragraphs);
    paragraphs.push(closing(turn, facts.company.as_ref()));
    paragraphs
}

/// Puts a paragraph of a few words with the one before it, or with the one behind it.
fn with_neighbours(paragraphs: Vec<Vec<Sentence>>) -> Vec<Vec<Sentence>> {
    let words = |paragraph: &[Sentence]| -> usize {
        let words = |one: &Sentence| one.words.iter().map(|words| words.split_whitespace().count()).sum::<usize>() + 3;
        paragraph.iter().map(words).sum()
    };
    let mut out: Vec<Vec<Sentence>> = Vec::new();
    for paragraph in paragraphs {
        let number = out.len();
        match out.last_mut() {
            // The greeting stands alone, and the opening takes in what follows only when it is bare.
            Some(last) if number > 2 && words(last) + words(&paragraph) < PARAGRAPH_MAX => {
                if words(last) < PARAGRAPH_MIN || words(&paragraph) < PARAGRAPH_MIN {
                    last.extend(paragraph);
                } else {
                    out.push(paragraph);
                }
            }
            Some(last) if number == 2 && words(last) + words(&paragraph) < PARAGRAPH_MIN * 2 => last.extend(paragraph),
            _ => out.push(paragraph),
        }
    }
    out
}

/// The facts whose words cannot stand in a sentence: they count as said, so that nothing says them.
fn unsound(facts: &Facts) -> BTreeSet<usize> {
    let is_told = |at: &usize| facts.told.iter().any(|told| told.facts.contains(at));
    (0..facts.all.len()).filter(|at| !is_told(at) && !facts.all[*at].is_sound()).collect()
}

/// Fewer words than this are no paragraph.
const PARAGRAPH_MIN: usize = 18;
/// More words than this are two.
const PARAGRAPH_MAX: usize = 80;

/// A requirement, or several with the same answer, and the facts that answer.
struct Point {
    requirements: Vec<usize>,
    facts: Vec<usize>,
    degree: Degree,
}

/// Most requirements that are named.
const ASKED_MAX: usize = 3;
/// Most requirements that are met by naming what the applicant has.
const SHORT_MAX: usize = 5;

struct Outline<'a> {
    facts: &'a Facts,
    evidence: &'a Evidence,
    /// The facts that a sentence says.
    said: BTreeSet<usize>,
    /// How many requirements were named.
    asked: usize,
}

impl Outline<'_> {
    fn fact(&self, at: usize) -> &Fact {
        &self.facts.all[at]
    }

    fn requirement(&self, at: usize) -> &Requirement {
        &self.evidence.requirements[at]
    }

    fn greeting(&self, tone: Tone) -> Sentence {
        match &self.facts.company {
            Some(company) if tone == Tone::Direct => {
                let name = company.strip_prefix("the ").unwrap_or(company);
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

    /// The post, the reason, the present position, unless that is the first answer.
    fn opening(&mut self, points: &[Point], turn: u64) -> Vec<Sentence> {
        let mut opening = vec![self.open()];
        let reasons: Vec<usize> =
            self.places(|fact| fact.kind == Kind::Reason && fact.is_sound()).into_iter().take(2).collect();
        let mut given = Vec::new();
        for at in &reasons {
            if let Words::Clause(clause) = &self.fact(*at).words {
                given.push(Sentence::new(Move::Reason, [clause.clone()]).of(&[*at]));
                self.said.insert(*at);
            }
        }
        let lead = points.first().and_then(|point| point.facts.first()).copied();
        let told = self.facts.told.iter().find(|told| told.field == Field::Now).and_then(|told| told.facts.first());
        let read = || self.places(|fact| is_present(fact) && fact.is_sound()).into_iter().next();
        // What was typed first, a sentence or notes.
        let present = told.copied().into_iter().chain(read()).min_by_key(|at| self.fact(*at).source.span.start);
        let is_first = lead == present && points.first().is_some_and(|point| self.named(point).is_some());
        let Some(present) = present.filter(|_| !is_first) else {
            opening.extend(given);
            return opening;
        };
        let told = self.tell(&[present], true);
        // What somebody would like follows what somebody is.
        match given.first().map(|reason| reason.words[0].as_str()) {
            Some(clause) if told.len() == 1 && clause.starts_with("I would ") => {
                opening.extend(told);
                opening.extend(given.into_iter().map(|reason| reason.linked(Link::And)));
                return opening;
            }
            _ => opening.extend(given),
        }
        opening.extend(told);
        let answers_something = points
            .iter()
            .any(|point| point.facts.iter().any(|fact| *fact == present || self.fact(*fact).of == Some(present)));
        let is_job = self.fact(present).kind == Kind::Job;
        if is_job
            && reasons.is_empty()
            && answers_something
            && turn.is_multiple_of(3)
            && let Some(company) = &self.facts.company
        {
            opening.push(Sentence::new(Move::BridgeCompany, [company.clone()]));
        }
        opening
    }

    fn open(&self) -> Sentence {
        let title = self.facts.title.as_ref();
        let step = match (title.map(|title| title.kind), &self.facts.company) {
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

    /// The paragraphs that answer: one for each of the strongest, one for those that need but a word each.
    fn answers(&mut self, points: &[Point]) -> Vec<Vec<Sentence>> {
        let mut paragraphs: Vec<Vec<Sentence>> = Vec::new();
        let (short, long): (Vec<&Point>, Vec<&Point>) = points.iter().partition(|point| self.is_short(point));
        for point in long {
            let sentences = self.answer(point);
            match paragraphs.last_mut() {
                // Two short answers share a paragraph.
                Some(last) if last.len() + sentences.len() <= 4 => last.extend(sentences),
                _ if !sentences.is_empty() => paragraphs.push(sentences),
                _ => {}
            }
        }
        let short = self.short_answers(&short);
        match paragraphs.last_mut() {
            Some(last) if last.len() + short.len() <= 3 => last.extend(short),
            _ => paragraphs.push(short),
        }
        let training = self.training();
        match paragraphs.last_mut() {
            Some(last) => last.extend(training),
            None => paragraphs.push(training.into_iter().collect()),
        }
        paragraphs.retain(|paragraph| !paragraph.is_empty());
        paragraphs
    }

    /// Whether a point is answered by naming a thing that the applicant has.
    fn is_short(&self, point: &Point) -> bool {
        let is_told = |at: &usize| self.facts.told.iter().any(|told| told.facts.contains(at));
        let is_thing =
            |at: &usize| !is_told(at) && matches!(self.fact(*at).words, Words::Thing(_) | Words::Adjective(_));
        point.degree == Degree::Met
            && point.facts.iter().all(is_thing)
            && point
                .requirements
                .iter()
                .all(|at| self.requirement(*at).echo.as_ref().is_some_and(|echo| !echo.contains(" or ")))
    }

    /// How a point is named, and the move that names it.
    fn named(&self, point: &Point) -> Option<(Move, String)> {
        point.requirements.iter().find_map(|at| self.names(*at))
    }

    /// How a requirement is named, and the move that names it.
    fn names(&self, at: usize) -> Option<(Move, String)> {
        let requirement = self.requirement(at);
        match (requirement.kind, &requirement.echo, &requirement.about) {
            (Need::Question, _, Some(about)) => Some((Move::Question, about.clone())),
            (_, Some(echo), _) => Some((if self.asked == 0 { Move::Ask } else { Move::AskMore }, worded(echo))),
            (_, None, Some(about)) if requirement.kind != Need::Question => Some((Move::Look, about.clone())),
            _ => None,
        }
    }

    /// A requirement and the facts that answer it.
    fn answer(&mut self, point: &Point) -> Vec<Sentence> {
        let facts: Vec<usize> = point.facts.iter().copied().filter(|at| !self.said.contains(at)).take(3).collect();
        if facts.is_empty() {
            return Vec::new();
        }
        let mut sentences = Vec::new();
        let named = self.named(point).filter(|_| self.asked < ASKED_MAX);
        if let Some((step, name)) = named {
            self.asked += 1;
            sentences.push(Sentence::new(step, [name]));
        }
        let mut told = self.tell(&facts, true);
        if let Some(first) = told.first_mut()
            && !sentences.is_empty()
        {
            first.link = Link::And;
        }
        sentences.extend(told);
        sentences
    }

    /// The requirements that are met by what the applicant has: what is asked for and had word for word is said once,
    /// the rest is named in one sentence and then said.
    fn short_answers(&mut self, points: &[&Point]) -> Vec<Sentence> {
        let open: Vec<&Point> = points
            .iter()
            .copied()
            .filter(|point| point.facts.iter().any(|at| !self.said.contains(at)))
            .take(SHORT_MAX)
            .collect();
        let mut sentences = Vec::new();
        let mut left: Vec<&Point> = Vec::new();
        let mut covered: Vec<(&Point, usize)> = Vec::new();
        for point in open {
            let fact = point.facts.iter().copied().find(|at| !self.said.contains(at));
            match fact.filter(|at| point.facts.len() == 1 && self.says(point, *at)) {
                Some(at) => covered.push((point, at)),
                None => left.push(point),
            }
        }
        for kind in [Kind::Skill, Kind::Tool, Kind::Award] {
            let (same, other): (Vec<_>, Vec<_>) =
                covered.into_iter().partition(|(_, at)| telling::group(self.fact(*at).kind) == kind);
            covered = other;
            sentences.extend(self.covered(kind, &same));
        }
        left.extend(covered.iter().map(|(point, _)| *point));
        let named = self.several(&left);
        // What is named and then said comes first.
        named.into_iter().chain(sentences).collect()
    }

    /// What is asked for and had, of one kind.
    fn covered(&mut self, kind: Kind, same: &[(&Point, usize)]) -> Option<Sentence> {
        let facts: Vec<usize> = same.iter().map(|(_, at)| *at).collect();
        let first = *facts.first()?;
        let things: Vec<String> = facts.iter().filter_map(|at| thing(self.fact(*at))).collect();
        let asks: Vec<String> = same
            .iter()
            .filter_map(|(point, _)| self.requirement(*point.requirements.first()?).echo.as_deref().map(worded))
            .collect();
        let is_bare = facts.len() == 1 && thing(self.fact(first)).is_some_and(|thing| bare(&thing) == bare(&asks[0]));
        let (ask, has) = (joined(&asks), joined(&things));
        let (step, words) = match kind {
            Kind::Skill if facts.len() == 1 && is_bare => (Move::AskSkill, ask),
            Kind::Skill if facts.len() > 1 && facts.iter().all(|at| self.fact(*at).text.len() < 40) => {
                (Move::AskSkills, ask)
            }
            Kind::Tool if is_bare => (Move::AskTool, ask),
            Kind::Tool => (Move::ToolsAsked, has),
            Kind::Award if is_bare => (Move::AskHold, ask),
            Kind::Award => (Move::HoldAsked, has),
            _ => return self.tell(&facts, true).into_iter().next(),
        };
        self.asked += 1;
        self.said.extend(&facts);
        Some(Sentence::new(step, [words]).of(&facts))
    }

    /// Several requirements in one sentence, then the facts that answer them.
    fn several(&mut self, points: &[&Point]) -> Vec<Sentence> {
        let facts: Vec<usize> = points
            .iter()
            .flat_map(|point| point.facts.iter().take(2))
            .copied()
            .filter(|at| !self.said.contains(at))
            .collect();
        let asks: Vec<String> = points
            .iter()
            .filter_map(|point| self.requirement(*point.requirements.first()?).echo.as_deref().map(worded))
            .collect();
        let step = match asks.len() {
            0 => return Vec::new(),
            1 if self.asked == 0 => Move::Ask,
            1 => Move::AskMore,
            2 => Move::AskBoth,
            _ => Move::AskAll,
        };
        self.asked += 1;
        let mut sentences = vec![Sentence::new(step, [joined(&asks)])];
        let mut told = self.tell(&facts, true);
        if let Some(first) = told.first_mut()
            && matches!(step, Move::Ask | Move::AskMore)
        {
            first.link = Link::And;
        }
        sentences.extend(told);
        sentences
    }

    /// Whether a fact says all that the requirement names.
    fn says(&self, point: &Point, at: usize) -> bool {
        let Some(echo) = point.requirements.first().and_then(|at| self.requirement(*at).echo.clone()) else {
            return false;
        };
        let has: Vec<String> = thing(self.fact(at)).map(|thing| stems(&thing)).unwrap_or_default();
        point.requirements.len() == 1 && stems(&echo).iter().all(|stem| has.contains(stem))
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
        let manner =
            |kind: Kind| match self.said.iter().any(|at| telling::group(self.fact(*at).kind) == telling::group(kind)) {
                _ if is_answer => Manner::Answer,
                true => Manner::More,
                false => Manner::First,
            };
        let sentences = telling::sentences(&told, &self.facts.all, manner, &self.said);
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
            told.iter().map(|told| Sentence::new(Move::Clause, [told.text.clone()]).of(&told.facts)).collect();
        self.said.extend(told.iter().flat_map(|told| told.facts.iter().copied()));
        sentences
    }

    /// The places of the facts for which this holds.
    fn places(&self, holds: impl Fn(&Fact) -> bool) -> Vec<usize> {
        (0..self.facts.all.len()).filter(|at| holds(self.fact(*at))).collect()
    }
}

/// The name of a requirement, put right behind its article.
fn worded(echo: &str) -> String {
    match echo.split_once(' ') {
        Some((article @ ("a" | "an" | "the"), rest)) => format!("{article} {}", spell::put_right(rest)),
        _ => spell::put_right(echo),
    }
}

/// The words of a fact that names a thing.
fn thing(fact: &Fact) -> Option<String> {
    match &fact.words {
        Words::Thing(text) | Words::Adjective(text) => Some(text.clone()),
        _ => None,
    }
}

/// A thing without its article, in lower case.
fn bare(text: &str) -> String {
    let lower = text.to_lowercase();
    ["a ", "an ", "the "].iter().find_map(|article| lower.strip_prefix(article)).unwrap_or(&lower).to_owned()
}

/// The words that a name consists of, without the small ones and the endings of plurals.
fn stems(text: &str) -> Vec<String> {
    const SMALL: [&str; 10] = ["a", "an", "the", "of", "in", "and", "or", "for", "with", "your"];
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '+' && c != '#');
    let words = words.map(str::to_lowercase).filter(|word| !word.is_empty() && !SMALL.contains(&word.as_str()));
    words.map(|word| word.strip_suffix('s').map_or(word.clone(), str::to_owned)).collect()
}

/// What the applicant is at present.
fn is_present(fact: &Fact) -> bool {
    match (&fact.words, fact.kind) {
        (Words::Position(position), _) => position.is_now,
        (_, Kind::Study) => fact.source.field == Field::Now,
        _ => false,
    }
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
