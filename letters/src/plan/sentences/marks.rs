//! Takes an answer apart: paragraphs of sentences, each behind the words of its move.

use super::super::moves::Move;
use super::Astray;
use crate::facts::family::Family;
use crate::facts::list::listed;

/// A sentence with its move.
pub(super) type Sentence = (Move, String);

/// The paragraphs of an answer.
///
/// # Errors
/// [`Astray::Moves`] when something stands before the first move, or a move has a name that there is not.
pub(super) fn paragraphs(answer: &str) -> Result<Vec<Vec<Sentence>>, Astray> {
    answer.trim().split("\n\n").map(paragraph).collect()
}

fn paragraph(text: &str) -> Result<Vec<Sentence>, Astray> {
    let mut sentences = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let mut words = Vec::new();
        while let Some((word, behind)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
            words.push(known(word).ok_or(Astray::Moves)?);
            rest = behind;
        }
        let end = rest.find('<').unwrap_or(rest.len());
        if words.is_empty() || end == 0 {
            return Err(Astray::Moves);
        }
        sentences.push((Move(words), rest[..end].trim().to_owned()));
        rest = &rest[end..];
    }
    Ok(sentences)
}

/// The constant spelling of a word of a plan.
fn known(word: &str) -> Option<&'static str> {
    const WORDS: &str = "\
        greet, greet.company, open, role, post, field, notitle, company, nocompany, why, why.company, offer, \
        wish.noun, wish.quoted, answer, close, thanks, current.roleat, past.roleat, current.role, past.role, \
        current.study, past.study, current.span, past.span, current.doing, past.doing, current.verb, \
        past.verb, current.sentence, past.sentence, current.phrase, past.phrase, current.more, past.more, \
        skills, skills.sentence, traits, qualifications.held, qualifications.ongoing, qualifications.listed, \
        lesson, habit, habit.two, value, use";
    listed(WORDS).find(|known| *known == word).or_else(|| Family::named(word).map(|family| family.0))
}
