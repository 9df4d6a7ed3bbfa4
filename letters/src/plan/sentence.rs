//! A planned sentence: its move, the applicant's words in it, and the sentences that can say it.

use std::collections::HashMap;
use std::sync::LazyLock;

use crds::request::Tone;

use super::choices::Choices;
use super::moves::Move;
use super::warm::contracted;
use crate::facts::spelling::upper_first;
use crate::words::{List, file};

/// A sentence that the plan wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// What it does.
    pub step: Move,
    /// The applicant's words in it, in the order of the move's slots.
    pub words: Vec<String>,
    /// The facts that it says, by their places in the form.
    pub facts: Vec<usize>,
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

impl Sentence {
    /// A sentence with these words.
    pub fn new(step: Move, words: impl IntoIterator<Item = String>) -> Self {
        let words: Vec<String> = words.into_iter().collect();
        debug_assert_eq!(words.len(), step.slots().len(), "{step:?} {words:?}");
        Self { step, words, facts: Vec::new() }
    }

    /// The same, which says these facts.
    pub fn of(self, facts: &[usize]) -> Self {
        Self { facts: facts.to_vec(), ..self }
    }

    /// The program's own sentence, one of those for the move that is not among the `used`, if there is one.
    pub fn own(&self, tone: Tone, choices: &mut Choices, used: &mut Vec<&'static str>) -> &'static str {
        let all = frames(tone, self.step);
        let fresh: Vec<&'static str> = all.iter().copied().filter(|frame| !used.contains(frame)).collect();
        let open = if fresh.is_empty() { all } else { &fresh };
        let at = choices.pick(open.len().max(1) as u64);
        let frame = usize::try_from(at).ok().and_then(|at| open.get(at)).copied().unwrap_or("");
        used.push(frame);
        frame
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
