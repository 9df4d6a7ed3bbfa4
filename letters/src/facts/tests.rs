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
    assert_eq!(facts.job, Family::Hospitality);
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
