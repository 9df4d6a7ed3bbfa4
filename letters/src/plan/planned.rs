//! The plan as guided writing takes it: sentence by sentence, each with the program's own words for it.

use crds::request::Tone;

use super::Plan;
use super::own::Own;
use super::sentence::Sentence;

impl Plan {
    /// The tone of the letter.
    pub(crate) const fn tone(&self) -> Tone {
        self.tone
    }

    /// The seed of the plan.
    pub(crate) const fn seed(&self) -> u64 {
        self.seed
    }

    /// The planned sentences of each paragraph, each with the program's own words for it.
    pub(crate) fn worded(self) -> Vec<Vec<(Sentence, String)>> {
        let mut own = Own::new(self.seed);
        let mut word = |sentence: Sentence| {
            let text = own.word(&sentence, self.tone, None);
            (sentence, text)
        };
        self.paragraphs
            .into_iter()
            .map(|paragraph| paragraph.into_iter().map(&mut word).filter(|(_, text)| !text.is_empty()).collect())
            .collect()
    }
}

/// The move of this name.
#[cfg(test)]
pub(crate) fn step(name: &str) -> Option<super::moves::Move> {
    super::moves::Move::parse(name)
}
