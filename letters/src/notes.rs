//! Cuts a form into texts that a reader of notes puts into sentences.
//!
//! ```text
//!   fields ──▶ notes: texts that a reader takes at once ──▶ reader ──▶ Notes: sentences, one a line ──▶ facts
//! ```
//!
//! A reader is a language model that was trained on `models/notes`. Nothing that it writes is believed: the facts keep only
//! the sentences that the typed words bear out.

use std::fmt;
use std::sync::Arc;

use crds::CoverLetterRequestSpec;

use crate::facts::fact::Field;
use crate::facts::noted::wording::Wording;
use crate::facts::tidy::quiet;
use crate::facts::{given, is_english};

/// A text for the reader.
#[derive(Clone)]
pub struct Note {
    /// The field that it is from.
    pub field: Field,
    /// What the reader goes on with, word for word as in its training.
    pub prompt: String,
    /// All words that its sentences may use.
    pub wording: Arc<Wording>,
}

/// Its size: it holds what applicants typed.
impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note").field("field", &self.field).field("bytes", &self.prompt.len()).finish_non_exhaustive()
    }
}

/// Most bytes of a field that the reader takes at once: longer ones were rare in its training.
const NOTE_MAX: usize = 600;

/// The texts of a request that a reader can put into sentences, in the order of the form.
#[must_use]
pub fn notes(spec: &CoverLetterRequestSpec) -> Vec<Note> {
    if !is_english(spec) {
        return Vec::new();
    }
    let applicant = quiet(&spec.applicant);
    let fields = [
        (Field::Now, &applicant.current_experience),
        (Field::Past, &applicant.past_experience),
        (Field::Skills, &applicant.skills),
        (Field::Qualifications, &applicant.qualifications),
        (Field::Motivation, &applicant.reason),
    ];
    let given = fields.into_iter().filter(|(_, typed)| given(typed).is_some());
    let note =
        |field, piece: &str| Note { field, prompt: prompt(field, piece), wording: Arc::new(Wording::of(piece, field)) };
    given.flat_map(|(field, typed)| pieces(typed).into_iter().map(move |piece| note(field, piece))).collect()
}

/// What stands before the sentences in the training of readers.
fn prompt(field: Field, typed: &str) -> String {
    let name = match field {
        Field::Now => "Now",
        Field::Past => "Before",
        Field::Skills => "Skills",
        Field::Qualifications => "Awards",
        Field::Motivation => "Why",
    };
    format!("{name}: {typed}\n=>\n")
}

/// A field as it is, or where it is long, cut behind lines, sentences or at least words.
fn pieces(typed: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = typed.trim();
    while rest.len() > NOTE_MAX {
        let within = &rest[..rest.floor_char_boundary(NOTE_MAX)];
        let ends = ["\n", ". ", "; ", ", ", " "];
        let end = ends.iter().find_map(|end| within.rfind(end).map(|at| at + end.len())).filter(|end| *end > 0);
        let (piece, others) = rest.split_at(end.unwrap_or(within.len()));
        pieces.push(piece.trim());
        rest = others.trim_start();
    }
    pieces.push(rest);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn every_field_that_says_something_is_asked_about() {
        let mut request = fixtures::documented();
        request.applicant.past_experience = " none ".into();
        request.applicant.skills = "till, 2 yrs".into();
        let asked = notes(&request);
        assert!(asked.iter().all(|note| note.field != Field::Past), "{asked:?}");
        assert!(asked.iter().any(|note| note.prompt == "Skills: till, 2 yrs\n=>\n"), "{asked:?}");
        request.letter.language = "de".into();
        assert!(notes(&request).is_empty());
    }

    #[test]
    fn a_long_field_is_cut_between_its_lines() {
        let line = "Store supervisor, Boots, Leeds, 2019 - 2022\n";
        let field = line.repeat(20);
        let pieces = pieces(&field);
        assert!(pieces.len() > 1 && pieces.iter().all(|piece| piece.len() <= NOTE_MAX), "{pieces:?}");
        assert_eq!(pieces.join("\n"), field.trim());
        assert_eq!(super::pieces(&"ä".repeat(700)).concat(), "ä".repeat(700));
    }
}
