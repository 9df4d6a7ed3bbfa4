//! The wordings that a planned sentence, or two in one, can take.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use crds::request::Tone;

use crate::phrases::Phrase;
use crate::plan::{Sentence, contracted, frames};
use crate::words::{List, file};

/// Most words of two planned sentences in one.
const JOINED_WORDS_MAX: usize = 34;
/// Words that say when; one of them in a sentence is enough.
const WHEN: [&str; 5] = ["currently", "present", "moment", "now", "since"];

static FRAMES: LazyLock<HashMap<&'static str, Vec<String>>> = LazyLock::new(|| {
    let mut all: HashMap<_, Vec<String>> = HashMap::new();
    for (name, frame) in List::read(file!("guided/frames")).pairs() {
        all.entry(name).or_default().extend(expanded(frame));
    }
    all
});

/// Every text that a frame with choices in parentheses stands for.
fn expanded(frame: &str) -> Vec<String> {
    let parts = frame.split_once('(').and_then(|(before, rest)| Some((before, rest.split_once(')')?)));
    let Some((before, (choices, after))) = parts else { return vec![frame.to_owned()] };
    let after = expanded(after);
    choices.split('|').flat_map(|choice| after.iter().map(move |after| format!("{before}{choice}{after}"))).collect()
}

/// What the sentences before were offered, so that none is offered twice.
#[derive(Debug, Default)]
pub(super) struct Offered(BTreeSet<String>);

impl Offered {
    /// The phrases for the first of these planned sentences, and for it and the next together. The program's own words
    /// `own` are always among them.
    pub(super) fn phrases(&mut self, tone: Tone, sentences: &[(Sentence, String)]) -> Vec<Phrase> {
        let Some(((first, own), rest)) = sentences.split_first() else { return Vec::new() };
        let mut phrases = vec![Phrase { text: own.clone(), says: 1 }];
        let more = FRAMES.get(first.step.name()).into_iter().flatten().map(|frame| in_tone(frame, tone));
        let usual = frames(tone, first.step).iter().map(|frame| (*frame).to_owned());
        for frame in usual.chain(more) {
            if let Some(text) = first.filled(&frame, tone).filter(|text| fits(&frame, text, tone)) {
                self.add(&mut phrases, beginning(&frame), Phrase { text, says: 1 });
            }
        }
        let Some((second, _)) = rest.first() else { return phrases };
        for frame in
            FRAMES.get(format!("{}+{}", first.step, second.step).replace(['<', '>'], "").as_str()).into_iter().flatten()
        {
            let frame = in_tone(frame, tone);
            if let Some(text) = joined(&frame, first, second, tone) {
                self.add(&mut phrases, beginning(&frame), Phrase { text, says: 2 });
            }
        }
        phrases
    }

    fn add(&mut self, phrases: &mut Vec<Phrase>, beginning: Option<&str>, phrase: Phrase) {
        let is_new = !phrases.iter().any(|other| other.text == phrase.text);
        if is_new && beginning.is_none_or(|beginning| self.0.insert(beginning.to_owned())) {
            phrases.push(phrase);
        }
    }
}

/// Two planned sentences in one, unless it would be too long or hard to read.
fn joined(frame: &str, first: &Sentence, second: &Sentence, tone: Tone) -> Option<String> {
    let (before, after) = frame.split_once(" ~ ")?;
    let (before, after) = (first.filled(before, tone)?, second.filled(after, tone)?);
    let has_list =
        after.contains(", and ") || after.matches(" and ").count() > 1 || before.matches(" and ").count() > 1;
    let is_list = after.starts_with("and ") && (has_list || before.matches(',').count() > 2);
    let text = format!("{before} {after}");
    let is_short = text.split_whitespace().count() <= JOINED_WORDS_MAX;
    (is_short && !is_list && fits(frame, &text, tone)).then_some(text)
}

/// Whether a filled frame says when only once, and suits the tone: a direct letter begins with what it says.
fn fits(frame: &str, text: &str, tone: Tone) -> bool {
    let says_when = |text: &str| {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| WHEN.contains(&word.to_lowercase().as_str())).count()
    };
    let is_plain = tone != Tone::Direct
        || frame.starts_with("As ")
        || frame.split_once('{').is_none_or(|(lead, _)| !lead.contains(','));
    is_plain && (says_when(frame) == 0 || says_when(text) == says_when(frame))
}

/// What may begin one sentence of a letter only: the words before the applicant's, except a bare subject and its verb.
fn beginning(frame: &str) -> Option<&str> {
    let lead = frame.split_once('{').map_or(frame, |(lead, _)| lead).trim_end();
    (lead.split_whitespace().count() > 2).then_some(lead)
}

fn in_tone(frame: &str, tone: Tone) -> String {
    if tone == Tone::Warm { contracted(frame) } else { frame.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_written_out() {
        assert_eq!(expanded("(A|B) c (d|e)."), ["A c d.", "A c e.", "B c d.", "B c e."]);
    }

    #[test]
    fn every_frame_holds_what_its_move_says_and_ends_like_a_sentence() {
        for (name, all) in FRAMES.iter() {
            for frame in all {
                assert!(frame.ends_with('.') && !frame.contains(['(', ')', '|']), "{name}: {frame}");
                assert_eq!(name.contains('+'), frame.contains(" ~ "), "{name}: {frame}");
                let steps = name.split('+');
                for (step, part) in steps.zip(frame.split(" ~ ")) {
                    let usual = frames(Tone::Professional, crate::plan::step(step).expect("a known move"));
                    let slots = |frame: &str| {
                        frame
                            .split('{')
                            .skip(1)
                            .filter_map(|rest| rest.split_once('}'))
                            .map(|(name, _)| name.to_owned())
                            .collect::<BTreeSet<_>>()
                    };
                    assert_eq!(slots(part), slots(usual[0]), "{name}: {frame}");
                }
            }
        }
    }
}
