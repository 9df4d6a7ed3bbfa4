//! Shapes paragraphs: short sentences are joined, a long paragraph becomes two, and a short one goes with its neighbour.

use super::super::moves::Move;
use super::super::sentence::{Link, Sentence};

/// Most sentences of a paragraph.
const SENTENCES_MAX: usize = 6;

/// Fewer words than this are no paragraph.
const PARAGRAPH_MIN: usize = 18;
/// More words than this are two.
const PARAGRAPH_MAX: usize = 80;

/// Puts paragraphs of a few words with the one behind them.
pub fn forward(paragraphs: Vec<Vec<Sentence>>) -> Vec<Vec<Sentence>> {
    let mut out: Vec<Vec<Sentence>> = Vec::new();
    for paragraph in paragraphs.into_iter().filter(|paragraph| !paragraph.is_empty()) {
        let fits =
            |last: &Vec<Sentence>| words(last) < PARAGRAPH_MIN && words(last) + words(&paragraph) < PARAGRAPH_MAX;
        match out.last_mut().filter(|last| fits(last)) {
            Some(last) => last.extend(paragraph),
            None => out.push(paragraph),
        }
    }
    out
}

/// The words of a paragraph, as far as they are known.
fn words(paragraph: &[Sentence]) -> usize {
    let words = |one: &Sentence| one.words.iter().map(|words| words.split_whitespace().count()).sum::<usize>() + 3;
    paragraph.iter().map(words).sum()
}

/// Puts a paragraph of a few words with the one before it, or with the one behind it.
pub fn with_neighbours(paragraphs: Vec<Vec<Sentence>>) -> Vec<Vec<Sentence>> {
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

/// A long paragraph as two.
pub fn halves(mut sentences: Vec<Sentence>) -> Vec<Vec<Sentence>> {
    let middle = sentences.len() / 2;
    let at = (middle..sentences.len()).find(|at| sentences[*at].link == Link::Apart);
    match at.filter(|_| sentences.len() > SENTENCES_MAX) {
        Some(at) => {
            let behind = sentences.split_off(at);
            vec![sentences, behind]
        }
        None => vec![sentences],
    }
}

/// How clauses begin that say what somebody can do, holds and is like.
const ABILITIES: [&str; 5] = ["I can ", "I have a ", "I have an ", "I hold ", "I speak "];

/// Whether two sentences say things of one kind, or the second goes on with the first: clauses that an applicant or a
/// reader wrote say all kinds of things.
fn is_alike(before: &Sentence, one: &Sentence) -> bool {
    let lead = |sentence: &Sentence| sentence.words[0].split(' ').take(2).map(str::to_owned).collect::<Vec<_>>();
    let is_clause = |sentence: &Sentence| sentence.step == Move::Clause;
    let is_ability = |clause: &Sentence| ABILITIES.iter().any(|lead| clause.words[0].starts_with(lead));
    // "I am accurate and good with customers."
    let is_trait = |clause: &Sentence| clause.words[0].starts_with("I am good ");
    match (is_clause(before), is_clause(one)) {
        (true, true) => {
            (lead(before) == lead(one) || is_ability(before) && is_ability(one)) && before.words != one.words
        }
        (false, false) => true,
        (false, true) => {
            matches!(before.step, Move::Now | Move::Doing)
                || is_ability(one)
                || before.step == Move::Traits && is_trait(one)
        }
        (true, false) => is_ability(before) || one.step == Move::Traits && is_trait(before),
    }
}

/// Joins short sentences about what somebody can do, holds and is, two and two.
pub fn link(sentences: &mut [Sentence]) {
    let is_short = |one: &Sentence| one.words.iter().map(|words| words.split_whitespace().count()).sum::<usize>() < 11;
    let joins = |one: &Sentence| {
        // A clause of its own: "I am calm with crowds".
        let is_plain = |clause: &String| {
            clause.starts_with("I ") && ![", ", " and ", " where ", ". "].iter().any(|mark| clause.contains(mark))
        };
        one.step == Move::Clause && one.words.iter().all(is_plain)
            || matches!(
                one.step,
                Move::Skill
                    | Move::SkillMore
                    | Move::Skills
                    | Move::SkillsMore
                    | Move::Used
                    | Move::UsedMore
                    | Move::Tools
                    | Move::ToolsMore
                    | Move::Know
                    | Move::KnowMore
                    | Move::Speak
                    | Move::Traits
                    | Move::Hold
                    | Move::HoldFirst
                    | Move::HoldMore
                    | Move::Have
                    | Move::HaveMore
                    | Move::Trained
                    | Move::TrainedMore
                    | Move::PastAlso
                    | Move::PastTimeAlso
                    | Move::Past
                    | Move::PastTime
            )
    };
    // "I am a student, and I am on placement".
    let opens = |one: &Sentence| matches!(one.step, Move::Now | Move::Doing);
    let is_skills = |step: Move| {
        matches!(step, Move::Skill | Move::SkillMore | Move::Skills | Move::SkillsMore | Move::Used | Move::UsedMore)
    };
    let mut at = 1;
    while at < sentences.len() {
        let (before, one) = (&sentences[at - 1], &sentences[at]);
        let next_is_tied = sentences.get(at + 1).is_some_and(|next| next.link == Link::Where);
        let fits = before.link == Link::Apart
            && one.link == Link::Apart
            && !next_is_tied
            && before.words.len() == one.words.len()
            && (joins(before) || opens(before) && one.step == Move::Clause)
            && joins(one)
            && is_alike(before, one)
            && !(is_skills(before.step) && is_skills(one.step))
            && is_short(before)
            && is_short(one);
        if fits {
            sentences[at].link = Link::And;
            at += 1;
        }
        at += 1;
    }
}
