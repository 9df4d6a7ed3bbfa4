use super::*;
use crate::facts::experience::ShapeKind;
use crate::fixtures;

impl Plan {
    /// An answer as planned: every sentence is `words` and its references.
    pub(crate) fn answered(&self, words: &str) -> String {
        let sentence = |step: &Move| {
            let references: Vec<String> = step.references().iter().map(|name| format!("{{{}}}", name.name())).collect();
            format!("{step} {words} {}.", references.join(" and "))
        };
        let paragraphs = self.paragraphs.iter().map(|moves| moves.iter().map(sentence).collect::<String>());
        paragraphs.collect::<Vec<_>>().join("\n\n")
    }
}

fn documented() -> Facts {
    Facts::of(&fixtures::documented()).expect("it can be served")
}

fn plan(length: Length, tone: Tone, seed: u64) -> Plan {
    Plan::of(&documented(), &LetterOptions { tone, length, ..LetterOptions::default() }, seed)
}

#[test]
fn every_fact_is_planned_once_and_in_order() {
    let carriers: [fn(&Move) -> bool; 9] = [
        |step| matches!(step, Move::Greet { .. }),
        |step| matches!(step, Move::Open { .. }),
        |step| matches!(step, Move::Experience { when: When::Now, shape: ShapeKind::RoleAt, .. }),
        |step| matches!(step, Move::Experience { when: When::Before, shape: ShapeKind::RoleAt, .. }),
        |step| matches!(step, Move::Skills),
        |step| matches!(step, Move::QualificationsHeld),
        |step| matches!(step, Move::PreferredNamed),
        |step| matches!(step, Move::Answer),
        |step| matches!(step, Move::Close),
    ];
    for seed in 0..200 {
        for length in [Length::Short, Length::Standard, Length::Long] {
            let plan = plan(length, Tone::Direct, seed);
            let moves: Vec<Move> = plan.paragraphs.iter().flatten().copied().collect();
            let places = |is_wanted: fn(&Move) -> bool| -> Vec<usize> {
                moves.iter().enumerate().filter(|(_, step)| is_wanted(step)).map(|(at, _)| at).collect()
            };
            for carrier in carriers {
                assert_eq!(places(carrier).len(), 1, "{moves:?}");
            }
            let preferred = places(|step| matches!(step, Move::PreferredNamed));
            assert_eq!(moves[preferred[0] + 1], Move::Answer, "the answer follows what the employer prefers");
            assert!(matches!(moves[..], [Move::Greet { .. }, Move::Open { .. }, .., Move::Thanks]), "{moves:?}");
            for lesson in places(|step| matches!(step, Move::Lesson(_))) {
                let before = moves[lesson - 1];
                assert!(matches!(before, Move::Experience { .. } | Move::More(_) | Move::Lesson(_)), "{moves:?}");
            }
            assert!(moves.iter().all(|step| Move::parse(&step.to_string()) == Some(*step)), "{moves:?}");
        }
    }
}

#[test]
fn lengths_and_seeds_give_other_plans() {
    let count = |length| plan(length, Tone::Warm, 1).paragraphs.iter().flatten().count();
    assert!(count(Length::Short) < count(Length::Standard) && count(Length::Standard) < count(Length::Long));
    assert_eq!(plan(Length::Standard, Tone::Warm, 5), plan(Length::Standard, Tone::Warm, 5));
    let different: std::collections::BTreeSet<String> =
        (0..50).map(|seed| plan(Length::Standard, Tone::Warm, seed).to_string()).collect();
    assert!(different.len() > 4, "{}", different.len());
}

#[test]
fn a_plan_is_written_as_the_model_knows_it() {
    let written = plan(Length::Short, Tone::Professional, 3).to_string();
    assert!(written.starts_with("<professional>\n<greet"), "{written}");
    assert!(written.contains("\n<open><role><company>"), "{written}");
    assert!(written.contains("<current.roleat><data>"), "{written}");
    assert!(written.ends_with("<close><thanks>"), "{written}");
}

#[test]
fn nothing_that_was_typed_is_in_a_plan() {
    for seed in 0..20 {
        let written = plan(Length::Long, Tone::Warm, seed).to_string().to_lowercase();
        for word in ["google", "trello", "sony", "python", "john", "4"] {
            assert!(!written.contains(word), "{written}");
        }
    }
}

mod anything {
    use crds::request::LetterOptions;
    use proptest::prelude::*;

    use super::*;
    use crate::plain;

    /// What people might type: words of the trade, every kind of character, and both at once.
    fn field() -> impl Strategy<Value = String> {
        let word = prop_oneof![
            Just("analyst at ".to_owned()),
            Just("2 years ".to_owned()),
            Just(", ".to_owned()),
            Just(" and ".to_owned()),
            Just("(".to_owned()),
            Just(") ".to_owned()),
            Just("studying ".to_owned()),
            Just("BSc ".to_owned()),
            Just("\n- ".to_owned()),
            Just("{company}".to_owned()),
            "\\PC{0,12}",
            any::<String>(),
        ];
        proptest::collection::vec(word, 0..8).prop_map(|words| words.concat())
    }

    proptest! {
        #[test]
        fn can_be_taken_apart_and_stated(fields in proptest::collection::vec(field(), 7), seed in any::<u64>()) {
            let mut spec = fixtures::spec();
            spec.job.title.clone_from(&fields[0]);
            spec.job.company.clone_from(&fields[1]);
            spec.job.preferred_qualifications.clone_from(&fields[2]);
            spec.applicant.current_experience.clone_from(&fields[3]);
            spec.applicant.past_experience.clone_from(&fields[4]);
            spec.applicant.skills.clone_from(&fields[5]);
            spec.applicant.qualifications.clone_from(&fields[6]);
            if let Ok(facts) = Facts::of(&spec) {
                let written = Plan::of(&facts, &LetterOptions::default(), seed).to_string();
                prop_assert!(written.starts_with("<professional>\n<greet"));
            }
            prop_assert!(plain::letter(&spec).starts_with("I would like to apply"));
        }
    }
}
