//! Parses an answer: paragraphs of sentences, each behind the marks of its move.

use super::super::moves::Move;

/// The paragraphs of an answer, each a list of sentences with their moves; `None` unless each sentence follows the
/// marks of a move.
pub(super) fn paragraphs(answer: &str) -> Option<Vec<Vec<(Move, String)>>> {
    answer.trim().split("\n\n").map(paragraph).collect()
}

fn paragraph(text: &str) -> Option<Vec<(Move, String)>> {
    let mut sentences = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (marks, behind) = rest.split_at(length_of_marks(rest));
        let end = behind.find('<').unwrap_or(behind.len());
        if end == 0 {
            return None;
        }
        sentences.push((Move::parse(marks)?, behind[..end].trim().to_owned()));
        rest = &behind[end..];
    }
    Some(sentences)
}

/// Bytes of the marks that a text begins with: words in angle brackets, one behind the other.
fn length_of_marks(text: &str) -> usize {
    let mut rest = text;
    while let Some((_, behind)) = rest.strip_prefix('<').and_then(|mark| mark.split_once('>')) {
        rest = behind;
    }
    text.len() - rest.len()
}
