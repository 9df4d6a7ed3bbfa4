use std::path::Path;

use super::*;

fn check(typed: &str, written: &str, expect: &[(&str, &str)]) {
    let found = noted(typed, written, Field::Now).sentences;
    let found: Vec<(&str, &str)> = found.iter().map(|one| (&typed[one.span.clone()], one.text.as_str())).collect();
    assert_eq!(found, expect);
}

#[test]
fn each_sentence_is_laid_beside_the_words_it_says() {
    check(
        "2 yrs HCA @ care home, w/ meds round, nights",
        "I was a healthcare assistant at a care home for two years.\nMy work there included the medication round and nights.\n",
        &[
            ("HCA @ care home", "I was a healthcare assistant at a care home for two years"),
            ("meds round, nights", "My work there included the medication round and nights"),
        ],
    );
}

#[test]
fn what_was_not_typed_is_not_said() {
    check("HCA at Oakview", "I was a healthcare assistant at Oakview for two years.\n", &[]);
    check("HCA at Oakview", "I was a senior healthcare assistant at Oakview.\n", &[]);
    check("bar work 2019", "I did bar work in 2018.\n", &[]);
    check("Konkani, Hindi", "I speak Konkani, Konkani and Hindi.\n", &[]);
    check("english so so", "I speak English so so.\n", &[]);
    check("meds + OT Band 5", "I did meds + OT Band 5.\n", &[]);
    check("I have a BA in English", "I have an I have a BA in English.\n", &[]);
}

#[test]
fn what_is_not_held_is_not_said_to_be_held() {
    check("L3 food hygiene, booked", "I have Level 3 Food Hygiene.\n", &[]);
    let booked = "I am booked on Level 3 Food Hygiene";
    check("L3 food hygiene, booked", &format!("{booked}.\n"), &[("L3 food hygiene", booked)]);
}

#[test]
fn what_is_denied_or_unfinished_or_qualified_stays_so() {
    for (typed, written) in [
        ("no driving licence", "I have a driving licence.\n"),
        ("never managed a team", "I managed a team.\n"),
        ("not a nurse, HCA at Oakview", "I am a nurse at Oakview.\n"),
        ("failed maths GCSE", "I have GCSE maths.\n"),
        ("NVQ3 social care. Due to finish June", "I have NVQ 3 in social care.\n"),
        ("First aid cert exp 2021", "I hold a valid first aid certificate.\n"),
        ("student nurse, Leeds", "I am a nurse in Leeds.\n"),
        ("assistant to the manager at Boots", "I was the manager at Boots.\n"),
        ("HCA at Oakview, left because of depression", "I left because of depression.\n"),
    ] {
        check(typed, written, &[]);
    }
}

#[test]
fn other_words_and_numbers_are_not_said() {
    for (typed, written) in [
        ("worked in the kitchen at Oak School", "I worked as a teacher at Oak School.\n"),
        ("teaching assistant at Oak Primary", "I was a teacher at Oak Primary.\n"),
        ("BA History 2:1", "I have a first-class BA in History.\n"),
        ("3 yrs HCA, 18 hrs a week", "I have been an HCA since March 2018.\n"),
        ("HCA at Oakview", "I am a registered HCA at Oakview.\n"),
        ("AI, Excel", "I can use Illustrator and Excel.\n"),
        ("uncertified welder", "I am a certified welder.\n"),
    ] {
        check(typed, written, &[]);
    }
    check("4k followers", "I have 4,000 followers.\n", &[("4k followers", "I have 4,000 followers")]);
}

/// Sentences that people wrote of notes are what a reader learns from: hardly any may be refused.
#[test]
fn sentences_of_people_are_borne_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/notes/pairs");
    let (mut all, mut refused) = (0_usize, Vec::new());
    for file in std::fs::read_dir(folder).expect("the notes are in the repository") {
        let text = std::fs::read_to_string(file.expect("is listed").path()).expect("is read");
        for line in text.lines() {
            let note: serde_json::Value = serde_json::from_str(line).expect("one object a line");
            let typed = note["text"].as_str().expect("what was typed");
            let parts = note["parts"].as_array().expect("its pieces");
            let sentences = parts.iter().filter_map(|part| part[1].as_str()).filter(|said| said.len() > 1);
            let written = sentences.collect::<Vec<_>>().join("\n");
            let found = noted(typed, &written, Field::Now).sentences;
            let said = |line: &&str| found.iter().any(|noted| line.trim_end_matches('.') == noted.text);
            all += written.lines().count();
            refused.extend(written.lines().filter(|line| !said(line)).map(|line| format!("{typed:?} => {line}")));
        }
    }
    let shown: Vec<_> = refused.iter().step_by(refused.len() / 40 + 1).collect();
    assert!(refused.len() * 100 < all * 21, "{} of {all} are refused, such as {shown:#?}", refused.len());
}
#[test]
fn a_note_beside_another_does_not_speak_of_it() {
    for (typed, written, span) in [
        ("lime mortar, drawing freehand, not afraid of scaffold", "I can draw freehand", "drawing freehand"),
        ("dofe silver (gold not finished)", "I have DofE Silver", "dofe silver"),
        (
            "Level 2 Childcare, Hull College, 2023. Started the Level 3 in January.",
            "I hold Level 2 Childcare from Hull College (2023)",
            "2 Childcare, Hull College, 2023",
        ),
        ("english, soldering, haggling haha", "One of my skills is soldering", "soldering"),
        ("allergens ▪ swearing less", "I know allergens", "allergens"),
        ("some Polish", "I speak some Polish", "Polish"),
    ] {
        check(typed, &format!("{written}.\n"), &[(span, written)]);
    }
    check("RSPB volunteer", "I was a RSPB volunteer.\n", &[("RSPB volunteer", "I was an RSPB volunteer")]);
    check("Gap 2020-24", "I was in the gap from 2020 to 2024.\n", &[]);
    check("L2 Childcare. Not finished yet", "I hold L2 Childcare.\n", &[]);
    check("driving licence, provisional", "I hold a driving licence.\n", &[]);
}

#[test]
fn a_low_degree_stays_low() {
    for (typed, written) in [
        ("SketchUp - basic", "I can use SketchUp.\n"),
        ("french ok", "I speak good French.\n"),
        ("bit of welding", "I can weld.\n"),
        ("tablets, slow", "I can use tablets.\n"),
        ("C&G 2365 L2, practical left", "I have City and Guilds 2365 Level 2.\n"),
        ("certificate of joinery, practical left", "I have a certificate of joinery.\n"),
        ("L3 arb. (Merrist Wood) half done", "I have Level 3 arboriculture from Merrist Wood.\n"),
        ("L3 residential sales - 2 of 4 units", "I have Level 3 in residential sales.\nI have two of four units.\n"),
    ] {
        check(typed, written, &[]);
    }
    check("french ok", "I speak French.\n", &[("french", "I speak French")]);
}

#[test]
fn no_word_of_a_note_is_said_twice() {
    let typed = "Module 3 to be submitted in June";
    check(typed, "I am due to submit Module 3 to be submitted in June.\n", &[]);
    let once = "I am due to submit Module 3 in June";
    check(typed, &format!("{once}.\n"), &[(typed, once)]);
}

/// What a reader wrote of 600 notes, each sentence judged by a strict adviser: 0 must not be sent, 2 may be as it is.
#[test]
fn of_what_a_reader_writes_the_good_is_kept_and_most_of_the_bad_is_not() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/notes/judged.jsonl");
    let judged = std::fs::read_to_string(file).expect("the judged sentences are in the repository");
    let (mut all, mut kept) = ([0_usize; 3], [0_usize; 3]);
    for line in judged.lines() {
        let note: serde_json::Value = serde_json::from_str(line).expect("one object a line");
        let said: Vec<(&str, usize)> =
            note["said"].as_array().expect("sentences").iter().map(sentence_and_label).collect();
        let written = said.iter().map(|(text, _)| *text).collect::<Vec<_>>().join("\n");
        let found = noted(note["text"].as_str().expect("what was typed"), &written, Field::Now).sentences;
        for (text, label) in said {
            all[label] += 1;
            let text = mended(text);
            kept[label] += usize::from(found.iter().any(|noted| text.trim_end_matches('.') == noted.text));
        }
    }
    let percent = |label: usize| kept[label] * 100 / all[label];
    println!("kept of 100: {} bad, {} stiff, {} good", percent(0), percent(1), percent(2));
    assert!(percent(2) >= 80, "{} of 100 good sentences are kept", percent(2));
    assert!(percent(0) <= 40, "{} of 100 bad sentences are kept", percent(0));
}

/// What people wrote is what a reader is taught to write: what the checks refuse of it, it cannot say either.
#[test]
fn of_what_people_say_of_notes_four_fifths_may_be_said() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/notes/pairs");
    let (mut all, mut kept) = (0, 0);
    for file in std::fs::read_dir(folder).expect("the pairs are in the repository") {
        let pairs = std::fs::read_to_string(file.expect("is listed").path()).expect("is text");
        for line in pairs.lines() {
            let note: serde_json::Value = serde_json::from_str(line).expect("one object a line");
            let parts = note["parts"].as_array().expect("pieces").iter().filter_map(|part| part[1].as_str());
            let said: Vec<&str> = parts.filter(|said| !["", "?"].contains(said)).collect();
            all += said.len();
            let field = if note["field"] == "reason" { Field::Motivation } else { Field::Now };
            kept += noted(note["text"].as_str().expect("what was typed"), &said.join("\n"), field).sentences.len();
        }
    }
    assert!(kept * 5 >= all * 4, "{kept} of {all}");
}

fn sentence_and_label(said: &serde_json::Value) -> (&str, usize) {
    let label = said[1].as_u64().expect("a label") as usize;
    (said[0].as_str().expect("a sentence"), label)
}
