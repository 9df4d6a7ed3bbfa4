//! Careers that the request does not hold, and careers of the request in other words.

use super::super::tests::marked;
use crate::fixtures::spec;

/// What is marked in `sentence` by an applicant with a known career.
fn check(sentence: &str, expect: &[&str]) {
    let mut spec = spec();
    spec.job.preferred_qualifications = "MBA preferred".to_owned();
    spec.applicant.current_experience = "Staff Nurse at Mercy General Hospital".to_owned();
    spec.applicant.past_experience = "HCA for sunrise homes".to_owned();
    spec.applicant.skills = "python, triage".to_owned();
    spec.applicant.qualifications = "BSc in CS, First Aid, University of Leeds".to_owned();
    let letter = format!("Dear 🙂 team,\n\nThis is about the Data Scientist role. {sentence}\n\nSincerely,\nJo");
    let found = marked("FactsGiven", &spec, &letter).unwrap_or_default();
    assert_eq!(found, expect, "{sentence}");
}

#[test]
fn employers_that_nobody_gave_are_found() {
    check("I worked at Initech for years.", &["Initech"]);
    check("I have worked as a nurse at Royal Infirmary of Bath.", &["Royal Infirmary of Bath"]);
    check("My time at Oakwood Clinic taught me a lot.", &["Oakwood Clinic"]);
    check("I worked for Globex before.", &["Globex"]);
    check("During my internship with Hooli, I learned a lot.", &["Hooli"]);
    check("I graduated from Stanford University.", &["Stanford University"]);
    check("I studied at Oxford.", &["Oxford"]);
}

#[test]
fn employers_that_were_given_may_be_named_in_other_words() {
    check("I work at Mercy General and at Mercy Hospital.", &[]);
    check("I worked for Sunrise Homes, and my role at Sunrise was hard.", &[]);
    check("I studied at the University of Leeds.", &[]);
    check("I worked at Google once.", &[]);
}

#[test]
fn other_names_are_no_employers() {
    for sentence in [
        "I would love to work at Initech.",
        "I worked with Python and Excel.",
        "I worked with Spanish guests at Christmas.",
        "I have worked with children at Key Stage 2.",
        "I worked best at Night.",
        "You worked at Initech.",
        "I saw the role at Initech.",
        "I worked at home. Initech was far.",
        "I care for Mondays.",
    ] {
        check(sentence, &[]);
    }
}

#[test]
fn degrees_that_nobody_gave_are_found() {
    check("I hold a PhD in Physics.", &["PhD"]);
    check("I have a master's degree.", &["master's degree"]);
    check("I earned a degree in Economics.", &["degree in Economics"]);
    check("I have a certification in Python programming.", &["certification in Python"]);
    check("With a doctorate, I can teach.", &["doctorate"]);
}

#[test]
fn degrees_that_were_given_may_be_named_in_other_words() {
    for sentence in [
        "My bachelor's degree gave me a base.",
        "I have a degree in Computer Science.",
        "I hold a certificate in First Aid.",
        "I have a BSc.",
        "I would like to do a PhD.",
        "You ask for an MBA.",
        "I master my days with care.",
        "I have worked with undergraduate students.",
        "I have a degree in my pocket.",
    ] {
        check(sentence, &[]);
    }
}
