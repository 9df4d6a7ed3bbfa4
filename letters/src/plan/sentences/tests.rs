use crds::request::{Applicant, Job};

use super::*;
use crate::facts::experience::{ShapeKind, When};
use crate::facts::family::Family;
use crate::facts::title::TitleKind;
use crate::fixtures;

fn facts() -> Facts {
    let spec = crds::CoverLetterRequestSpec {
        job: Job { title: "Chef".to_owned(), company: "Acme Inc.".to_owned(), ..Job::default() },
        applicant: Applicant {
            current_experience: "i work in {company} kitchens".to_owned(),
            skills: "baking".to_owned(),
            ..Applicant::default()
        },
        ..fixtures::spec()
    };
    Facts::of(&spec).expect("it can be served")
}

fn plan() -> Vec<Vec<Move>> {
    let open = Move::Open { title: Some(TitleKind::Role), has_company: true };
    let current = Move::Experience { when: When::Now, shape: ShapeKind::Sentence, family: Family::Hospitality };
    vec![vec![Move::Greet { to_company: false }], vec![open, current], vec![Move::Skills]]
}

const ANSWER: &str = "<greet> Dear Team,\n\n<open><role><company> I apply as {title} at {company}.\
    <current.sentence><hospitality> {current}.\n\n<skills> I offer {skills}.";

#[test]
fn an_answer_as_planned_becomes_a_letter() {
    let sentences = Sentences::read(ANSWER, &plan()).expect("it is as planned");
    let letter = sentences.filled(&facts()).expect("all references are known");
    assert_eq!(letter, "Dear Team,\n\nI apply as Chef at Acme Inc. I work in {company} kitchens.\n\nI offer baking.");
}

#[test]
fn an_answer_that_is_not_as_planned_is_refused() {
    let check = |from: &str, to: &str, expect: NotAsPlanned| {
        let answer = ANSWER.replacen(from, to, 1);
        assert_ne!(answer, ANSWER);
        assert_eq!(Sentences::read(&answer, &plan()), Err(expect), "{answer}");
    };
    check("<current.sentence><hospitality> {current}.", "", NotAsPlanned::Moves);
    check("<hospitality>", "<retail>", NotAsPlanned::Moves);
    check("\n\n<skills> I offer {skills}.", "", NotAsPlanned::Moves);
    check("{title}", "cook", NotAsPlanned::Sentence);
    check("{skills}", "{skills} and {traits}", NotAsPlanned::Sentence);
    check("{skills}", "{skills", NotAsPlanned::Sentence);
    check("I offer {skills}.", "I offer {skills}.<thanks> Bye.", NotAsPlanned::Moves);
    check("<greet> Dear Team,", "Dear Team,", NotAsPlanned::Moves);
    check("<greet>", "<greeting>", NotAsPlanned::Moves);
    check("I offer {skills}.", "I offer {skills} and", NotAsPlanned::Sentence);
}

#[test]
fn a_reference_without_a_fact_is_refused() {
    let answer = ANSWER.replace("<skills> I offer {skills}.", "<traits> I am {traits}.");
    let mut plan = plan();
    plan[2] = vec![Move::Traits];
    let sentences = Sentences::read(&answer, &plan).expect("it is as planned");
    assert_eq!(sentences.filled(&facts()), Err(NotAsPlanned::Sentence));
}

#[test]
fn a_missing_sentence_without_references_and_words_said_twice_are_faults() {
    let mut plan = plan();
    plan[2].push(Move::Habit(Family::General));
    let short = Sentences::read(ANSWER, &plan).expect("all references are there");
    assert_eq!(short.faults(), 1);
    let twice =
        ANSWER.to_owned() + "<habit><general> I try to finish what I begin today and finish what I begin today.";
    let sentences = Sentences::read(&twice, &plan).expect("all references are there");
    assert_eq!(sentences, short, "it is left out");
    plan[2].push(Move::Value(Family::General));
    let again = ANSWER.to_owned()
        + "<habit><general> I finish what I begin today.<value><general> They finish what I begin today.";
    let sentences = Sentences::read(&again, &plan).expect("all references are there");
    assert_eq!((sentences.faults(), sentences.paragraphs[2].len()), (1, 2), "{sentences:?}");
}
