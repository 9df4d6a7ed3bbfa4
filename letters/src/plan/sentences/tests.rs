use crds::request::{Applicant, Job, Tone};

use super::super::moves::Move;
use super::*;
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

fn plan() -> Plan {
    let open = Move(vec!["open", "role", "company"]);
    let current = Move::about("current.sentence", "hospitality");
    let paragraphs = vec![vec![Move::bare("greet")], vec![open, current], vec![Move::bare("skills")]];
    Plan { tone: Tone::Direct, paragraphs }
}

const ANSWER: &str = "<greet> Dear Team,\n\n<open><role><company> I apply as {title} at {company}.\
    <current.sentence><hospitality> {current}.\n\n<skills> I offer {skills}.";

#[test]
fn an_answer_as_planned_becomes_a_letter() {
    let draft = Draft::read(ANSWER, &plan()).expect("it is as planned");
    let letter = draft.filled(&facts()).expect("all references are known");
    assert_eq!(letter, "Dear Team,\n\nI apply as Chef at Acme Inc. I work in {company} kitchens.\n\nI offer baking.");
}

#[test]
fn an_answer_that_goes_astray_is_refused() {
    let check = |from: &str, to: &str, expect: Astray| {
        let answer = ANSWER.replacen(from, to, 1);
        assert_ne!(answer, ANSWER);
        assert_eq!(Draft::read(&answer, &plan()), Err(expect), "{answer}");
    };
    check("<current.sentence><hospitality> {current}.", "", Astray::Moves);
    check("<hospitality>", "<retail>", Astray::Moves);
    check("\n\n<skills> I offer {skills}.", "", Astray::Moves);
    check("{title}", "cook", Astray::Sentence);
    check("{skills}", "{skills} and {traits}", Astray::Sentence);
    check("{skills}", "{skills", Astray::Sentence);
    check("I offer {skills}.", "I offer {skills}.<thanks> Bye.", Astray::Moves);
    check("<greet> Dear Team,", "Dear Team,", Astray::Moves);
    check("<greet>", "<greeting>", Astray::Moves);
    check("I offer {skills}.", "I offer {skills} and", Astray::Sentence);
}

#[test]
fn a_reference_without_a_fact_is_refused() {
    let answer = ANSWER.replace("<skills> I offer {skills}.", "<traits> I am {traits}.");
    let mut plan = plan();
    plan.paragraphs[2] = vec![Move::bare("traits")];
    let draft = Draft::read(&answer, &plan).expect("it is as planned");
    assert_eq!(draft.filled(&facts()), Err(Astray::Sentence));
}

#[test]
fn a_missing_sentence_without_references_and_words_said_twice_are_faults() {
    let mut plan = plan();
    plan.paragraphs[2].push(Move::about("habit", "general"));
    let short = Draft::read(ANSWER, &plan).expect("all references are there");
    assert_eq!(short.faults(), 1);
    let twice =
        ANSWER.to_owned() + "<habit><general> I try to finish what I begin today and finish what I begin today.";
    let draft = Draft::read(&twice, &plan).expect("all references are there");
    assert_eq!(draft, short, "it is left out");
    plan.paragraphs[2].push(Move::about("value", "general"));
    let again = ANSWER.to_owned()
        + "<habit><general> I finish what I begin today.<value><general> They finish what I begin today.";
    let draft = Draft::read(&again, &plan).expect("all references are there");
    assert_eq!((draft.faults(), draft.paragraphs[2].len()), (1, 2), "{draft:?}");
}
