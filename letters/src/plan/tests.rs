use super::*;
use crate::fixtures;

fn documented() -> Facts {
    Facts::of(&fixtures::documented()).expect("it can be served")
}

fn plan(length: Length, tone: Tone, seed: u64) -> Plan {
    Plan::of(&documented(), &LetterOptions { tone, length, ..LetterOptions::default() }, seed)
}

#[test]
fn every_fact_is_planned_once_and_in_order() {
    let carriers = [
        "greet",
        "open",
        "current.roleat",
        "past.roleat",
        "skills",
        "qualifications.held",
        "wish.noun",
        "answer",
        "close",
    ];
    for seed in 0..200 {
        for length in [Length::Short, Length::Standard, Length::Long] {
            let plan = plan(length, Tone::Direct, seed);
            let names: Vec<&str> = plan.paragraphs.iter().flatten().map(Move::name).collect();
            for name in &carriers[1..] {
                assert_eq!(names.iter().filter(|found| *found == name).count(), 1, "{name} in {names:?}");
            }
            let at = |name: &str| names.iter().position(|found| *found == name);
            assert_eq!(at("answer"), at("wish.noun").map(|at| at + 1), "the answer follows the wish");
            assert!(
                names[0].starts_with("greet") && names[1] == "open" && names.last() == Some(&"thanks"),
                "{names:?}"
            );
            for (index, name) in names.iter().enumerate().filter(|(_, name)| **name == "lesson") {
                assert!(
                    names[index - 1].starts_with("current.")
                        || names[index - 1].starts_with("past.")
                        || names[index - 1] == "lesson",
                    "{name} in {names:?}"
                );
            }
        }
    }
}

#[test]
fn lengths_and_seeds_give_other_plans() {
    let count = |length| plan(length, Tone::Warm, 1).paragraphs.iter().flatten().count();
    assert!(count(Length::Short) < count(Length::Standard) && count(Length::Standard) < count(Length::Long));
    assert_eq!(plan(Length::Standard, Tone::Warm, 5), plan(Length::Standard, Tone::Warm, 5));
    let different: std::collections::BTreeSet<String> =
        (0..50).map(|seed| plan(Length::Standard, Tone::Warm, seed).written()).collect();
    assert!(different.len() > 4, "{}", different.len());
}

#[test]
fn a_plan_is_written_as_the_model_knows_it() {
    let written = plan(Length::Short, Tone::Professional, 3).written();
    assert!(written.starts_with("<professional>\n<greet"), "{written}");
    assert!(written.contains("\n<open><role><company>"), "{written}");
    assert!(written.contains("<current.roleat><data>"), "{written}");
    assert!(written.ends_with("<close><thanks>"), "{written}");
}

#[test]
fn nothing_that_was_typed_is_in_a_plan() {
    for seed in 0..20 {
        let written = plan(Length::Long, Tone::Warm, seed).written().to_lowercase();
        for word in ["google", "trello", "sony", "python", "john", "4"] {
            assert!(!written.contains(word), "{written}");
        }
    }
}
