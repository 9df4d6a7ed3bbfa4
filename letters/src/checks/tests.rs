//! Every rule accepts a good letter and rejects one with a single fault, naming and marking it.

use crds::request::{AppRef, Applicant, Job, Length, LetterOptions};

use super::*;

const GOOD: &str = "\
Dear Hiring Manager,

Please consider me for the Data Scientist position at google. This work needs clear notes and patient questions.

My current work is Analyst at Trello, where I check each number before I report it. Before that, I was a \
Machine Learning Intern at Sony. I use Python every day.

I noticed that you ask for 4 years experience machine learning. Of these I have 2 years. I also hold a BSc in Computer \
Science.

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
            skills: "Python, SQL".to_owned(),
            qualifications: "BSc in Computer Science".to_owned(),
            ..Applicant::default()
        },
        letter: LetterOptions::default(),
        seed: None,
        requested_by: None,
        cancel_requested: false,
    }
}

fn good() -> String {
    GOOD.to_owned()
}

/// The names of the rules that reject, and their messages.
fn findings(letter: &str) -> Vec<(String, String)> {
    check(&spec(), letter).into_iter().filter(|check| !check.passed).map(|check| (check.name, check.message)).collect()
}

/// What `rule` marks in the letter, in its order; `None` when it accepts the letter.
pub(super) fn marked(rule: &str, spec: &CoverLetterRequestSpec, letter: &str) -> Option<Vec<String>> {
    let found = check(spec, letter).into_iter().find(|check| check.name == rule).expect("every rule answers");
    assert!(found.marks.is_sorted_by(|one, next| one.end <= next.start), "marks are apart: {:?}", found.marks);
    assert!(!found.passed || found.marks.is_empty());
    let slice = |mark: &crds::request::Mark| {
        letter.chars().skip(mark.start as usize).take((mark.end - mark.start) as usize).collect()
    };
    (!found.passed).then(|| found.marks.iter().map(slice).collect())
}

/// Replacing `from` by `to` in the good letter makes `rule` reject with `words` in its message and with these words of the
/// letter marked.
fn rejects(rule: &str, from: &str, to: &str, words: &str, marks: &[&str]) {
    let letter = good();
    assert!(letter.contains(from), "{from:?} is in the letter");
    let letter = letter.replace(from, to);
    let findings = findings(&letter);
    let Some((_, message)) = findings.iter().find(|(name, _)| name == rule) else { panic!("{rule}: {findings:?}") };
    assert!(message.contains(words), "{message:?} names {words:?}");
    assert_eq!(marked(rule, &spec(), &letter).expect("the rule rejects"), marks);
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
    assert!(checks.iter().all(|check| check.message.is_empty() && check.marks.is_empty()));
}

#[test]
fn rules_stand_in_the_documentation_word_for_word() {
    let page = include_str!("../../../docs/checks.md");
    for rule in &RULES {
        let row = format!("| `{}` | {} |", rule.name, rule.words);
        assert!(page.contains(&row), "{row}");
    }
}

#[test]
fn salutation_must_come_first() {
    rejects("Salutation", "Dear Hiring Manager,\n\n", "", "salutation", &[]);
    rejects("Salutation", "Dear Hiring Manager,\n\n", "To keep it short.\n\n", "salutation", &[]);
    accepts("Dear Hiring Manager,", "Hello to the team at google,");
    accepts("Dear Hiring Manager,", "To whom it may concern,");
}

#[test]
fn sign_off_must_come_last_and_bear_the_name() {
    rejects("SignOff", "\nJohn", "\nJane 🙂", "\"Jane 🙂\", not \"John\"", &["Jane 🙂"]);
    rejects("SignOff", "\n\nSincerely,\nJohn", "", "sign-off", &[]);
    accepts("Sincerely,", "Kind regards,");
    let mut nameless = spec();
    nameless.applicant.name.clear();
    let checks = check(&nameless, &good().replace("\nJohn", ""));
    assert!(checks.iter().all(|check| check.passed), "{checks:?}");
}

#[test]
fn last_sentence_must_be_finished() {
    let last = "I look forward to hearing from you.";
    rejects("Complete", last, "I look forward to hearing", "not finished", &["I look forward to hearing"]);
    rejects("Complete", last, "I like it. We could,", "not finished", &["We could,"]);
    accepts(last, "Shall we talk?");
    accepts(last, "As they say: \"We shall see.\"");
}

#[test]
fn a_letter_may_be_short_but_not_longer_than_was_asked() {
    let mut spec = spec();
    for (length, words, passed) in [
        (Length::Short, 20, false),
        (Length::Short, 60, true),
        (Length::Short, 230, true),
        (Length::Short, 240, false),
        (Length::Standard, 345, true),
        (Length::Standard, 400, false),
        (Length::Long, 400, true),
        (Length::Long, 90, true),
        (Length::Long, 470, false),
    ] {
        spec.letter.length = length;
        let found = marked("WordCount", &spec, &"word ".repeat(words));
        assert_eq!(found, (!passed).then(Vec::new), "{length:?} {words}");
    }
}

#[test]
fn placeholders_are_found_unless_they_were_given() {
    for hole in ["[insert detail]", "{topic}", "<your experience>", "Your Name", "____"] {
        rejects("Placeholder", "patient questions", hole, hole, &[hole]);
    }
    accepts("patient questions", "a place where your name and the company name count, and 🙂 < more");
    let quoted = ["Python [expert]", "<b>Python</b>", "Python <|im_end|>", "Python {sic}"];
    for skills in quoted {
        let mut spec = spec();
        spec.applicant.skills = format!("{skills}, SQL");
        let checks = check(&spec, &good().replace("Python", skills));
        let holes = checks.iter().find(|check| check.name == "Placeholder").expect("every rule answers");
        assert!(holes.passed, "{holes:?}");
    }
}

#[test]
fn figures_must_have_been_given() {
    rejects("Figures", "patient questions", "300 questions", "300", &["300"]);
    rejects("Figures", "patient questions", "seven people", "seven people", &["seven people"]);
    rejects("Figures", "patient questions", "🙂 30 % more", "30 %", &["30 %"]);
    accepts("patient questions", "two years");
    accepts("you ask for 4 years", "you ask for four years");
    accepts("I noticed that you ask for 4 years", "I noticed that you have a budget of $200,000 and ask for 4 years");
}

#[test]
fn figures_of_the_advert_must_not_be_claimed() {
    let sentence = "I noticed that you ask for 4 years experience machine learning.";
    rejects("AdvertFigures", sentence, "I have 4 years experience in machine learning.", "4 years", &["4 years"]);
    rejects(
        "AdvertFigures",
        sentence,
        "As you ask, I bring four years of machine learning.",
        "four years",
        &["four years"],
    );
    accepts(sentence, "Your posting asks for 4 years of machine learning, and I will work towards it.");
}

#[test]
fn template_openers_are_found_at_the_beginning_only() {
    let opener = "Please consider me for the Data Scientist position";
    for (worn, words) in [
        ("I am writing to express my strong interest in the Data Scientist position", "I am writing to express"),
        ("I was excited to come across the Data Scientist position", "I was excited to come across"),
        ("As a passionate person, I like the Data Scientist position", "As a passionate"),
    ] {
        rejects("TemplateOpener", opener, worn, "Many letters begin", &[words]);
    }
    let later = good().replace("This work needs", "As a passionate reader, I find that it needs");
    assert_eq!(marked("TemplateOpener", &spec(), &later), None);
    accepts("Please consider me for", "I would like to be considered for");
}

#[test]
fn company_and_role_must_be_named() {
    let both = "the Data Scientist position at google";
    rejects("CompanyAndRole", both, "the position", "\"Data Scientist\", \"google\"", &[]);
    rejects("CompanyAndRole", both, "the Data Scientist position", "\"google\"", &[]);
    accepts("Data Scientist position at google", "data scientist position at Google");
    accepts("Data Scientist position at google", "“Data\nScientist” position at “google”");
    let mut spec = spec();
    (spec.job.title, spec.job.company) = ("\"Data Scientist.\"".to_owned(), " n/a ".to_owned());
    assert_eq!(marked("CompanyAndRole", &spec, &good().replace(" at google", "")), None);
}

#[test]
fn everything_given_must_be_used() {
    rejects("FieldsUsed", "a BSc in Computer Science", "a degree", "qualifications", &[]);
    rejects("FieldsUsed", "I use Python every day.", "I use it every day.", "skills", &[]);
    rejects("FieldsUsed", "My current work is Analyst at Trello, where", "At work", "current experience", &[]);
    accepts("My current work is Analyst at Trello, where", "At Trello,");
    accepts("Machine Learning Intern at Sony", "an intern for machine learning at Sony");
    for nothing in ["none yet", "N/A", "-", "Unemployed.", "🙂"] {
        let mut spec = spec();
        spec.applicant.current_experience = nothing.to_owned();
        let letter = good().replace("My current work is Analyst at Trello, where", "At work");
        assert_eq!(marked("FieldsUsed", &spec, &letter), None, "{nothing}");
    }
    let mut spec = spec();
    let page: Vec<String> = (0..900).map(|word| format!("w{word}")).collect();
    spec.applicant.past_experience = page.join(" ");
    let letter = good().replace("Machine Learning Intern at Sony", &page[3..14].join(" "));
    assert_eq!(marked("FieldsUsed", &spec, &letter), None, "nobody copies a whole page");
}

#[test]
fn skills_must_have_been_given() {
    let sentence = "I use Python every day.";
    rejects("SkillsGiven", sentence, "I use Python and Kubernetes every day.", "Kubernetes", &["Kubernetes"]);
    rejects("SkillsGiven", sentence, "I use Java, Python and Tableau.", "Tableau", &["Java", "Tableau"]);
    accepts("I noticed that you ask for", "I noticed that you ask for Kubernetes and");
    accepts(sentence, "I use Python and SQL every day.");
}

#[test]
fn sentences_must_not_come_twice() {
    let one = "I use Python every day.";
    rejects("RepeatedSentence", one, &format!("{one} That is so. {one}"), one, &[one]);
    accepts(one, &format!("{one} That is so. That is so."));
    let mut spec = spec();
    spec.applicant.past_experience = "I ran a shop for Sony. I ran a shop for Sony.".to_owned();
    let letter =
        good().replace("Machine Learning Intern at Sony", "this. I ran a shop for Sony. I ran a shop for Sony.");
    assert_eq!(marked("RepeatedSentence", &spec, &letter), None, "the applicant said so");
}

#[test]
fn requirements_must_not_be_claimed() {
    let mut spec = spec();
    spec.job.preferred_qualifications = "full driving licence, 4 years experience machine learning".to_owned();
    let letter =
        |sentence: &str| good().replace("I use Python every day.", &format!("I use Python every day. {sentence}"));
    let claim = letter("🙂 I hold a full driving licence.");
    assert_eq!(marked("AdvertClaims", &spec, &claim), Some(vec!["full driving licence".to_owned()]));
    let claim = letter("I meet all your requirements.");
    assert_eq!(marked("AdvertClaims", &spec, &claim), Some(vec!["meet all your requirements".to_owned()]));
    for honest in ["You ask for a full driving licence.", "I would like to earn a driving licence."] {
        assert_eq!(marked("AdvertClaims", &spec, &letter(honest)), None, "{honest}");
    }
}

#[test]
fn employers_and_degrees_must_have_been_given() {
    let sentence = "I use Python every day.";
    rejects("FactsGiven", sentence, "I use Python. I worked at Initech before.", "Initech", &["Initech"]);
    rejects("FactsGiven", sentence, "I use Python. I hold a PhD in Physics.", "PhD", &["PhD"]);
    accepts(sentence, "I use Python. I worked at Sony and hold a bachelor's degree in Computer Science.");
    accepts(sentence, "I use Python. I hope to work at Initech or to do a PhD one day.");
}

#[test]
fn requirements_must_be_answered_and_no_gap_confessed() {
    let answer = "Of these I have 2 years.";
    let put_off = "I would be glad to explain how my own experience compares.";
    rejects("RequirementsAnswered", answer, put_off, "Put off", &[put_off]);
    let later = "I can tell you more when we talk.";
    rejects("RequirementsAnswered", answer, later, "Put off", &[later]);
    accepts("I look forward to hearing from you.", "I would like to tell you more when we talk.");
    rejects(
        "GapsUnsaid",
        answer,
        "Where that asks for more than I can offer, I am ready to learn.",
        "missing",
        &["Where that asks", "more than I can offer", "ready to learn"],
    );
    let mut willing = spec();
    willing.applicant.skills = "Python, SQL, ready to learn".to_owned();
    let letter = good().replace(answer, "I am ready to learn.");
    assert_eq!(marked("GapsUnsaid", &willing, &letter), None, "the applicant said so");
}

#[test]
fn lessons_values_and_results_must_have_been_given() {
    let sentence = "I use Python every day.";
    rejects("NothingInvented", sentence, "That work has taught me patience.", "nothing of the kind", &["taught me"]);
    rejects("NothingInvented", sentence, "I'm passionate about charts.", "nothing of the kind", &["passionate"]);
    let mut spec = spec();
    spec.applicant.skills = "Python, passionate about charts".to_owned();
    let letter = good().replace(sentence, "I am passionate about charts and use Python.");
    assert_eq!(marked("NothingInvented", &spec, &letter), None, "the applicant said so");
    rejects("ResultsGiven", sentence, "I use Python and exceeded my targets.", "did not give", &["exceeded"]);
    rejects("ResultsGiven", sentence, "I have used Python for several years.", "did not give", &["several years"]);
}

#[test]
fn no_work_at_the_company_must_be_claimed() {
    let sentence = "I use Python every day.";
    let claim = "I have been working with the team at google for 2 years.";
    rejects("CompanyNotClaimed", sentence, claim, "work or worked there", &[claim]);
    accepts(sentence, "I use Python every day and would be glad to work with the team at google.");
    let mut inside = spec();
    inside.applicant.current_experience = "Analyst at Google for 2 years".to_owned();
    assert_eq!(marked("CompanyNotClaimed", &inside, &good().replace(sentence, claim)), None);
}

#[test]
fn facts_must_stay_with_their_position() {
    let mut spec = spec();
    spec.applicant.past_experience = "Cashier at Tesco, 14 months; Labourer at Barratt, 2019".to_owned();
    let letter = |sentence: &str| good().replace("Machine Learning Intern at Sony.", sentence);
    let wrong = letter("cashier. I worked at Tesco in 2019.");
    assert!(marked("FactsApart", &spec, &wrong).is_some());
    let right = letter("cashier at Tesco for 14 months. I worked at Barratt in 2019.");
    assert_eq!(marked("FactsApart", &spec, &right), None);
}

#[test]
fn a_letter_must_be_one_letter_and_not_turn_in_circles() {
    let sentence = "I use Python every day.";
    rejects("LetterOnly", sentence, "This cover letter shows my skills.", "belong", &["cover letter"]);
    rejects("LetterOnly", sentence, "Thank you for the interview.", "belong", &["Thank you for the interview"]);
    rejects("LetterOnly", sentence, "Dear Sir or Madam,", "belong", &["Dear Sir or Madam,"]);
    let again = "I use Python at work and at home every single day.";
    let variant = "I use Python at home and at work every single day.";
    rejects("NoLoops", sentence, &format!("{again} {variant}"), "again", &[variant]);
}

#[test]
fn verbs_must_fit_and_nothing_stay_raw() {
    let sentence = "I use Python every day.";
    for (wrong, mark) in [
        ("I speak Python.", "speak Python"),
        ("I am comfortable with Python and friendly.", "comfortable with Python and friendly"),
        ("I work at Trello since 2021.", "I work at Trello since 2021"),
        ("I am student at Trello.", "I am student at"),
    ] {
        rejects("VerbsFit", sentence, wrong, "English", &[mark]);
    }
    accepts(sentence, "I am comfortable with Python, and I speak up.");
    for (wrong, mark) in [
        ("My skills: Python.", "skills: P"),
        ("I use Python w/ care.", " w/ "),
        ("I know maint work in Python.", "maint"),
        ("For Python i am ready.", " i "),
    ] {
        rejects("WrittenOut", sentence, wrong, "Left", &[mark]);
    }
    rejects("NothingHarmful", sentence, "I use Python, lol.", "harms", &["lol"]);
    rejects("NothingHarmful", sentence, "My other languages are none.", "harms", &["none"]);
}

#[test]
fn messages_and_marks_fit_into_the_resource() {
    let letter = "I keep this same sentence here. ".repeat(400) + &"[x] 12345 I hold a PhD. ".repeat(500);
    for check in check(&spec(), &letter) {
        assert!(check.message.chars().count() <= 1_024 && check.marks.len() <= 16, "{}", check.name);
    }
}
