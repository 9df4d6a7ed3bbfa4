//! Letters that claim what an employer asks for, and letters that only mention it.

use super::super::tests::marked;
use crate::fixtures::spec;

/// What is marked in `sentence`, in a letter to an employer with these wishes by an applicant with these fields.
fn check(preferred: &str, applicant: &str, sentence: &str, expect: &[&str]) {
    let mut spec = spec();
    spec.job.preferred_qualifications = preferred.to_owned();
    spec.applicant.skills = applicant.to_owned();
    let letter = format!("Dear 🙂 team,\n\nThis is about the Data Scientist role. {sentence}\n\nSincerely,\nJo");
    let found = marked("AdvertClaims", &spec, &letter).unwrap_or_default();
    assert_eq!(found, expect, "{preferred:?}, {applicant:?}: {sentence}");
}

#[test]
fn requirements_stated_as_facts_are_claims() {
    let licence = "full driving licence";
    check(licence, "python", "I hold a full driving licence.", &["full driving licence"]);
    check(licence, "python", "I have a clean driver record and a driving license.", &["driving license"]);
    check(licence, "python", "My full driving licence is from Leeds.", &["full driving licence"]);
    check(licence, "python", "With a driving licence, I can start tomorrow.", &["driving licence"]);
    check("Fluent Spanish", "typing", "I speak Spanish with our guests.", &["Spanish"]);
    check("2 years in acute care", "triage", "I have worked in acute care.", &["acute care"]);
    check("ACCA part-qualified", "Excel", "I am ACCA part-qualified.", &["ACCA"]);
    check(
        "experience with large infrastructure projects",
        "scheduling",
        "As you ask, I bring experience with large infrastructure projects.",
        &["large infrastructure projects"],
    );
    check("forklift licence", "forklift driving", "I hold a forklift licence.", &["forklift licence"]);
    check(
        "food safety certificate",
        "knife skills",
        "I have a certificate in food safety.",
        &["certificate in food safety"],
    );
    check("welding, plumbing", "wiring", "I am trained in plumbing and welding.", &["plumbing", "welding"]);
}

#[test]
fn words_about_requirements_are_no_claims() {
    let licence = "full driving licence";
    for sentence in [
        "You ask for a full driving licence.",
        "I would like to earn a driving licence.",
        "I noticed that you prefer a full driving licence.",
        "Your preference for a full driving licence is clear to me.",
        "I have read the note on a full driving licence with care.",
        "I do not hold a full driving licence yet.",
        "I have no full driving licence.",
        "I am working towards a full driving licence.",
        "Among your preferred qualifications is a full driving licence.",
        "My plan is to get a full driving licence by June.",
        "I understand why a full driving licence matters.",
        "The preferred qualifications, full driving licence, have my full attention.",
        "I drive projects home, and the licence office knows me.",
    ] {
        check(licence, "python", sentence, &[]);
    }
    check("2 years in acute care", "triage", "I finish what I begin with care.", &[]);
    check("2 years in acute care", "triage", "I look forward to learning about acute care.", &[]);
}

#[test]
fn what_the_applicant_gave_is_theirs() {
    check("full driving licence", "driving licence", "I hold a full driving licence.", &[]);
    check("full driving licence", "driver's license (clean)", "I hold a full driving licence.", &[]);
    check(
        "4 years experience machine learning",
        "machine learning at Sony",
        "I have experience in machine learning.",
        &[],
    );
    check("fluent Spanish", "spanish, typing", "I speak Spanish.", &[]);
    let mut spec = spec();
    spec.job.preferred_qualifications = "first aid certificate".to_owned();
    spec.applicant.qualifications = "First Aid".to_owned();
    let letter = "Dear all,\n\nI hold a first aid certificate.\n\nRegards,\nJo";
    assert_eq!(marked("AdvertClaims", &spec, letter), None, "a qualification is a certificate");
}

#[test]
fn general_words_and_names_of_the_job_claim_nothing() {
    let general = "3+ years of experience, team player, excellent communication skills, attention to detail";
    check(
        general,
        "python",
        "I have experience in a team and good communication skills with attention to detail.",
        &[],
    );
    check("Data Scientist experience at google", "python", "I have worked beside a Data Scientist at Google.", &[]);
    check("customer service", "baking", "I work with customers and give good service.", &[]);
    check("none", "baking", "I have none of the usual doubts.", &[]);
    check("patience", "baking", "I have patience.", &[]);
}

#[test]
fn nobody_meets_all_requirements() {
    check("python", "python", "I meet all of your requirements.", &["meet all of your requirements"]);
    check("", "python", "My background fully matches the stated criteria.", &["matches the stated criteria"]);
    check("", "python", "I have everything you ask for.", &["everything you ask"]);
    check("", "python", "I do not meet all your requirements.", &[]);
    check("", "python", "I meet customer requirements with patience.", &[]);
    check("", "python", "I hope to meet your requirements.", &[]);
    check("", "python", "Whether I meet your requirements is yours to say.", &[]);
}

#[test]
fn adverts_ask_too() {
    let mut spec = spec();
    spec.job.description = "We bake rye bread.\n\nYou will need: a hygiene certificate; fluent Polish.".to_owned();
    let letter = |sentence: &str| format!("Dear all,\n\n{sentence}\n\nRegards,\nJo");
    let claim = letter("I hold a hygiene certificate and speak Polish.");
    assert_eq!(
        marked("AdvertClaims", &spec, &claim),
        Some(vec!["hygiene certificate".to_owned(), "Polish".to_owned()])
    );
    assert_eq!(marked("AdvertClaims", &spec, &letter("I have baked rye bread.")), None, "nobody asks for that");
    assert_eq!(marked("AdvertClaims", &spec, &letter("You ask for fluent Polish.")), None);
}
