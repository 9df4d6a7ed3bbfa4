use crds::request::{Applicant, Job};

use super::experience::Shape;
use super::*;
use crate::fixtures;

fn spec(current: &str, skills: &str) -> CoverLetterRequestSpec {
    CoverLetterRequestSpec {
        job: Job { title: "Chef".to_owned(), company: "Noma".to_owned(), ..Job::default() },
        applicant: Applicant {
            current_experience: current.to_owned(),
            skills: skills.to_owned(),
            ..Applicant::default()
        },
        ..fixtures::spec()
    }
}

fn refused(current: &str, skills: &str, why: Unserved) {
    assert_eq!(Facts::of(&spec(current, skills)), Err(why), "{current} {skills}");
}

#[test]
fn what_says_nothing_is_absent() {
    let facts = Facts::of(&spec("unemployed", "knife skills, baking\nN/A")).expect("it can be served");
    assert_eq!(facts.current, None);
    assert_eq!(facts.skills.list.as_deref(), Some("knife skills, baking and N/A"));
    assert_eq!(facts.job, Family("hospitality"));
    assert_eq!(facts.qualifications, None);
}

#[test]
fn capitals_of_the_applicant_are_kept() {
    let facts = Facts::of(&spec("iOS Developer at eBay", "macOS")).expect("it can be served");
    let expect = Shape::RoleAt { role: "an iOS Developer".to_owned(), at: "at eBay".to_owned() };
    assert_eq!(facts.current.map(|current| current.shape), Some(expect));
}

#[test]
fn what_does_not_fit_a_sentence_is_told() {
    refused("", "", Unserved::NothingGiven);
    refused("none", "-", Unserved::NothingGiven);
    refused("Стажёр в Сбербанк", "", Unserved::Alphabet("the current experience"));
    refused("", "機械学習", Unserved::Alphabet("the list of skills"));
    refused(&"many words ".repeat(60), "", Unserved::Long("the current experience"));
    refused(&"x".repeat(500), "", Unserved::Long("the current experience"));
    let mut german = spec("cook", "baking");
    german.letter.language = "de".to_owned();
    assert_eq!(Facts::of(&german), Err(Unserved::Language));
}

#[test]
fn names_of_companies_may_be_in_any_alphabet() {
    let mut spec = spec("cook at 楽天", "baking");
    spec.job.company = "ソニー".to_owned();
    assert_eq!(Facts::of(&spec).map(|facts| facts.company), Ok(Some("ソニー".to_owned())));
}

mod anything {
    use crds::request::LetterOptions;
    use proptest::prelude::*;

    use super::*;
    use crate::plain;
    use crate::plan::Plan;

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
                let written = Plan::of(&facts, &LetterOptions::default(), seed).written();
                prop_assert!(written.starts_with("<professional>\n<greet"));
            }
            prop_assert!(plain::letter(&spec).starts_with("I would like to apply"));
        }
    }
}
