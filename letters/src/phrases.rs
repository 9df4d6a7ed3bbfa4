//! The texts that a model may write: a graph over bytes, in which every path is a sequence of whole sentences.

mod answer;
mod choices;
mod phrase;

use std::fmt;
use std::sync::Arc;

use crate::allowed::Allowed;
use choices::Choices;

pub use answer::Answer;
pub use choices::RULES as CHOICE_RULES;
pub(crate) use phrase::Phrase;

/// All that a completion may say. A model that is asked with it writes one of these texts and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct Phrases {
    nodes: Vec<Node>,
    start: u32,
    choices: Arc<Choices>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Node {
    /// The node behind each byte that may follow.
    next: Vec<(u8, u32)>,
    /// Where a sentence ends: how many planned sentences the text has said by then.
    said: Option<usize>,
}

impl Phrases {
    /// The graph in which each planned sentence is said by one of its phrases, in order. `gaps[at]` stands before the
    /// sentence `at`; the first gap is not part of the texts.
    pub(crate) fn new(phrases: &[Vec<Phrase>], gaps: &[&str]) -> Self {
        let mut offered = Choices::new(phrases.len(), gaps);
        let mut all = Self { nodes: Vec::new(), start: 0, choices: Arc::default() };
        let end = all.add(Some(phrases.len()));
        let mut roots = vec![end; phrases.len() + 1];
        for (at, choices) in phrases.iter().enumerate().rev() {
            roots[at] = all.add(None);
            for phrase in choices {
                let behind = at + phrase.says;
                if let (Some(root), true) = (roots.get(behind).copied(), phrase.says > 0) {
                    let gap = gaps.get(behind).filter(|_| behind < phrases.len());
                    if all.insert(roots[at], phrase, behind, gap.map(|gap| (*gap, root))) {
                        offered.offer(at, phrase);
                    }
                }
            }
        }
        (all.start, all.choices) = (roots[0], Arc::new(offered));
        all
    }

    /// What a model is asked that cannot be limited to the texts byte by byte: to choose among them.
    #[must_use]
    pub fn question(&self) -> String {
        self.choices.question()
    }

    /// The JSON schema of an answer to [`Self::question`], for servers that can limit a model to one.
    #[must_use]
    pub fn schema(&self) -> serde_json::Value {
        self.choices.schema()
    }

    /// Reads an answer to [`Self::question`].
    #[must_use]
    pub fn answer(&self) -> Answer {
        Answer::new(Arc::clone(&self.choices))
    }

    /// Where a sentence ends: how many planned sentences were said by then.
    pub(crate) fn said(&self, state: u32) -> Option<usize> {
        self.nodes.get(state as usize)?.said
    }

    fn add(&mut self, said: Option<usize>) -> u32 {
        self.nodes.push(Node { next: Vec::new(), said });
        u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX)
    }

    /// Adds a phrase behind `root`, unless another phrase begins with it or it with another: then the end of the shorter
    /// one would not be known. Returns whether it was added.
    fn insert(&mut self, root: u32, phrase: &Phrase, said: usize, then: Option<(&str, u32)>) -> bool {
        let (mut at, mut known) = (root, 0);
        for byte in phrase.text.bytes() {
            match self.next(at, byte) {
                Some(next) if self.said(next).is_none() => (at, known) = (next, known + 1),
                Some(_) => return false,
                None => break,
            }
        }
        let rest = &phrase.text.as_bytes()[known..];
        if rest.is_empty() {
            return false;
        }
        at = self.chain(at, rest);
        self.nodes[at as usize].said = Some(said);
        if let Some((gap, root)) = then
            && let Some((last, before)) = gap.as_bytes().split_last()
        {
            at = self.chain(at, before);
            self.nodes[at as usize].next.push((*last, root));
        }
        true
    }

    /// The node behind these bytes, which are new behind `at`.
    fn chain(&mut self, at: u32, bytes: &[u8]) -> u32 {
        bytes.iter().fold(at, |at, byte| {
            let to = self.add(None);
            self.nodes[at as usize].next.push((*byte, to));
            to
        })
    }
}

impl Allowed for Phrases {
    fn start(&self) -> u32 {
        self.start
    }

    fn next(&self, state: u32, byte: u8) -> Option<u32> {
        let node = self.nodes.get(state as usize)?;
        node.next.iter().find(|(next, _)| *next == byte).map(|(_, to)| *to)
    }

    fn may_end(&self, state: u32) -> bool {
        self.nodes.get(state as usize).is_some_and(|node| node.said.is_some() && node.next.is_empty())
    }
}

/// Its size: it holds what applicants typed.
impl fmt::Debug for Phrases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Phrases").field("nodes", &self.nodes.len()).finish_non_exhaustive()
    }
}

/// Reads a completion sentence by sentence.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// `None` after text that no phrase has.
    state: Option<u32>,
    /// The beginning of a sentence that is not whole yet.
    held: String,
    /// How many planned sentences the released text says.
    pub(crate) said: usize,
}

impl Reading {
    /// Before the first text.
    pub(crate) const fn new(phrases: &Phrases) -> Self {
        Self { state: Some(phrases.start), held: String::new(), said: 0 }
    }

    /// Takes the next text and returns the sentences that are whole now, as far as they are phrases.
    pub(crate) fn push(&mut self, phrases: &Phrases, text: &str) -> String {
        let mut whole = String::new();
        for character in text.chars() {
            let mut bytes = [0; 4];
            let bytes = character.encode_utf8(&mut bytes).bytes();
            self.state =
                self.state.and_then(|state| bytes.into_iter().try_fold(state, |at, byte| phrases.next(at, byte)));
            let Some(state) = self.state else { break };
            self.held.push(character);
            if let Some(said) = phrases.said(state) {
                self.said = said;
                whole.push_str(&std::mem::take(&mut self.held));
            }
        }
        whole
    }

    /// Whether text came that no phrase has.
    pub(crate) const fn is_lost(&self) -> bool {
        self.state.is_none()
    }
}

#[cfg(test)]
mod tests;
