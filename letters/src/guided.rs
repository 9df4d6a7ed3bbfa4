//! Guided writing: a general model words a planned letter, and can say nothing else.
//!
//! The salutation, the first sentence and the closing are the program's own. Between them the model chooses, token by
//! token, how each planned sentence is said and which two become one; the decoder leaves it no other text. So no model
//! can add, change or forget a fact.
//!
//! ```text
//!   Plan ──▶ frames ──▶ Phrases ──▶ model ──▶ Reading: whole sentences ──▶ letter
//! ```

mod frames;
mod prompt;

use std::sync::Arc;

use crate::complete::Message;
use crate::phrases::{Phrase, Phrases, Reading};
use crate::plan::{self, Plan, Sentence};
use frames::Offered;

pub(crate) use prompt::samples;

/// A letter that a model words. The order of its text: `beginning`, what the model writes, then [`Self::rest`].
#[derive(Clone, Debug)]
pub(crate) struct Guided {
    /// The salutation, the first sentence and the gap behind it.
    pub(crate) beginning: String,
    /// What is asked of the model; empty when nothing is left to be worded.
    pub(crate) messages: Vec<Message>,
    /// What the model may write.
    pub(crate) phrases: Arc<Phrases>,
    /// The program's own words for each planned sentence of the body, and the gap before it.
    own: Vec<(&'static str, String)>,
    ending: String,
    reading: Reading,
}

impl Guided {
    /// Begins a planned letter.
    pub(crate) fn new(plan: Plan) -> Self {
        let (tone, seed) = (plan.tone(), plan.seed());
        let mut paragraphs = plan.worded();
        let ending = paragraphs.pop().map(text_of).unwrap_or_default();
        let mut paragraphs = paragraphs.into_iter();
        let greeting = paragraphs.next().map(text_of).unwrap_or_default();
        let mut paragraphs: Vec<Vec<(Sentence, String)>> = paragraphs.collect();
        let opening = paragraphs.first_mut().filter(|first| !first.is_empty()).map(|first| first.remove(0).1);
        let opening = opening.unwrap_or_default();
        let mut offered = Offered::default();
        let (mut all, mut own) = (Vec::new(), Vec::new());
        for (number, paragraph) in paragraphs.iter().enumerate() {
            let mut is_joined = false;
            for at in 0..paragraph.len() {
                let gap = if at > 0 || number == 0 { " " } else { "\n\n" };
                let mut phrases = offered.phrases(tone, &paragraph[at..]);
                // What belongs together is one sentence here as well.
                if let [(_, text), (next, more), ..] = &paragraph[at..]
                    && !is_joined
                    && let Some(one) = plan::joined(text, next, more)
                {
                    is_joined = true;
                    phrases.retain(|phrase| phrase.says > 1);
                    phrases.insert(0, Phrase { text: one.clone(), says: 2 });
                    all.push(shuffled(phrases, seed));
                    own.push((gap, one));
                    continue;
                }
                if std::mem::take(&mut is_joined) {
                    all.push(phrases);
                    own.push(("", String::new()));
                    continue;
                }
                // Small models join too little: every other time they have to.
                if (seed >> 7).wrapping_add(at as u64) % 2 == 0 && phrases.iter().any(|phrase| phrase.says > 1) {
                    phrases.retain(|phrase| phrase.says > 1);
                }
                all.push(shuffled(phrases, seed));
                own.push((gap, paragraph[at].1.clone()));
            }
        }
        let gaps: Vec<&str> = own.iter().map(|(gap, _)| if gap.is_empty() { " " } else { *gap }).collect();
        let phrases = Arc::new(Phrases::new(&all, &gaps));
        let messages = if own.is_empty() { Vec::new() } else { prompt::messages(tone, &opening, &paragraphs) };
        let gap = gaps.first().copied().unwrap_or_default();
        let beginning = format!("{greeting}\n\n{opening}{gap}");
        let reading = Reading::new(&phrases);
        Self { beginning, messages, phrases, own, ending, reading }
    }

    /// Takes more of the model's text and returns the sentences that can be shown.
    pub(crate) fn push(&mut self, text: &str) -> String {
        self.reading.push(&self.phrases, text)
    }

    /// Whether the model has written all that was asked, or something else.
    pub(crate) fn is_over(&self) -> bool {
        self.reading.is_lost() || self.reading.said >= self.own.len()
    }

    /// What follows the model's sentences: the program's own words for those that are missing, and the closing.
    pub(crate) fn rest(&self) -> String {
        let said = self.reading.said;
        let missing = self.own.iter().enumerate().skip(said);
        let missing: String =
            missing.map(|(at, (gap, text))| if at == 0 { text.clone() } else { format!("{gap}{text}") }).collect();
        format!("{missing}\n\n{}", self.ending)
    }
}

fn text_of(paragraph: Vec<(Sentence, String)>) -> String {
    paragraph.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" ")
}

/// At most a few of many phrases, others for another seed, so that letters of similar forms differ.
fn shuffled(mut phrases: Vec<Phrase>, seed: u64) -> Vec<Phrase> {
    const MOST: usize = 8;
    let own = phrases.first().cloned();
    let len = phrases.len().max(1) as u64;
    phrases.rotate_left(usize::try_from(seed % len).unwrap_or_default());
    phrases.truncate(MOST);
    if let Some(own) = own.filter(|own| !phrases.contains(own)) {
        phrases.push(own);
    }
    phrases
}

#[cfg(test)]
mod tests;
