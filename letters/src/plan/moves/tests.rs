use std::collections::BTreeSet;

use super::*;
use crate::words::{List, file};

#[test]
fn every_move_is_parsed_from_its_marks() {
    for step in Move::all() {
        assert_eq!(Move::parse(&step.to_string()), Some(step));
    }
    assert_eq!(MOVES.len(), Move::all().len(), "no two moves have the same marks");
    for marks in
        ["", "<greeting>", "<lesson>", "<lesson><role>", "<close><thanks>", "<open><company>", "<greet", "greet"]
    {
        assert_eq!(Move::parse(marks), None, "{marks}");
    }
}

#[test]
fn the_vocabulary_names_every_move_and_no_other() {
    let is_family = |word: &&str| Family::ALL.iter().any(|family| family.name() == *word);
    let pattern = |step: Move| {
        let words = step.words().into_iter().map(|word| if is_family(&word) { "FAMILY" } else { word });
        words.collect::<Vec<_>>().join(" ")
    };
    let moves: BTreeSet<String> = Move::all().into_iter().map(pattern).collect();
    let vocabulary: BTreeSet<String> = List::read(file!("moves")).iter().map(str::to_owned).collect();
    assert_eq!(moves, vocabulary);
}
