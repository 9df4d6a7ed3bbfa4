//! A planned sentence: its move, the applicant's words in it, and the sentences that can say it.

use std::collections::HashMap;
use std::sync::LazyLock;

use crds::request::Tone;

use super::moves::Move;
use super::warm::contracted;
use crate::facts::spelling::upper_first;
use crate::words::{List, file};

/// How a sentence hangs together with the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Not at all.
    #[default]
    Apart,
    /// It may follow an "and".
    And,
    /// It says what is or was done in the position just named, and may follow a "where".
    Where,
}

/// A sentence that the plan wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// What it does.
    pub step: Move,
    /// The applicant's words in it, in the order of the move's slots.
    pub words: Vec<String>,
    /// The facts that it says, by their places in the form.
    pub facts: Vec<usize>,
    /// How it hangs together with the one before it.
    pub link: Link,
}

/// For every move, the sentences of a tone.
type Frames = HashMap<&'static str, Vec<&'static str>>;

static FRAMES: LazyLock<[Frames; 3]> = LazyLock::new(|| {
    [file!("sentences/professional"), file!("sentences/warm"), file!("sentences/direct")].map(|text| {
        let mut frames = Frames::new();
        for (name, frame) in List::read(text).pairs() {
            frames.entry(name).or_default().push(frame);
        }
        frames
    })
});

/// The sentences, with names in braces, that say a move in a tone.
pub fn frames(tone: Tone, step: Move) -> &'static [&'static str] {
    let at = match tone {
        Tone::Professional => 0,
        Tone::Warm => 1,
        Tone::Direct => 2,
    };
    FRAMES[at].get(step.name()).map_or(&[], Vec::as_slice)
}

/// Whether one of the things is something that one does.
fn names_doing(things: &str) -> bool {
    let mut firsts =
        things.split(", ").flat_map(|part| part.split(" and ")).filter_map(|thing| thing.split(' ').next());
    firsts.any(|first| first.len() > 5 && first.ends_with("ing"))
}

impl Sentence {
    /// A sentence with these words.
    pub fn new(step: Move, words: impl IntoIterator<Item = String>) -> Self {
        let words: Vec<String> = words.into_iter().collect();
        debug_assert_eq!(words.len(), step.slots().len(), "{step:?} {words:?}");
        Self { step, words, facts: Vec::new(), link: Link::Apart }
    }

    /// The same, which says these facts.
    pub fn of(self, facts: &[usize]) -> Self {
        Self { facts: facts.to_vec(), ..self }
    }

    /// The same, which hangs together with the one before it.
    pub fn linked(self, link: Link) -> Self {
        Self { link, ..self }
    }

    /// The text of a sentence that the model wrote, if it is one of those for the move: of two sentences that run into
    /// one another nothing is kept.
    pub fn written(&self, frame: &str, tone: Tone) -> Option<String> {
        frames(tone, self.step).contains(&frame).then(|| self.filled(frame, tone))?
    }

    /// Puts the applicant's words into a sentence with names in braces. `None` when it holds other names than the move
    /// has, or lacks one.
    pub fn filled(&self, frame: &str, tone: Tone) -> Option<String> {
        let slots = self.step.slots();
        let mut seen = vec![false; slots.len()];
        let (mut text, mut rest) = (String::new(), frame);
        while let Some((before, behind)) = rest.split_once('{') {
            let (name, after) = behind.split_once('}')?;
            let at = slots.iter().position(|slot| *slot == name)?;
            if std::mem::replace(&mut seen[at], true) {
                return None;
            }
            text.push_str(before);
            let words = &self.words[at];
            // Nobody offers answering a switchboard.
            if (before.ends_with("offer ") || before.ends_with("bring ")) && names_doing(words) {
                return None;
            }
            // What is in a list of its own, or belongs to what was said before, stands at the end only.
            if words.contains(", with ") && !after.starts_with('.') {
                return None;
            }
            let words = if tone == Tone::Warm && name != "company" && name != "title" {
                contracted(words)
            } else {
                words.clone()
            };
            let begins = text.is_empty() || text.ends_with(". ");
            text.push_str(&if begins && name != "company" { upper_first(&words) } else { words });
            rest = match after.strip_prefix('.') {
                Some(after) if text.ends_with(['.', '!', '?']) => after,
                _ => after,
            };
        }
        text.push_str(rest);
        seen.iter().all(|seen| *seen).then_some(text)
    }
}
