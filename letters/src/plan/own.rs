//! The program's own words for planned sentences: another sentence each time, and not one like the two before it.

use crds::request::Tone;

use super::choices::Choices;
use super::sentence::{Link, Sentence, frames};

/// Most sentences in a row that begin with "I".
const RUN_MAX: usize = 2;

/// Most words of a list that stands before its verb.
const LEAD_MAX: usize = 7;

/// What was said so far, and the choices to come.
pub struct Own {
    choices: Choices,
    used: Vec<&'static str>,
    /// How many of the last sentences begin with "I".
    run: usize,
}

impl Own {
    /// Nothing is said yet.
    pub fn new(seed: u64) -> Self {
        Self { choices: Choices::new(seed), used: Vec::new(), run: 0 }
    }

    /// Words for a sentence: those of the model if there are any, else the program's own.
    pub fn word(&mut self, sentence: &Sentence, tone: Tone, written: Option<String>) -> String {
        let text = written.unwrap_or_else(|| self.own(sentence, tone));
        let begins = text.starts_with("I ") || text.starts_with("I'");
        match sentence.link {
            Link::Apart if begins => self.run += 1,
            Link::Apart => self.run = 0,
            // Within another sentence.
            Link::And | Link::Where => {}
        }
        text
    }

    fn own(&mut self, sentence: &Sentence, tone: Tone) -> String {
        let mut open: Vec<(&'static str, String)> = frames(tone, sentence.step)
            .iter()
            .filter_map(|frame| Some((*frame, sentence.filled(frame, tone)?)))
            .collect();
        keep(&mut open, |(frame, _)| !self.used.contains(frame));
        // A long list does not stand before its verb.
        if sentence.words.iter().any(|words| words.split(' ').count() > LEAD_MAX) {
            keep(&mut open, |(frame, _)| !frame.starts_with('{') || frame.starts_with("{clause"));
        }
        let is_i = |text: &str| text.starts_with("I ") || text.starts_with("I'");
        match sentence.link {
            Link::Apart if self.run >= RUN_MAX => keep(&mut open, |(_, text)| !is_i(text)),
            Link::Apart => {}
            Link::And | Link::Where => keep(&mut open, |(_, text)| is_i(text)),
        }
        let at = self.choices.pick(open.len().max(1) as u64);
        let Some((frame, text)) = usize::try_from(at).ok().and_then(|at| open.into_iter().nth(at)) else {
            return String::new();
        };
        self.used.push(frame);
        text
    }
}

/// Keeps those for which this holds, if there are any.
fn keep<T>(all: &mut Vec<T>, holds: impl Fn(&T) -> bool) {
    if all.iter().any(&holds) {
        all.retain(holds);
    }
}
