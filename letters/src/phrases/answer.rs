//! Reads what a model chooses.

use std::fmt;
use std::sync::Arc;

use super::choices::Choices;

/// Reads an answer to [`super::Phrases::question`] while it comes.
#[derive(Clone)]
pub struct Answer {
    choices: Arc<Choices>,
    /// What has come, from the bracket that opens the object.
    json: String,
    /// Bytes of it that are read.
    read: usize,
    /// Sentences said so far.
    said: usize,
}

impl Answer {
    /// Before the first text.
    pub(super) const fn new(choices: Arc<Choices>) -> Self {
        Self { choices, json: String::new(), read: 0, said: 0 }
    }

    /// Takes the next text of the answer, and returns the next text that it chooses. A choice that was
    /// not offered gives way to one that was.
    pub fn push(&mut self, text: &str) -> String {
        self.json.push_str(text);
        if self.read == 0 {
            // What comes before, such as a fence, is not part of the answer.
            let Some(start) = self.json.find('{') else { return String::new() };
            self.json.drain(..start);
            self.read = 1;
        }
        let mut chosen = String::new();
        while let Some((key, behind)) = literal(&self.json, self.read)
            && let Some((value, behind)) = literal(&self.json, behind)
        {
            self.read = behind;
            let at = key.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            if let Some(at) = at.filter(|at| *at >= self.said && *at < self.choices.sentences.len()) {
                self.choose(at, &value, &mut chosen);
            }
        }
        chosen
    }

    /// Whether the answer has chosen every sentence.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.said >= self.choices.sentences.len()
    }

    /// Appends what is said up to the sentence `at`, which is said with `value` if that was offered.
    fn choose(&mut self, at: usize, value: &str, chosen: &mut String) {
        let Choices { sentences, gaps } = &*self.choices;
        while self.said <= at {
            let offered = &sentences[self.said];
            let named = offered.iter().find(|phrase| self.said == at && phrase.text == value.trim());
            let Some(phrase) = named.or_else(|| offered.first()) else { return };
            if self.said > 0 {
                chosen.push_str(&gaps[self.said]);
            }
            chosen.push_str(&phrase.text);
            self.said += phrase.says;
        }
    }
}

/// The next string literal from byte `from` on, and the byte behind it; `None` while it is not whole, or when something
/// else comes first.
fn literal(json: &str, from: usize) -> Option<(String, usize)> {
    let rest = &json[from..];
    let begin = rest.find(|c: char| !matches!(c, ',' | ':') && !c.is_ascii_whitespace())?;
    let text = rest[begin..].strip_prefix('"')?;
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    })?;
    let literal = &rest[begin..begin + end + 2];
    Some((serde_json::from_str(literal).ok()?, from + begin + literal.len()))
}

/// Its size: it holds what applicants typed.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("said", &self.said).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Reading;
    use super::super::tests::phrases;

    /// What an answer says when it comes in pieces of so many characters.
    fn said(answer: &str, size: usize) -> (String, bool) {
        let mut reader = phrases().answer();
        let characters: Vec<char> = answer.chars().collect();
        let said = characters.chunks(size).map(|piece| reader.push(&piece.iter().collect::<String>())).collect();
        (said, reader.is_whole())
    }

    #[test]
    fn an_answer_says_what_it_chooses_in_whatever_pieces_it_comes() {
        for (answer, expect, is_whole) in [
            (
                r#"{"01": "I am a cook.", "02": "There, I \"bake\".", "03": "I speak M\u0101ori."}"#,
                "I am a cook. There, I \"bake\".\n\nI speak Māori.",
                true,
            ),
            (
                "Here it is:\n```json\n{\"1\":\"As a cook, I bake.\",\"2\":\"\",\"3\":\"I speak Māori.\"}\n```",
                "As a cook, I bake.\n\nI speak Māori.",
                true,
            ),
            (r#"{"01": "I am a cook.", "02": "I b"#, "I am a cook.", false),
            ("I am a cook.", "", false),
        ] {
            for size in [1, 2, 7, 1_000] {
                assert_eq!(said(answer, size), (expect.to_owned(), is_whole), "{answer}");
            }
        }
    }

    #[test]
    fn what_was_not_offered_gives_way_to_what_was() {
        let expect = "I am a cook. I bake.\n\nI speak Māori.";
        for answer in [
            r#"{"01": "I am a chef.", "02": "", "03": "I speak Dutch."}"#,
            r#"{"07": "I am a chef.", "0": "x", "03": "I speak Māori."}"#,
            r#"{"03": "I speak Māori.", "01": "I am a cook."}"#,
        ] {
            assert_eq!(said(answer, 3).0, expect, "{answer}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_model_answers_only_phrases_are_said(
            answer in r#"(\{|"0?[0-9]"|: |, |"I am a cook\."|"I bake\."|""|[a-z"\\{}\[\]ā]|null|\})*"#, size in 1..9_usize,
        ) {
            let (said, _) = said(&answer, size);
            let phrases = phrases();
            let mut reading = Reading::new(&phrases);
            prop_assert_eq!(reading.push(&phrases, &said), said);
            prop_assert!(!reading.is_lost());
        }
    }
}
