//! What a reader of a letter is told. Pure.

use crds::stream::WorkerState;
use serde::Serialize;

use crate::letters::progress::Progress;

/// What a reader is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The letter is followed.
    Connected,
    /// Where it stands now.
    State(StateNews),
    /// A piece of its text.
    Text(TextNews),
    /// It is finished; nothing follows.
    Done(StateNews),
}

/// Where a letter stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateNews {
    /// One word.
    pub state: &'static str,
    /// The same in a sentence.
    pub words: String,
    /// Seconds since the student asked for it.
    pub elapsed_seconds: i64,
}

/// A piece of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TextNews {
    /// The character of the letter at which it starts.
    pub offset: usize,
    /// The piece.
    pub text: String,
}

impl StateNews {
    /// The state of a letter with this progress.
    pub fn new(progress: &Progress, pod: Option<&WorkerState>) -> Self {
        Self { state: progress.name(), words: progress.words(pod), elapsed_seconds: progress.elapsed_seconds }
    }

    /// Whether a reader would see no difference, the seconds aside.
    pub fn looks_like(&self, other: &Self) -> bool {
        (self.state, &self.words) == (other.state, &other.words)
    }
}

impl TextNews {
    /// Characters of the letter that a reader of this piece has.
    pub fn end(&self) -> usize {
        self.offset + self.text.chars().count()
    }
}

/// The end of a piece that a reader who has `seen` characters lacks. `None` when the reader has all of it, or lacks text
/// before it.
pub fn unseen(seen: usize, offset: usize, piece: &str) -> Option<&str> {
    let skip = seen.checked_sub(offset)?;
    let (start, _) = piece.char_indices().nth(skip)?;
    Some(&piece[start..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::unseen;

    #[test]
    fn only_new_characters_are_sent() {
        assert_eq!(unseen(0, 0, "Dear"), Some("Dear"));
        assert_eq!(unseen(2, 0, "Déar"), Some("ar"));
        assert_eq!(unseen(4, 0, "Dear"), None);
        assert_eq!(unseen(9, 0, "Dear"), None);
        assert_eq!(unseen(0, 1, "ear"), None, "a gap must be asked for again");
        assert_eq!(unseen(0, 0, ""), None);
    }

    proptest! {
        #[test]
        fn pieces_sent_twice_or_overlapping_give_the_text_once(text in "\\PC{0,40}", cuts in prop::collection::vec((0..40usize, 0..40usize), 0..20)) {
            let chars: Vec<char> = text.chars().collect();
            let mut got = String::new();
            let whole = (0, chars.len());
            for (from, length) in cuts.into_iter().chain([whole]) {
                let from = from.min(chars.len());
                let piece: String = chars[from..].iter().take(length).collect();
                got.push_str(unseen(got.chars().count(), from, &piece).unwrap_or_default());
            }
            prop_assert_eq!(got, text);
        }
    }
}
