//! Every rule accepts a good letter and rejects one with a single fault, naming it.

use crds::request::{AppRef, Applicant, Job, Length, LetterOptions};

use super::*;

const GOOD: &str = "\
Dear Hiring Manager,

Please consider me for the Data Scientist position at google. To me, this work means clear notes and patient questions.

My current work is Analyst at Trello, where I learned to check a number before I report it. Before that, I was \
Machine Learning Intern at Sony, and I still use what I learned there. I use python every day.

I noticed that you ask for 4 years experience machine learning. I would be glad to show how my own 2 years relate to \
that. My BSc in Computer Science gave me a sound base. FILL

I look forward to hearing from you.

Sincerely,
John";

fn spec() -> CoverLetterRequestSpec {
    CoverLetterRequestSpec {
        app_ref: AppRef::default(),
        job: Job {
            title: "Data Scientist".to_owned(),
            company: "google".to_owned(),
            preferred_qualifications: "4 years experience machine learning".to_owned(),
            description: "Budget of $200k. Knowledge of Kubernetes.".to_owned(),
        },
        applicant: Applicant {
            name: "John".to_owned(),
            current_experience: "Analyst at Trello for 2 years".to_owned(),
            past_experience: "Machine Learning Intern at Sony".to_owned(),
            skills: "python, SQL".to_owned(),
            qualifications: "BSc in Computer Science".to_owned(),
        },
        letter: LetterOptions::default(),
        seed: None,
        requested_by: None,
        cancel_requested: false,
    }
}

/// A letter of the right length.
fn good() -> String {
    let filler: Vec<String> =
        (b'a'..=b'k').map(|letter| format!("I keep promise {} and finish it with care.", letter as char)).collect();
    GOOD.replace("FILL", &filler.join(" "))
}

/// The names of the rules that reject, and their messages.
fn findings(letter: &str) -> Vec<(String, String)> {
    check(&spec(), letter).into_iter().filter(|check| !check.passed).map(|check| (check.name, check.message)).collect()
}

/// Replacing `from` by `to` in the good letter makes `rule`, and only that, reject with `words` in its message.
fn rejects(rule: &str, from: &str, to: &str, words: &str) {
    let letter = good();
    assert!(letter.contains(from), "{from:?} is in the letter");
    let findings = findings(&letter.replace(from, to));
    assert_eq!(findings.len(), 1, "{rule}: {findings:?}");
    assert_eq!(findings[0].0, rule);
    assert!(findings[0].1.contains(words), "{:?} names {words:?}", findings[0].1);
}

fn accepts(from: &str, to: &str) {
    let letter = good();
    assert!(letter.contains(from), "{from:?} is in the letter");
    assert_eq!(findings(&letter.replace(from, to)), []);
}

#[test]
fn a_good_letter_passes_every_rule() {
    assert_eq!(findings(&good()), []);
    let checks = check(&spec(), &good());
    assert_eq!(checks.len(), RULES.len());
    assert!(checks.iter().all(|check| check.message.is_empty()));
}

#[test]
fn salutation_must_come_first() {
    rejects("Salutation", "Dear Hiring Manager,\n\n", "", "salutation");
    accepts("Dear Hiring Manager,", "Hello to the team at google,");
}

#[test]
fn sign_off_must_come_last_and_bear_the_name() {
    rejects("SignOff", "\nJohn", "\nJane", "\"Jane\", not \"John\"");
    rejects("SignOff", "\n\nSincerely,\nJohn", "", "sign-off");
    accepts("Sincerely,", "Kind regards,");
    let mut nameless = spec();
    nameless.applicant.name.clear();
    let checks = check(&nameless, &good().replace("\nJohn", ""));
    assert!(checks.iter().all(|check| check.passed), "{checks:?}");
}

#[test]
fn last_sentence_must_be_finished() {
    rejects("Complete", "I look forward to hearing from you.", "I look forward to hearing", "not finished");
    accepts("I look forward to hearing from you.", "Shall we talk?");
}

#[test]
fn length_must_be_about_what_was_asked() {
    let short = GOOD.replace(" FILL", "");
    assert_eq!(findings(&short)[0].0, "WordCount");
    let mut spec = spec();
    for (length, words, passed) in [
        (Length::Short, 100, false),
        (Length::Short, 140, true),
        (Length::Standard, 345, true),
        (Length::Standard, 400, false),
        (Length::Long, 400, true),
        (Length::Long, 200, false),
    ] {
        spec.letter.length = length;
        let checks = check(&spec, &"word ".repeat(words));
        let found = checks.iter().find(|check| check.name == "WordCount").expect("every rule answers");
        assert_eq!(found.passed, passed, "{length:?} {words}: {}", found.message);
    }
}

#[test]
fn placeholders_are_found_unless_they_were_given() {
    rejects("Placeholder", "patient questions", "[insert detail]", "[insert detail]");
    rejects("Placeholder", "patient questions", "{topic}", "{topic}");
    rejects("Placeholder", "patient questions", "Your Name", "Your Name");
    let mut spec = spec();
    spec.applicant.skills = "python [expert], SQL".to_owned();
    let checks = check(&spec, &good().replace("python", "python [expert]"));
    assert!(checks.iter().all(|check| check.passed), "{checks:?}");
}

#[test]
fn figures_must_have_been_given() {
    rejects("Figures", "patient questions", "300 questions", "300");
    rejects("Figures", "patient questions", "seven people", "seven people");
    accepts("patient questions", "two years");
    accepts("you ask for 4 years", "you ask for four years");
    accepts("I noticed that you ask for 4 years", "I noticed that you have a budget of $200,000 and ask for 4 years");
}

#[test]
fn figures_of_the_advert_must_not_be_claimed() {
    let sentence = "I noticed that you ask for 4 years experience machine learning.";
    rejects("AdvertFigures", sentence, "I have 4 years experience in machine learning.", "I have 4 years");
    rejects("AdvertFigures", sentence, "As you ask, I bring four years of machine learning.", "four years");
    accepts(sentence, "Your posting asks for 4 years of machine learning, and I will work towards it.");
}

#[test]
fn template_openers_are_found_at_the_beginning_only() {
    let opener = "Please consider me for the Data Scientist position";
    for worn in [
        "I am writing to express my strong interest in the Data Scientist position",
        "I was excited to come across the Data Scientist position",
        "As a passionate person, I like the Data Scientist position",
    ] {
        rejects("TemplateOpener", opener, worn, "Many letters begin");
    }
    accepts("To me, this work", "As a passionate reader, I find that this work");
}

#[test]
fn company_and_role_must_be_named() {
    rejects(
        "CompanyAndRole",
        "the Data Scientist position at google",
        "the position",
        "\"Data Scientist\", \"google\"",
    );
    accepts("Data Scientist position at google", "data scientist position at Google");
}

#[test]
fn everything_given_must_be_used() {
    rejects("FieldsUsed", "My BSc in Computer Science", "My degree", "qualifications");
    rejects("FieldsUsed", "I use python every day.", "I use it every day.", "skills");
    rejects("FieldsUsed", "My current work is Analyst at Trello, where", "At work", "current experience");
    accepts("Machine Learning Intern at Sony", "an intern for machine learning at Sony");
}

#[test]
fn skills_must_have_been_given() {
    rejects("SkillsGiven", "I use python every day.", "I use python and Kubernetes every day.", "Kubernetes");
    accepts("I noticed that you ask for", "I noticed that you ask for Kubernetes and");
    accepts("I use python every day.", "I use Python and SQL every day.");
}

#[test]
fn sentences_must_not_come_twice() {
    rejects(
        "RepeatedSentence",
        "I keep promise a and finish it with care.",
        "I keep promise b and finish it with care.",
        "promise b",
    );
}

#[test]
fn messages_fit_into_the_resource() {
    let letter = "I keep this same sentence here. ".repeat(400) + &"[x] 12345 ".repeat(500);
    assert!(check(&spec(), &letter).iter().all(|check| check.message.chars().count() <= MESSAGE_MAX));
}
