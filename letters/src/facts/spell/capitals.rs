//! Quietens text in capitals, and takes stray capitals away.

use super::shorthand::{EVERYDAY, is_name, spelling};
use super::tokens::{Token, Tokens};
use crate::words::list;

list!(ORDINARY = "spell/ordinary");

/// Puts text that is all in capitals into small letters; the lists give names their capitals back.
pub(super) fn quieten(tokens: &mut Tokens) {
    // Abbreviations alone make no loud text: one everyday word does.
    let is_everyday = |token: &Token| ORDINARY.has(&token.core.to_lowercase()) && token.core.len() > 1;
    let is_loud = tokens.0.iter().all(|token| !token.core.chars().any(char::is_lowercase))
        && tokens.0.iter().any(|token| is_everyday(token) || is_shouted(token));
    for token in &mut tokens.0 {
        let is_word = ORDINARY.has(&token.core.to_lowercase());
        let is_loud_word = is_loud && !is_abbreviation(&token.core);
        if is_loud_word || is_shouted(token) && is_word {
            token.core = token.core.to_lowercase();
        }
    }
}

/// Whether a word is in capitals although it is no abbreviation that we know.
fn is_shouted(token: &Token) -> bool {
    let core = &token.core;
    let lower = core.to_lowercase();
    let is_word = core.chars().filter(|c| c.is_alphabetic()).count() > 3 && lower.contains(['a', 'e', 'i', 'o', 'u']);
    is_word
        && !core.chars().any(char::is_lowercase)
        && !is_abbreviation(core)
        && (ORDINARY.has(&lower) || lower.len() > 6)
}

fn is_abbreviation(core: &str) -> bool {
    let lower = core.to_lowercase();
    spelling(&lower) == Some(core) && !EVERYDAY.has(&lower)
        || core.chars().any(|c| c.is_ascii_digit()) && core.len() < 6
}

/// Takes capitals from everyday words, save in names: "a Part-time ranger", but "at Sunny Corner Nursery".
pub(super) fn settle(tokens: &mut Tokens) {
    let mut at = 0;
    while at < tokens.0.len() {
        let end = run(tokens, at);
        if end > at {
            lower_run(tokens, at, end);
        }
        at = end.max(at + 1);
    }
}

/// The end of the run of words with a capital that begins at `at`; `at` when there is none.
fn run(tokens: &Tokens, at: usize) -> usize {
    let is_part = |at: usize| {
        let token = &tokens.0[at];
        token.is_capitalised() && !token.is_settled && token.core != "I"
    };
    let mut end = at;
    while end < tokens.0.len() && is_part(end) && (end == at || !tokens.before(end).is_empty()) {
        end += 1;
    }
    end
}

fn lower_run(tokens: &mut Tokens, start: usize, end: usize) {
    let lead = tokens.before(start);
    // A single letter is a grade, unless the text begins with it.
    let is_word = |token: &Token| token.core.len() > 1 || start == 0 && end == 1;
    let is_plain =
        |token: &Token| ORDINARY.has(&token.core.to_lowercase()) && !token.has_inner_capital() && is_word(token);
    let all_plain = tokens.0[start..end].iter().all(is_plain);
    let is_named = end - start > 1 && matches!(lead.as_str(), "at" | "for" | "with" | "from" | "of" | "the" | "by");
    let opens = start == 0 || tokens.0[start - 1].tail.contains(['.', '!', '?']) && start > 0;
    let follows_sentence = opens && start > 0;
    if follows_sentence {
        return;
    }
    if all_plain && !is_named {
        for token in &mut tokens.0[start..end] {
            token.core = token.core.to_lowercase();
        }
    } else if start == 0 && end - start == 2 && is_plain(&tokens.0[0]) && is_name(&tokens.0[1].core) {
        tokens.0[0].core = tokens.0[0].core.to_lowercase();
    }
}

/// Whether a word, in small letters, is an everyday word, which needs no capital inside a sentence.
#[must_use]
pub fn is_ordinary(word: &str) -> bool {
    ORDINARY.has(word)
}
