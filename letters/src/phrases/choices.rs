//! The same texts as choices: one JSON text for each planned sentence. For models behind servers, which take a JSON
//! schema at best and no automaton.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::phrase::Phrase;

/// What the model is to do, whatever it chooses from.
pub const RULES: &str = "\
You word the middle of a cover letter. You are given numbered lists of sentences that say the same. For each number, \
choose the sentence that reads best after the one before it, and copy it exactly, letter for letter. Vary how sentences \
begin. Answer with one JSON object that maps each number to its sentence, and nothing else. Where the sentence before \
has already said it, the text is empty.";

/// What may be chosen for each planned sentence.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Choices {
    pub(super) sentences: Vec<Vec<Phrase>>,
    /// What stands before each sentence; the first one is not part of the text.
    pub(super) gaps: Vec<String>,
}

impl Choices {
    pub(super) fn new(sentences: usize, gaps: &[&str]) -> Self {
        Self { sentences: vec![Vec::new(); sentences], gaps: gaps.iter().map(|gap| (*gap).to_owned()).collect() }
    }

    pub(super) fn offer(&mut self, at: usize, phrase: &Phrase) {
        self.sentences[at].push(phrase.clone());
    }

    /// The lists, each under its number.
    pub(super) fn question(&self) -> String {
        let mut text = String::new();
        for (at, phrases) in self.sentences.iter().enumerate() {
            let _ = writeln!(text, "{}:", number(at));
            for phrase in phrases {
                let more: Vec<String> = (at + 1..at + phrase.says).map(number).collect();
                let also = if more.is_empty() { String::new() } else { format!(" (says {} too)", more.join(", ")) };
                let _ = writeln!(text, "- {}{also}", phrase.text);
            }
        }
        text
    }

    pub(super) fn schema(&self) -> Value {
        let mut properties = Map::new();
        for (at, phrases) in self.sentences.iter().enumerate() {
            let is_said_before = self.sentences[..at]
                .iter()
                .enumerate()
                .any(|(before, phrases)| phrases.iter().any(|phrase| before + phrase.says > at));
            let texts = phrases.iter().map(|phrase| phrase.text.as_str()).chain(is_said_before.then_some(""));
            properties.insert(number(at), json!({"type": "string", "enum": texts.collect::<Vec<_>>()}));
        }
        let required: Vec<String> = (0..self.sentences.len()).map(number).collect();
        json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
    }
}

/// The key of a sentence. Two digits, so that keys in the order of their bytes are in the order of the sentences.
fn number(at: usize) -> String {
    format!("{:02}", at + 1)
}

#[cfg(test)]
mod tests {
    use super::super::tests::phrases;
    use super::*;

    #[test]
    fn the_schema_takes_the_texts_and_nothing_else() {
        let schema = phrases().schema();
        assert_eq!(schema["properties"]["02"]["enum"], json!(["I bake.", "There, I \"bake\".", ""]));
        assert_eq!(schema["properties"]["03"]["enum"], json!(["I speak Māori."]));
        assert_eq!(schema["required"], json!(["01", "02", "03"]));
        assert!(phrases().question().contains("01:\n- I am a cook.\n- As a cook, I bake. (says 02 too)\n02:"));
    }
}
