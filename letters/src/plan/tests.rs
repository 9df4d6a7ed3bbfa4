use crds::request::{Applicant, Job, Length};
use proptest::prelude::*;

use super::*;
use crate::evidence::evidence;
use crate::fixtures;

fn letter(request: &crds::CoverLetterRequestSpec, seed: u64) -> String {
    let facts = Facts::of(request).unwrap();
    Plan::of(&facts, &evidence(&request.job, &facts.all), &request.letter, seed).read("").0
}

fn fitter() -> crds::CoverLetterRequestSpec {
    crds::CoverLetterRequestSpec {
        job: Job {
            title: "Mechanical Fitter".into(),
            company: "BAE Systems Submarines".into(),
            preferred_qualifications: "security clearance, hydraulic systems".into(),
            description: String::new(),
        },
        applicant: Applicant {
            name: "Lee Garside".into(),
            current_experience: "Royal Navy, Leading Engineering Technician (ME), since 2016".into(),
            past_experience: "apprentice at a garage in Barrow".into(),
            skills: "diesel & hydraulic maint, fault finding".into(),
            qualifications: "NVQ3 Marine Engineering, SC security cleared".into(),
            reason: String::new(),
        },
        ..fixtures::spec()
    }
}

#[test]
fn every_move_has_sentences_in_every_tone_that_hold_its_words() {
    for tone in [Tone::Professional, Tone::Warm, Tone::Direct] {
        for step in moves::Move::ALL {
            let words = step.slots().iter().map(|slot| format!("the {slot}"));
            let sentence = Sentence::new(*step, words);
            let frames = sentence::frames(tone, *step);
            assert!(!frames.is_empty() || *step == moves::Move::CloseCall, "{step:?} {tone:?}");
            for frame in frames {
                let text = sentence.filled(frame, tone).unwrap_or_else(|| panic!("{frame}"));
                assert!(text.ends_with(['.', ',']) && !text.contains(['{', '}', '[']), "{text}");
                let is_warm = text.contains('’') || text.contains("I'") || text.contains("'re") || text.contains("'d");
                assert!(tone == Tone::Warm || !is_warm, "{text}: no contraction outside a warm letter");
            }
        }
    }
}

#[test]
fn the_plan_is_what_the_model_reads() {
    let request = fixtures::documented();
    let facts = Facts::of(&request).unwrap();
    let plan = Plan::of(&facts, &evidence(&request.job, &facts.all), &request.letter, 42).to_string();
    assert!(plan.starts_with("<professional>\n<greet>\n<open.role.company>"), "{plan}");
    for mark in plan.split(['<', '>', '\n']).filter(|mark| !mark.is_empty()).skip(1) {
        assert!(moves::Move::parse(mark).is_some(), "{mark}");
    }
}

#[test]
fn nothing_that_was_typed_is_in_a_plan() {
    let request = fitter();
    let facts = Facts::of(&request).unwrap();
    let asked = Plan::of(&facts, &evidence(&request.job, &facts.all), &request.letter, 1).messages();
    for typed in ["Navy", "Garside", "BAE", "hydraulic", "NVQ", "Fitter"] {
        assert!(asked.iter().all(|message| !message.content.contains(typed)), "{typed}");
    }
}

#[test]
fn what_has_no_match_is_not_mentioned_and_what_was_given_is() {
    let text = letter(&fitter(), 7);
    for given in ["Royal Navy", "SC cleared", "NVQ", "apprentice", "ydraulic", "ault finding"] {
        assert!(text.contains(given), "{given}: {text}");
    }
    let mut request = fitter();
    request.job.preferred_qualifications = "pilot's licence, Mandarin".into();
    let text = letter(&request, 7);
    assert!(!text.contains("pilot") && !text.contains("Mandarin"), "{text}");
}

#[test]
fn a_form_without_facts_makes_a_short_letter() {
    let mut request = fixtures::spec();
    request.letter.length = Length::Long;
    let text = letter(&request, 1);
    assert!(text.contains("Data Scientist") && text.split_whitespace().count() < 60, "{text}");
}

#[test]
fn the_same_seed_writes_the_same_letter_and_another_one_another() {
    let letters: std::collections::BTreeSet<String> = (0..30).map(|seed| letter(&fitter(), seed)).collect();
    assert_eq!(letter(&fitter(), 3), letter(&fitter(), 3));
    assert!(letters.len() > 20, "{}", letters.len());
}

/// The letter for what is asked and given, in the tone in which the sentences are the plainest.
fn asked(requirements: &str, skills: &str, qualifications: &str) -> String {
    let mut request = fixtures::spec();
    request.job.preferred_qualifications = requirements.into();
    request.applicant =
        Applicant { skills: skills.into(), qualifications: qualifications.into(), ..Applicant::default() };
    letter(&request, 7)
}

#[test]
fn what_is_near_denied_or_to_come_is_never_offered() {
    for (requirements, skills, qualifications, claimed) in [
        ("Sage 200, reconciliations, cash allocation", "sage 50, reconciliations, cash allocation", "", "Sage 200"),
        ("Excel 365, invoicing, filing", "Excel 2010, invoicing, filing", "", "Excel 365"),
        ("Sage 200, filing", "sage, filing", "", "Sage 200"),
        ("Opera, cash handling, filing", "no opera, cash handling, filing", "", "pera"),
        ("Opera, cash handling, filing", "guestline (not opera), cash handling, filing", "", "pera"),
        ("Opera, cash handling, filing", "guestline but not opera, cash handling, filing", "", "pera"),
        ("NEBDN, first aid", "suction", "NEBDN - sit OSCE in january, first aid", "hold NEBDN"),
        ("NEBDN, first aid", "suction", "NEBDN, sitting OSCE in january, first aid", "hold NEBDN"),
    ] {
        let text = asked(requirements, skills, qualifications);
        let offers = |sentence: &str| {
            sentence.contains(claimed)
                && ["offer", "hold", "skill", "can use"].iter().any(|word| sentence.contains(word))
        };
        assert!(!text.split(". ").any(offers), "{requirements}: {text}");
    }
    let text = asked("Sage 200, filing", "sage 50, filing", "");
    assert!(["ask for", "looking for"].iter().any(|lead| text.contains(lead)) && text.contains("Sage 200"), "{text}");
    assert!(text.contains("Sage 50"), "the nearest fact is named: {text}");
    let text = asked("18th Edition, 2391 testing", "", "18th ed, 2391-52");
    assert!(text.contains("18th Edition"), "the same number in another shape is met: {text}");
}

#[test]
fn only_sentences_of_the_files_are_kept_of_an_answer() {
    let request = fixtures::documented();
    let facts = Facts::of(&request).unwrap();
    let plan = Plan::of(&facts, &evidence(&request.job, &facts.all), &request.letter, 42);
    let (own, all) = plan.read("");
    for mixed in [
        "<close> I am happy to come in or to come in or to an interview.",
        "<now>I am {position}..",
        "<now>I love being {position}.",
    ] {
        assert_eq!(plan.read(mixed), (own.clone(), all), "{mixed}");
    }
    let (text, left) = plan.read("<open.role.company> I would like to apply for the post of {title} at {company}.");
    assert!(text.contains("I would like to apply for the post of Data Scientist at Google.") && left == all - 1);
}

#[test]
fn what_stands_beside_something_private_is_not_taken_for_work() {
    let past = "before that doorman 5 yrs, and labouring. was homeless myself 2008-10, hostel in Hackney";
    let applicant = Applicant { past_experience: past.into(), ..fitter().applicant };
    let text = letter(&crds::CoverLetterRequestSpec { applicant, ..fitter() }, 1);
    assert!(!text.contains("ostel") && !text.contains("omeless"), "{text}");
}

/// Pieces of forms and adverts, and marks that word processors, telephones and people in a hurry put between them.
const PIECES: &[&str] = &[
    "200000000 A levels at grade C",
    "18446744073709551616 years of experience",
    "99999999999 GCSEs",
    "C\u{2011}level",
    "A\u{2013}level",
    "O\u{2019}Neill",
    "X\u{2011}ray",
    "C\u{266f}/C++",
    "care assistant at Bupa 2019-21",
    "barista until Ikea closed",
    "two years at the Caf\u{e9} N\u{ea}ro",
    "speak \u{4e2d}\u{6587}, \u{0627}\u{0644}\u{0639}\u{0631}\u{0628}\u{064a}\u{0629}",
    "Level 3/4 or above",
    "B+E, CPC",
    "BSc (Hons), 2:1",
    "0000000000000000000 hours",
    "from 99/99/9999 to",
    "\u{1f600}",
    "(",
    "\u{201c}",
    "\u{ad}",
    "\u{200b}",
    "e\u{301}",
    "\u{0130}stanbul",
    "\u{df}\u{fb01}",
    "%s {} $1",
    "\n\n",
    "/",
    " - ",
    ";",
    ":",
    "'s",
    "ten",
    "I",
    "you must have",
    "please tell us how",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_that_people_could_type_stops_a_letter(
        pieces in prop::collection::vec(prop::collection::vec(prop::sample::select(PIECES), 0..7), 6),
        gap in prop::sample::select(vec!["", " ", ", ", "\n", "."]),
        odd in "\\PC{0,40}",
    ) {
        let field = |at: usize| pieces[at].join(gap) + gap + &odd;
        let applicant = Applicant {
            name: field(0),
            current_experience: field(1),
            past_experience: field(2),
            skills: field(3),
            qualifications: field(4),
            reason: field(5),
        };
        let job = Job {
            preferred_qualifications: field(3), description: field(1), ..fixtures::spec().job
        };
        let reading = crate::asked(&job, &applicant);
        prop_assert!(reading.unsaid.iter().all(|unsaid| !unsaid.piece.words.is_empty()));
        let request = crds::CoverLetterRequestSpec { job, applicant, ..fixtures::spec() };
        if let Ok(facts) = Facts::of(&request) {
            let plan = Plan::of(&facts, &evidence(&request.job, &facts.all), &request.letter, 7);
            prop_assert!(!plan.read("").0.is_empty());
        }
    }
}
/// The form of somebody who wrote sentences.
fn clerk() -> crds::CoverLetterRequestSpec {
    crds::CoverLetterRequestSpec {
        job: Job {
            title: "Office Administrator".into(),
            company: "Brightwell Housing".into(),
            preferred_qualifications: "minute taking, Excel".into(),
            description: "Please apply in writing to Mr J. Hargreaves.".into(),
        },
        applicant: Applicant {
            name: "Rosalind Whitcombe".into(),
            current_experience: "I run the bookings for our village hall. On Mondays I am clerk to the trustees, for \
                                 whom I take the minutes. There I also look after the keys."
                .into(),
            past_experience: "I was a legal secretary in Cheltenham for ten years. After that I brought up three sons."
                .into(),
            skills: "Excel, answering a switchboard, filing".into(),
            qualifications: String::new(),
            reason: String::new(),
        },
        ..fixtures::spec()
    }
}

#[test]
fn what_somebody_does_and_did_stays_in_the_order_in_which_it_was_typed() {
    let text = letter(&clerk(), 3);
    let places: Vec<usize> = ["the bookings", "clerk to the trustees", "the keys", "legal secretary", "three sons"]
        .iter()
        .map(|words| text.find(words).unwrap_or_else(|| panic!("{words}: {text}")))
        .collect();
    assert!(places.is_sorted(), "{text}");
}

#[test]
fn what_is_asked_for_stands_before_the_sentence_that_answers_it() {
    let text = letter(&clerk(), 3);
    let (before, behind) = text.split_once("minute taking").unwrap_or_else(|| panic!("{text}"));
    assert!(before.contains("the bookings") && behind.contains("clerk to the trustees"), "{text}");
    assert!(!text.contains("offer answering") && text.contains("answering a switchboard"), "{text}");
}

#[test]
fn the_person_whom_the_advert_names_is_greeted() {
    assert!(letter(&clerk(), 3).starts_with("Dear Mr Hargreaves,\n"));
    let mut request = clerk();
    request.job.description = String::new();
    request.job.company = "Hollin Bank Farm, Clitheroe".into();
    request.letter.tone = Tone::Direct;
    assert!(letter(&request, 3).starts_with("Dear Hollin Bank Farm team,\n"));
}

#[test]
fn who_works_for_the_company_does_not_ask_to_hear_about_it() {
    let mut request = clerk();
    request.applicant.current_experience = "Checkout operator at Brightwell Housing since 2015".into();
    for seed in 1..12 {
        let text = letter(&request, seed);
        assert!(text.matches("Brightwell").count() < 3, "{text}");
    }
}

#[test]
fn a_sentence_of_the_form_answers_by_all_its_words() {
    let mut request = clerk();
    request.job.preferred_qualifications = "rota management".into();
    request.applicant.current_experience =
        "I am a nurse at Hereford County Hospital. I take charge of shifts and write the off-duty for 34 staff.".into();
    let text = letter(&request, 3);
    let (_, behind) = text.split_once("rota management").unwrap_or_else(|| panic!("{text}"));
    assert!(behind.contains("off-duty for 34 staff"), "{text}");
}
