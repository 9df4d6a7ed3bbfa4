//! Holds the rules against letters that were read and labelled by hand, `models/evaluation/labelled.jsonl`.
//!
//! `cargo test --release -p letters -- labelled --nocapture` prints the table of `docs/checks.md`.

use std::collections::{BTreeMap, BTreeSet};

use crds::CoverLetterRequestSpec;
use serde::Deserialize;

use super::*;

/// The kind of fault that a reader labels, its rule, the lowest recall and the most false alarms, in per cent.
const KINDS: [(&str, &str, usize, usize); 11] = [
    ("put off", "RequirementsAnswered", 95, 1),
    ("gap", "GapsUnsaid", 85, 2),
    ("invented", "NothingInvented", 98, 2),
    ("result", "ResultsGiven", 80, 2),
    ("company", "CompanyNotClaimed", 70, 1),
    ("joined", "FactsApart", 55, 1),
    ("letter", "LetterOnly", 90, 2),
    ("loop", "NoLoops", 95, 1),
    ("verb", "VerbsFit", 60, 2),
    ("raw", "WrittenOut", 85, 8),
    ("harm", "NothingHarmful", 95, 1),
];

/// A letter that was read.
#[derive(Deserialize)]
struct Labelled {
    id: String,
    request: serde_json::Value,
    letter: String,
    verdict: String,
    faults: BTreeSet<String>,
}

impl Labelled {
    /// The rules that reject the letter, and their messages.
    fn failed(&self) -> BTreeMap<String, String> {
        let mut request = self.request.clone();
        request["appRef"] = serde_json::json!({ "name": "letters" });
        let spec: CoverLetterRequestSpec = serde_json::from_value(request).expect("the request is whole");
        check(&spec, &self.letter)
            .into_iter()
            .filter(|check| !check.passed)
            .map(|check| (check.name, check.message))
            .collect()
    }
}

fn labelled() -> Vec<Labelled> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/evaluation/labelled.jsonl");
    let text = std::fs::read_to_string(file).expect("the labelled letters are in the repository");
    text.lines().map(|line| serde_json::from_str(line).expect("a labelled letter a line")).collect()
}

#[test]
fn rules_find_what_readers_of_letters_find() {
    let letters: Vec<(Labelled, BTreeMap<String, String>)> = labelled()
        .into_iter()
        .map(|letter| (letter.failed(), letter))
        .map(|(failed, letter)| (letter, failed))
        .collect();
    assert!(letters.len() >= 150);
    println!("| check | letters with the fault | found | recall | false alarms | of letters without it |");
    for (kind, rule, recall_min, alarms_max) in KINDS {
        let ids = |faulty: bool, fails: bool| -> Vec<&str> {
            let is = |(letter, failed): &&(Labelled, BTreeMap<String, String>)| {
                letter.faults.contains(kind) == faulty && failed.contains_key(rule) == fails
            };
            letters.iter().filter(is).map(|(letter, _)| letter.id.as_str()).collect()
        };
        let (found, missed, alarms, clean) = (ids(true, true), ids(true, false), ids(false, true), ids(false, false));
        let percent = |part: usize, rest: usize| (part * 100).checked_div(part + rest).unwrap_or(100);
        let recall = percent(found.len(), missed.len());
        let share = if alarms.is_empty() { 0 } else { percent(alarms.len(), clean.len()) };
        println!(
            "| `{rule}` | {} | {} | {recall} % | {} | {share} % |",
            found.len() + missed.len(),
            found.len(),
            alarms.len()
        );
        println!("    missed {missed:?}");
        for (letter, failed) in letters.iter().filter(|(letter, _)| alarms.contains(&letter.id.as_str())) {
            println!("    {} {}", letter.id, failed[rule]);
        }
        assert!(recall >= recall_min, "{rule} misses {missed:?}");
        assert!(share <= alarms_max, "{rule} is wrong about {alarms:?}");
    }
    let sent: Vec<&(Labelled, BTreeMap<String, String>)> =
        letters.iter().filter(|(letter, _)| letter.verdict == "SEND").collect();
    println!(
        "SEND: {}, of which all rules pass {}",
        sent.len(),
        sent.iter().filter(|(_, failed)| failed.is_empty()).count()
    );
    for (letter, failed) in sent.iter().filter(|(_, failed)| !failed.is_empty()) {
        println!("    {} {failed:?}", letter.id);
    }
    let rejected = || letters.iter().filter(|(letter, _)| letter.verdict == "REJECT");
    println!(
        "REJECT: {}, of which some rule fails {}",
        rejected().count(),
        rejected().filter(|(_, failed)| !failed.is_empty()).count()
    );
}
