//! With the built-in model's vocabulary, against automata that are asked byte by byte.

use proptest::prelude::*;

use super::*;
use crate::tokens::Tokens;

/// Digits, at most five, of which no two are alike.
struct Digits;

impl Automaton for Digits {
    type State = Vec<u8>;

    fn start(&self) -> Vec<u8> {
        Vec::new()
    }

    fn next(&self, state: &Vec<u8>, byte: u8) -> Option<Vec<u8>> {
        let is_new = byte.is_ascii_digit() && !state.contains(&byte) && state.len() < 5;
        is_new.then(|| [state.as_slice(), &[byte]].concat())
    }

    fn may_end(&self, state: &Vec<u8>) -> bool {
        state.len() == 3
    }
}

/// Any text without one word.
struct Without(&'static [u8]);

impl Automaton for Without {
    /// How much of the word the text ends with.
    type State = usize;

    fn start(&self) -> usize {
        0
    }

    fn next(&self, state: &usize, byte: u8) -> Option<usize> {
        let text = [&self.0[..*state], &[byte]].concat();
        let ends = (0..=text.len()).rev().find(|length| self.0.starts_with(&text[text.len() - length..]))?;
        (ends < self.0.len()).then_some(ends)
    }

    fn may_end(&self, _: &usize) -> bool {
        true
    }
}

const END: u32 = 3071;

fn vocabulary() -> Arc<TokenBytes> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/built-in/tokenizer.json");
    let tokens = Tokens::from_bytes(&std::fs::read(file).expect("it is in the repository")).expect("a tokenizer");
    Arc::new(tokens.bytes(3072, &[END]))
}

/// Checks after some steps that just those tokens are left that the automaton takes whole.
fn check<A: Automaton>(guide: &Guide<A>, choices: &[usize]) {
    let Inner { automaton, vocabulary, .. } = &*guide.0;
    let mut constraint = guide.begin();
    let mut state = automaton.start();
    for choice in choices {
        let mut logits = vec![1.0; vocabulary.len()];
        constraint.limit(&mut logits);
        let follow = |id: u32| {
            let bytes = vocabulary.bytes(id)?;
            bytes.iter().try_fold(state.clone(), |state, byte| automaton.next(&state, *byte))
        };
        for (id, logit) in (0u32..).zip(&logits) {
            let is_left = if id == END { automaton.may_end(&state) } else { follow(id).is_some() };
            assert_eq!(*logit > 0.0, is_left, "token {id}");
        }
        let left: Vec<u32> = (0u32..END).filter(|id| logits[*id as usize] > 0.0).collect();
        let Some(token) = left.get(choice % left.len().max(1)) else { return };
        constraint.accept(*token);
        state = follow(*token).expect("it is allowed");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn just_the_tokens_are_left_that_the_automaton_takes(choices in prop::collection::vec(any::<usize>(), 1..8)) {
        let vocabulary = vocabulary();
        check(&Guide::new(Digits, Arc::clone(&vocabulary)), &choices);
        check(&Guide::new(Without(b"experience"), vocabulary), &choices);
    }
}

#[test]
fn after_a_token_that_is_not_allowed_nothing_is() {
    let guide = Guide::new(Digits, vocabulary());
    let mut constraint = guide.begin();
    constraint.accept(END);
    let mut logits = [1.0; 3072];
    constraint.limit(&mut logits);
    assert!(logits.iter().all(|logit| *logit == f32::NEG_INFINITY));
}

/// Two texts that begin alike.
struct Two;

impl Automaton for Two {
    type State = Vec<u8>;

    fn start(&self) -> Vec<u8> {
        Vec::new()
    }

    fn next(&self, state: &Vec<u8>, byte: u8) -> Option<Vec<u8>> {
        let text = [state.as_slice(), &[byte]].concat();
        TEXTS.iter().any(|whole| whole.as_bytes().starts_with(&text)).then_some(text)
    }

    fn may_end(&self, state: &Vec<u8>) -> bool {
        TEXTS.iter().any(|whole| whole.as_bytes() == state)
    }
}

const TEXTS: [&str; 2] = ["I am a teacher in London.", "I am a teacher in Leeds."];

#[test]
fn what_the_automaton_leaves_no_choice_about_is_drafted() {
    let vocabulary = vocabulary();
    let text = |tokens: &[u32]| -> Vec<u8> {
        tokens.iter().flat_map(|id| vocabulary.bytes(*id).expect("it is text").to_vec()).collect()
    };
    let mut constraint = Guide::new(Two, Arc::clone(&vocabulary)).begin();
    let draft = constraint.draft(40);
    assert_eq!(String::from_utf8_lossy(&text(&draft)), "I am a teacher in L");
    assert!(draft.len() < 15, "of long tokens");
    assert_eq!(constraint.draft(2), draft[..2]);
    for token in &draft {
        constraint.accept(*token);
    }
    assert!(constraint.draft(8).is_empty(), "either may come next");
    let branch = (0..END).find(|id| vocabulary.bytes(*id) == Some(b"e")).expect("a letter is a token");
    constraint.accept(branch);
    assert_eq!(text(&constraint.draft(8)), b"eds.");
}
