//! What a general model is asked: to word the notes of a letter.

use std::fmt::Write as _;

use crds::request::Tone;

use crate::complete::{Message, Role};
use crate::plan::Sentence;

/// The same for every letter, so that its tokens are read once.
const RULES: &str = "\
You write the middle of cover letters, in the first person, in plain and natural English. You are given the first \
sentence and notes, one line a paragraph. Turn the notes into sentences in their order. Join two notes where it reads \
well, vary how sentences begin, and add nothing.

Example
First sentence: I am applying for the post of Baker at Oak Lane Bread.
Notes:
now: a kitchen assistant at a school; duties there: bake bread every morning
ask: early shifts; duties: start work at five; hold: a food hygiene certificate
Middle: As a kitchen assistant at a school, I bake bread every morning.

You ask for early shifts, and I start work at five. I hold a food hygiene certificate.";

/// Asks for the paragraphs that follow `opening`.
pub(super) fn messages(tone: Tone, opening: &str, paragraphs: &[Vec<(Sentence, String)>]) -> Vec<Message> {
    let mut notes = String::new();
    for paragraph in paragraphs.iter().filter(|paragraph| !paragraph.is_empty()) {
        let line: Vec<String> = paragraph.iter().map(|(sentence, _)| note(sentence)).collect();
        let _ = writeln!(notes, "{}", line.join("; "));
    }
    ask(tone, opening, &notes)
}

/// Two conversations that share only the beginning that all share.
pub(crate) fn samples() -> [Vec<Message>; 2] {
    [ask(Tone::Direct, "Hello.", "now: a cook\n"), ask(Tone::Warm, "I am applying.", "past: a waiter\n")]
}

fn ask(tone: Tone, opening: &str, notes: &str) -> Vec<Message> {
    let tone = match tone {
        Tone::Professional => "professional",
        Tone::Warm => "warm",
        Tone::Direct => "direct",
    };
    let request = format!("First sentence: {opening}\nTone: {tone}.\nNotes:\n{notes}Middle:");
    vec![Message { role: Role::System, content: RULES.to_owned() }, Message { role: Role::User, content: request }]
}

fn note(sentence: &Sentence) -> String {
    format!("{}: {}", sentence.step.name().replace('.', " "), sentence.words.join(" "))
}
