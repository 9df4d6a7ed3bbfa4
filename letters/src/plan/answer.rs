//! Reads the model's answer: paragraphs of sentences, each behind the mark of its move.

use super::moves::Move;
use super::sentence::Sentence;

/// For every planned sentence, what the model wrote for it; `None` where it wrote nothing that can be used.
pub fn sentences(answer: &str, plan: &[Vec<Sentence>]) -> Vec<Vec<Option<String>>> {
    let mut written = marked(answer).into_iter().peekable();
    let paragraphs = plan.iter().map(|planned| {
        let sentences = planned.iter().map(|sentence| {
            // A sentence that the model left out is missing; one that it added is passed over.
            let rest: Vec<(Move, String)> = written.clone().collect();
            let at = rest.iter().position(|(step, _)| *step == sentence.step)?;
            for _ in 0..at {
                written.next();
            }
            written.next().map(|(_, text)| text)
        });
        sentences.collect()
    });
    paragraphs.collect()
}

/// The sentences of an answer in their order, each with its move. What stands behind no known mark is passed over.
fn marked(answer: &str) -> Vec<(Move, String)> {
    let pieces = answer.split('<').filter_map(|piece| piece.split_once('>'));
    pieces.filter_map(|(name, text)| Some((Move::parse(name)?, text.trim().to_owned()))).collect()
}
