//! The answers to what is asked for, strongest first: each names the requirement and says the facts that meet it.

use super::super::moves::Move;
use super::super::sentence::{Link, Sentence};
use super::super::telling;
use super::{Outline, Point};
use crate::evidence::{Degree, Need};
use crate::facts::fact::{Fact, Kind, Words};
use crate::facts::list::joined;
use crate::facts::spell;
use crate::facts::verb::{self, Form};
use crate::words::list;

list!(VERBS_LIKE_NOUNS = "facts/verbs_like_nouns");

/// Most requirements that are named.
const ASKED_MAX: usize = 3;
/// Most requirements that are met by naming what the applicant has.
const SHORT_MAX: usize = 5;
/// Most duties and questions of the advert that are named.
pub const LOOKED_MAX: usize = 2;
/// Most requirements that one sentence names before all of them are answered, and most words of their names.
const LISTED_MAX: usize = 4;
const LISTED_WORDS_MAX: usize = 26;

impl Outline<'_> {
    /// The paragraphs that answer: one for each of the strongest, one for those that need but a word each.
    pub fn answers(&mut self, points: &[Point]) -> Vec<Vec<Sentence>> {
        let points: Vec<&Point> = points.iter().filter(|point| !self.is_in_block(point)).collect();
        let mut paragraphs: Vec<Vec<Sentence>> = self.listed(&points);
        let (short, long): (Vec<&Point>, Vec<&Point>) = points.iter().partition(|point| self.is_short(point));
        let (named, bare): (Vec<&Point>, Vec<&Point>) = long.into_iter().partition(|point| self.named(point).is_some());
        for point in named {
            let sentences = self.answer(point);
            match paragraphs.last_mut() {
                // Two short answers share a paragraph.
                Some(last) if last.len() + sentences.len() <= 4 => last.extend(sentences),
                _ if !sentences.is_empty() => paragraphs.push(sentences),
                _ => {}
            }
        }
        // What answers something that cannot be named is said in short.
        let facts: Vec<usize> = bare.iter().flat_map(|point| point.facts.iter().copied().take(2)).collect();
        let facts: Vec<usize> = facts.into_iter().filter(|at| !self.said.contains(at)).collect();
        let sentences = self.tell(&facts, true);
        match paragraphs.last_mut() {
            Some(last) if last.len() + sentences.len() <= 4 => last.extend(sentences),
            _ => paragraphs.push(sentences),
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

    /// Several requirements in one sentence, then what answers them, strongest first. Nothing where one is left, or where
    /// all are met by naming what the applicant has.
    fn listed(&mut self, points: &[&Point]) -> Vec<Vec<Sentence>> {
        let mut names: Vec<String> = Vec::new();
        let mut answers: Vec<&Point> = Vec::new();
        let (mut words, mut is_news) = (0, false);
        for &point in points.iter().filter(|point| point.facts.iter().any(|at| !self.said.contains(at))) {
            let Some((Move::Ask | Move::AskMore, name)) = self.named(point) else { continue };
            words += name.split(' ').count();
            let has_list = is_list(&name) && names.iter().any(|name| is_list(name));
            if names.len() == LISTED_MAX || words > LISTED_WORDS_MAX || has_list || names.contains(&name) {
                break;
            }
            is_news |= !self.is_short(point);
            names.push(name);
            answers.push(point);
        }
        if names.len() < 2 || !is_news {
            return Vec::new();
        }
        // A name that is a list itself stands last.
        names.sort_by_key(|name| is_list(name));
        // The best of each first, then the second of each.
        let best = |rank: usize| answers.iter().filter_map(move |point| point.facts.get(rank).copied());
        let facts: Vec<usize> = best(0).chain(best(1)).filter(|at| !self.said.contains(at)).collect();
        let mut sentences = vec![Sentence::new(Move::Ask, [joined(&names)])];
        sentences.extend(self.tell(&facts, true));
        self.asked = ASKED_MAX;
        vec![sentences]
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
    pub fn named(&self, point: &Point) -> Option<(Move, String)> {
        point.requirements.iter().find_map(|at| self.names(*at))
    }

    /// How a requirement is named, and the move that names it.
    fn names(&self, at: usize) -> Option<(Move, String)> {
        let requirement = self.requirement(at);
        match (requirement.kind, &requirement.echo, &requirement.about) {
            (Need::Question, _, Some(about)) => Some((Move::Question, about.clone())),
            // "You ask for teach mathematics": what somebody will do is no thing that is asked for.
            (_, Some(echo), _) if is_deed(echo) => None,
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
        let named = self.named(point).filter(|(step, _)| match step {
            Move::Look | Move::Question => self.looked < LOOKED_MAX,
            _ => self.asked < ASKED_MAX,
        });
        let mut told = self.tell(&facts, true);
        let Some((step, name)) = named else { return told };
        let Some(first) = told.first_mut() else { return told };
        if is_said_by(&name, first) {
            match first.step {
                Move::Hold | Move::HoldFirst | Move::HoldMore => first.step = Move::HoldAsked,
                Move::Tools | Move::ToolsMore => first.step = Move::ToolsAsked,
                _ => {}
            }
            return told;
        }
        match step {
            Move::Look | Move::Question => self.looked += 1,
            _ => self.asked += 1,
        }
        first.link = Link::And;
        told.insert(0, Sentence::new(step, [name]));
        told
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
        for kind in [Kind::Skill, Kind::Tool, Kind::Award, Kind::Language, Kind::Grade] {
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
            _ if self.asked >= ASKED_MAX => return self.tell(&facts, true).into_iter().next(),
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
            _ if self.asked >= ASKED_MAX => return self.tell(&facts, true),
            _ if self.asked == 0 => Move::Ask,
            _ => Move::AskMore,
        };
        self.asked += 1;
        let mut sentences = vec![Sentence::new(step, [joined(&asks)])];
        let mut told = self.tell(&facts, true);
        if let Some(first) = told.first_mut().filter(|_| asks.len() == 1) {
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
}

/// Nothing is named that the answer names itself.
pub fn is_said_by(name: &str, sentence: &Sentence) -> bool {
    let says = sentence.words.iter().flat_map(|words| stems(words)).collect::<Vec<_>>();
    stems(name).iter().all(|stem| says.contains(stem))
}

/// Whether the name of a requirement holds a list of its own.
fn is_list(name: &str) -> bool {
    name.contains(" and ") || name.contains(" or ") || name.contains(", ")
}

/// The name of a requirement, put right behind its article.
fn worded(echo: &str) -> String {
    match echo.split_once(' ') {
        Some((article @ ("a" | "an" | "the"), rest)) => format!("{article} {}", spell::put_right(rest)),
        _ => spell::put_right(echo),
    }
}

/// Whether a requirement is worded as something to do: "teach mathematics", but no "support for families".
fn is_deed(echo: &str) -> bool {
    let (first, rest) = echo.split_once(' ').unwrap_or((echo, ""));
    let object = rest.split(' ').next().unwrap_or_default();
    let is_object =
        object.starts_with(char::is_uppercase) || ["a", "an", "the", "your", "our", "their"].contains(&object);
    let is_thing = !is_object
        || VERBS_LIKE_NOUNS.has(first)
        || ["of", "for", "in", "with", "to"].iter().any(|link| rest.split(' ').next() == Some(link));
    verb::form(first) == Some(Form::Base) && !rest.is_empty() && !is_thing && !first.starts_with(char::is_uppercase)
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
    const SMALL: [&str; 22] = [
        "a",
        "an",
        "the",
        "of",
        "in",
        "and",
        "or",
        "for",
        "with",
        "your",
        "is",
        "can",
        "has",
        "will",
        "use",
        "knows",
        "experience",
        "knowledge",
        "skill",
        "skills",
        "help",
        "support",
    ];
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '+' && c != '#');
    let words = words.map(str::to_lowercase).filter(|word| !word.is_empty() && !SMALL.contains(&word.as_str()));
    words.map(|word| word.strip_suffix('s').map_or(word.clone(), str::to_owned)).collect()
}
