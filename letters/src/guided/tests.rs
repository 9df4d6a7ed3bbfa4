//! Letters of a model that answers at random within what it may write.

use super::*;
use crate::allowed::Allowed;
use crate::compose::signed;
use crate::evidence::evidence;
use crate::facts::Facts;
use crate::fixtures;

fn guided(seed: u64) -> Guided {
    let request = fixtures::documented();
    let facts = Facts::of(&request).unwrap();
    Guided::new(Plan::of(&facts, &evidence(&request.job, &facts.all), &request.letter, seed))
}

/// A text that the phrases allow, with choices by a seed.
fn drawn(phrases: &Phrases, seed: u64) -> String {
    let (mut state, mut bytes, mut choice) = (phrases.start(), Vec::new(), seed);
    while !phrases.may_end(state) {
        let open: Vec<u8> = (0..=u8::MAX).filter(|byte| phrases.next(state, *byte).is_some()).collect();
        choice = choice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let byte = open[usize::try_from(choice >> 33).unwrap() % open.len()];
        bytes.push(byte);
        state = phrases.next(state, byte).unwrap();
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn whatever_a_model_writes_the_letter_says_what_was_planned_and_nothing_else() {
    let request = fixtures::documented();
    let given = "Dear Google Data Scientist Sincerely John Recruitment Team analyst Trello machine learning intern Sony \
                 Machine Learning Analyst Intern Python SQL BSc Computer Science";
    for seed in 0..1000 {
        let mut guided = guided(seed);
        let answer = drawn(&guided.phrases, seed);
        let written = guided.push(&answer);
        let text = format!("{}{written}{}", guided.beginning, guided.rest());
        assert!(guided.is_over(), "{answer}");
        let letter = signed(&request, &text).unwrap();
        assert!(!letter.contains(|c: char| c.is_ascii_digit() || "[]{}<>~|".contains(c)), "{letter}");
        let sentences = letter.split(['.', '\n']).map(str::trim);
        for word in sentences.flat_map(|sentence| sentence.split_whitespace().skip(1)) {
            let is_name = word.starts_with(char::is_uppercase) && word != "I" && !word.starts_with("I'");
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            assert!(!is_name || given.split(' ').any(|given| given == bare), "{word} in {letter}");
        }
        assert!(letter.contains("Trello") && letter.contains("Sony"), "{letter}");
    }
}

#[test]
fn a_form_with_nothing_in_it_asks_the_model_for_nothing() {
    let request = fixtures::spec();
    let facts = Facts::of(&request).unwrap();
    let guided = Guided::new(Plan::of(&facts, &evidence(&request.job, &facts.all), &request.letter, 1));
    assert!(guided.messages.is_empty() && guided.is_over());
    assert!(signed(&request, &format!("{}{}", guided.beginning, guided.rest())).is_ok());
}
