//! The events that a browser gets. Pure but for their type, which is axum's.

use axum::response::sse::Event;
use crds::stream::WorkerState;
use serde::Serialize;

use crate::letters::progress::Progress;

/// Where a letter stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateEvent {
    /// One word.
    pub state: &'static str,
    /// The same in a sentence.
    pub words: String,
    /// Seconds since the student asked for it.
    pub elapsed_seconds: i64,
}

impl StateEvent {
    /// The state of a letter with this progress.
    pub fn new(progress: &Progress, pod: Option<&WorkerState>) -> Self {
        Self { state: progress.name(), words: progress.words(pod), elapsed_seconds: progress.elapsed_seconds }
    }

    /// Whether a reader would see no difference, the seconds aside.
    pub fn looks_like(&self, other: &Self) -> bool {
        (self.state, &self.words) == (other.state, &other.words)
    }

    pub fn event(&self) -> Event {
        json_event("state", self)
    }

    pub fn done(&self) -> Event {
        json_event("done", self)
    }
}

#[derive(Serialize)]
struct TextEvent<'a> {
    offset: usize,
    text: &'a str,
}

/// A piece of the letter that starts at character `offset`.
pub fn text(offset: usize, text: &str) -> Event {
    let id = offset + text.chars().count();
    json_event("text", &TextEvent { offset, text }).id(id.to_string())
}

fn json_event(name: &str, data: &impl Serialize) -> Event {
    Event::default().event(name).json_data(data).expect("events are plain structs")
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
