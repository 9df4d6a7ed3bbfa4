//! Puts facts of one kind into one sentence, each with the verb that its kind takes.

use std::collections::BTreeSet;

use super::moves::Move;
use super::sentence::{Link, Sentence};
use crate::facts::fact::{Fact, Kind, Position, Time, Words};
use crate::facts::list::joined;

/// A fact and its place in the form.
pub struct Told<'a> {
    pub at: usize,
    pub fact: &'a Fact,
}

/// How things of a kind are said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// In answer to what was just named.
    Answer,
    /// For the first time.
    First,
    /// After others of the kind.
    More,
}

/// Most things that one sentence lists.
const LIST_MAX: usize = 8;

/// The sentences that say these facts, in their order as far as kinds are said together.
pub fn sentences(
    told: &[Told<'_>],
    all: &[Fact],
    manner: impl Fn(Kind) -> Manner,
    said: &BTreeSet<usize>,
) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let mut done = BTreeSet::new();
    let mut positions = 0;
    for one in told {
        if done.contains(&one.at) {
            continue;
        }
        let sentence = match &one.fact.words {
            Words::Position(position) => {
                let sizes = joined_to(told, one.at, Kind::Size);
                let is_more = positions > 0 || said.iter().any(|at| is_like(&all[*at], position));
                positions += 1;
                done.extend(sizes.iter().map(|(at, _)| *at));
                let mut facts = vec![one.at];
                facts.extend(sizes.iter().map(|(at, _)| *at));
                Some(self::position(position, &sizes, is_more).of(&facts))
            }
            Words::Act(act) if one.fact.kind == Kind::Study => {
                let is_now = one.fact.source.field == crate::facts::fact::Field::Now;
                let is_known = |finish: &str| !finish.is_empty() && is_studied(all, said, one.at);
                let finish = act.doing.split_once(" and finish ").map_or("", |(_, finish)| finish);
                let sentence = match &act.doing {
                    _ if !is_now => Sentence::new(Move::Feats, [act.past.clone()]),
                    // What the course is was said before.
                    doing if let Some(news) = beside_role(doing, all, said) => Sentence::new(Move::Clause, [news]),
                    _ if is_known(finish) => Sentence::new(Move::Clause, [format!("I finish the course {finish}")]),
                    doing if has_since(doing) => Sentence::new(Move::Clause, [format!("I have been {doing}")]),
                    doing => Sentence::new(Move::Doing, [doing.clone()]),
                };
                Some(sentence.of(&[one.at]))
            }
            Words::Act(act) if has_since(&act.base) && !is_past(one.fact, all) && is_regular(&act.past) => {
                Some(Sentence::new(Move::Clause, [format!("I have {}", act.past)]).of(&[one.at]))
            }
            Words::Act(_) => Some(acts(told, one, all, said, &sentences)),
            Words::Thing(_) | Words::Adjective(_) => things(told, one.fact.kind, manner(one.fact.kind), &done),
            Words::Clause(clause) => {
                self::clause(clause, all, said).map(|clause| Sentence::new(Move::Clause, [clause]).of(&[one.at]))
            }
        };
        let Some(sentence) = sentence else { continue };
        done.extend(sentence.facts.iter().copied());
        sentences.push(sentence);
    }
    sentences
}

/// The facts of a kind that belong to a position.
fn joined_to(told: &[Told<'_>], of: usize, kind: Kind) -> Vec<(usize, String)> {
    let belongs = told.iter().filter(|one| one.fact.of == Some(of) && one.fact.kind == kind);
    belongs
        .filter_map(|one| match &one.fact.words {
            Words::Thing(thing) => Some((one.at, thing.clone())),
            _ => None,
        })
        .collect()
}

fn position(position: &Position, sizes: &[(usize, String)], is_more: bool) -> Sentence {
    let whole = [position.role.as_str(), &position.place].join(" ");
    let sizes: Vec<&str> = sizes.iter().map(|(_, size)| size.as_str()).collect();
    let with = if sizes.is_empty() { String::new() } else { format!(", with {}", joined(&sizes)) };
    let time = position.time.as_ref().map(Time::words);
    match (position.is_now, time) {
        (true, Some(time)) => Sentence::new(Move::NowTime, [whole.trim().to_owned(), format!("{time}{with}")]),
        (true, None) if is_more => Sentence::new(Move::NowAlso, [format!("{}{with}", whole.trim())]),
        (true, None) => Sentence::new(Move::Now, [format!("{}{with}", whole.trim())]),
        (false, Some(time)) if matches!(position.time, Some(Time::Since(_))) => {
            Sentence::new(Move::NowTime, [whole.trim().to_owned(), format!("{time}{with}")])
        }
        (false, Some(time)) => {
            let step = if is_more { Move::PastTimeAlso } else { Move::PastTime };
            Sentence::new(step, [whole.trim().to_owned(), format!("{time}{with}")])
        }
        (false, None) => {
            let step = if is_more { Move::PastAlso } else { Move::Past };
            Sentence::new(step, [format!("{}{with}", whole.trim())])
        }
    }
}

/// The acts of the same position, of the same time, in one sentence.
fn acts(told: &[Told<'_>], first: &Told<'_>, all: &[Fact], said: &BTreeSet<usize>, before: &[Sentence]) -> Sentence {
    let is_past = is_past(first.fact, all);
    let same: Vec<&Told<'_>> = told
        .iter()
        .filter(|one| {
            one.fact.of == first.fact.of && matches!(one.fact.words, Words::Act(_)) && one.fact.kind != Kind::Study
        })
        .filter(|one| self::is_past(one.fact, all) == is_past)
        .filter(|one| one.at >= first.at && (one.fact.kind == Kind::Break) == (first.fact.kind == Kind::Break))
        .take(3)
        .collect();
    // A job told as an act has a sentence of its own.
    let same: Vec<&Told<'_>> = if same.iter().any(|one| is_job(one.fact)) { vec![first] } else { same };
    let texts: Vec<String> = same
        .iter()
        .filter_map(|one| match &one.fact.words {
            Words::Act(act) => Some(if is_past { act.past.clone() } else { act.base.clone() }),
            _ => None,
        })
        .collect();
    let position = first.fact.of.filter(|of| all.get(*of).is_some_and(Fact::is_position));
    let is_just_named = position.is_some_and(|of| {
        before.last().is_some_and(|sentence| sentence.facts.contains(&of)) || before.is_empty() && said.contains(&of)
    });
    let is_now = position.and_then(|of| position_of(all.get(of)?)).is_some_and(|position| position.is_now);
    let step = match (is_past, is_just_named) {
        (true, true) if is_now => Move::FeatsHere,
        (true, true) => Move::FeatsThere,
        (true, false) if is_job(first.fact) && before.iter().any(|one| one.step == Move::Feats) => Move::FeatsAlso,
        (true, false) => Move::Feats,
        (false, true) => Move::DutiesThere,
        (false, false) => Move::Duties,
    };
    let facts: Vec<usize> = same.iter().map(|one| one.at).collect();
    let place = position.and_then(|of| position_of(all.get(of)?)).map_or("", |position| &position.place);
    let named = before.last().filter(|sentence| position.is_some_and(|of| sentence.facts.contains(&of)));
    let link = match named {
        Some(sentence) if !place.is_empty() && !place.starts_with("for ") && sentence.facts.len() == 1 => Link::Where,
        Some(_) => Link::And,
        None => Link::Apart,
    };
    Sentence::new(step, [clauses(&texts)]).of(&facts).linked(link)
}

/// Whether a fact is a position, or a course, of the same time.
fn is_like(fact: &Fact, position: &Position) -> bool {
    match &fact.words {
        Words::Position(other) => other.is_now == position.is_now,
        _ => position.is_now && fact.kind == Kind::Study && fact.source.field == crate::facts::fact::Field::Now,
    }
}

/// Whether an act says where somebody worked.
fn is_job(fact: &Fact) -> bool {
    let is_lead = |past: &str| ["worked ", "volunteered ", "served "].iter().any(|lead| past.starts_with(lead));
    matches!(&fact.words, Words::Act(act) if is_lead(&act.past))
}

/// Whether a text says since when something goes on.
pub fn has_since(text: &str) -> bool {
    text.split_once(" since ").is_some_and(|(_, when)| when.contains(|c: char| c.is_ascii_digit()))
}

/// Whether a verb follows "have" as it stands in the past.
fn is_regular(past: &str) -> bool {
    past.split(' ').next().is_some_and(|verb| verb.ends_with("ed"))
}

/// What a course adds where somebody was said to be a student of its subject: "I am predicted a 2:1".
fn beside_role(doing: &str, all: &[Fact], said: &BTreeSet<usize>) -> Option<String> {
    let (course, news) = doing.split_once(" and am predicted ")?;
    let subject = course.split_once(" in ")?.1.split(" at ").next()?.to_lowercase();
    let is_student = |at: &usize| {
        position_of(&all[*at])
            .is_some_and(|position| position.role.to_lowercase().contains(&format!("{subject} student")))
    };
    said.iter().any(is_student).then(|| format!("I am predicted {news}"))
}

/// A clause, in the perfect where it says since when, and without a course that was told before.
fn clause(clause: &str, all: &[Fact], said: &BTreeSet<usize>) -> Option<String> {
    if let Some(rest) = clause.strip_prefix("I am ").filter(|_| has_since(clause)) {
        return Some(format!("I have been {rest}"));
    }
    let news = due(clause, all, said).or_else(|| beside_role(clause.strip_prefix("I am ")?, all, said));
    if news.is_some() {
        return news;
    }
    let award = clause
        .strip_prefix("I am studying for ")
        .or_else(|| clause.strip_prefix("I am taking "))
        .and_then(|course| course.split(' ').find(|word| word.starts_with(char::is_uppercase)));
    let is_told = award.is_some_and(|award| {
        said.iter().any(|at| {
            all[*at].kind == Kind::Study
                && all[*at].text.split(|c: char| !c.is_alphanumeric()).any(|word| word == award)
        })
    });
    match clause.split_once(" and finish ") {
        _ if !is_told => Some(clause.to_owned()),
        Some((_, finish)) => Some(format!("I finish the course {finish}")),
        None => clause.split_once(" and am predicted ").map(|(_, grades)| format!("I am predicted {grades}")),
    }
}

/// "My degree is due in September", where what it is in was said before.
fn due(clause: &str, all: &[Fact], said: &BTreeSet<usize>) -> Option<String> {
    let (course, when) = clause.strip_prefix("my ")?.split_once(" is due ")?;
    let (award, subject) = course.split_once(' ')?;
    let is_told = |at: &usize| {
        let text = all[*at].text.to_lowercase();
        all[*at].kind == Kind::Study
            && text.contains(&award.to_lowercase())
            && text.contains(&subject.trim_start_matches("in ").to_lowercase())
    };
    said.iter().any(is_told).then(|| format!("my {award} is due {when}"))
}

/// Whether another course of the present was told before this one.
fn is_studied(all: &[Fact], said: &BTreeSet<usize>, at: usize) -> bool {
    said.iter().any(|other| *other != at && all[*other].kind == Kind::Study)
}

fn position_of(fact: &Fact) -> Option<&Position> {
    match &fact.words {
        Words::Position(position) => Some(position),
        _ => None,
    }
}

/// Whether an act is over: a feat, or a duty of a position that is over.
fn is_past(fact: &Fact, all: &[Fact]) -> bool {
    let position = fact.of.and_then(|of| all.get(of)).and_then(|fact| match &fact.words {
        Words::Position(position) => Some(position.is_now),
        _ => None,
    });
    match position {
        _ if fact.kind == Kind::Feat => true,
        Some(is_now) => !is_now,
        None => fact.source.field == crate::facts::fact::Field::Past,
    }
}

/// Acts as a list, parted by "and" once; where one holds an "and" of its own, by commas before it.
fn clauses(texts: &[String]) -> String {
    match texts {
        [before @ .., last] if !before.is_empty() && texts.iter().any(|text| text.contains(" and ")) => {
            format!("{}, and I {last}", before.join(", "))
        }
        texts => joined(texts),
    }
}

/// The things of a kind in one sentence.
fn things(told: &[Told<'_>], kind: Kind, manner: Manner, done: &BTreeSet<usize>) -> Option<Sentence> {
    let step_kind = group(kind);
    let same: Vec<(&usize, &String)> = told
        .iter()
        .filter(|one| group(one.fact.kind) == step_kind && !done.contains(&one.at))
        .filter_map(|one| match &one.fact.words {
            Words::Thing(text) | Words::Adjective(text) => Some((&one.at, text)),
            _ => None,
        })
        .take(LIST_MAX)
        .collect();
    // What goes on behind a list of its own would be taken for a part of it.
    let bracketed = |at: usize, text: &str| match text.split_once(", including ") {
        Some((name, rest)) if at + 1 < same.len() => format!("{name} (including {rest})"),
        _ => text.to_owned(),
    };
    let texts: Vec<String> = same.iter().enumerate().map(|(at, (_, text))| bracketed(at, text)).collect();
    let facts: Vec<usize> = same.iter().map(|(at, _)| **at).collect();
    let is_second = told.iter().any(|one| group(one.fact.kind) == step_kind && done.contains(&one.at));
    let more = manner == Manner::More || is_second;
    let is_plural = texts.len() > 1 || texts.iter().any(|text| is_plural(text));
    let step = match (step_kind, more, texts.len()) {
        (Kind::Award, false, 2..) if manner == Manner::First => Move::HoldFirst,
        (Kind::Skill, false, _) if texts.iter().all(|text| is_doing(text)) => Move::Used,
        (Kind::Skill, true, _) if texts.iter().all(|text| is_doing(text)) => Move::UsedMore,
        (Kind::Skill, false, 1) if !is_plural => Move::Skill,
        (Kind::Skill, true, 1) if !is_plural => Move::SkillMore,
        (Kind::Skill, false, _) => Move::Skills,
        (Kind::Skill, true, _) => Move::SkillsMore,
        (Kind::Tool, false, _) => Move::Tools,
        (Kind::Tool, true, _) => Move::ToolsMore,
        (Kind::Knowledge, false, _) => Move::Know,
        (Kind::Knowledge, true, _) => Move::KnowMore,
        (Kind::Language, ..) => Move::Speak,
        (Kind::Trait, ..) => Move::Traits,
        (Kind::Award, false, _) => Move::Hold,
        (Kind::Award, true, _) => Move::HoldMore,
        (Kind::Grade, false, _) => Move::Have,
        (Kind::Grade, true, _) => Move::HaveMore,
        (Kind::Course, false, _) => Move::Trained,
        (Kind::Course, true, _) => Move::TrainedMore,
        _ => return None,
    };
    Some(Sentence::new(step, [joined(&texts)]).of(&facts))
}

/// Whether a noun phrase takes "are": its head, before any preposition, bracket or comma, is a plural, or there are two.
fn is_plural(text: &str) -> bool {
    let ends = [" with ", " of ", " in ", " for ", " including ", " on ", " at ", " from ", " to ", " (", ","];
    let head = ends.iter().filter_map(|end| text.find(end)).min().map_or(text, |at| &text[..at]);
    let first = head.split(' ').next().unwrap_or_default();
    let last = head.split(' ').next_back().unwrap_or_default();
    let is_doing = first.ends_with("ing") && head.contains(' ');
    let singular = ["ss", "us", "is", "ics", "'s"].iter().any(|end| last.ends_with(end));
    !is_doing && (head.contains(" and ") || last.ends_with('s') && last.len() > 3 && !singular)
}

/// Whether a skill is something that one does: "closing the shop".
fn is_doing(text: &str) -> bool {
    let mut words = text.split(' ');
    let first = words.next().unwrap_or_default();
    let next = words.next().unwrap_or_default();
    first.len() > 5 && first.ends_with("ing") && !next.is_empty() && first.starts_with(char::is_lowercase)
}

/// Kinds that take the same verb.
pub const fn group(kind: Kind) -> Kind {
    match kind {
        Kind::Award | Kind::Licence | Kind::Member => Kind::Award,
        Kind::Grade | Kind::Own | Kind::Due => Kind::Grade,
        other => other,
    }
}
