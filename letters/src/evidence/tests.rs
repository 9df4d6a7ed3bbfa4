//! The gold forms: what is asked, and the facts that answer it.

use super::*;
use crate::facts::fact::{Act, Field, Kind, Position, Source, Time, Words};
use crate::facts::spell::put_right;

/// A fact, written as `kind: text`, `kind<n: text` where it is joined to the n-th, and `| time` behind a position.
fn fact(line: &str) -> Fact {
    let (head, text) = line.split_once(": ").unwrap();
    let (kind, of) =
        head.split_once('<').map_or((head, None), |(kind, of)| (kind, Some(of.parse::<usize>().unwrap() - 1)));
    let (text, time) = text.split_once(" | ").map_or((text, None), |(text, time)| (text, Some(time)));
    let (kind, field) = match kind {
        "now" => (Kind::Job, Field::Now),
        "job" => (Kind::Job, Field::Past),
        "role" => (Kind::Role, Field::Now),
        "placement" => (Kind::Placement, Field::Past),
        "break" => (Kind::Break, Field::Now),
        "study" => (Kind::Study, Field::Now),
        "topic" => (Kind::Topic, Field::Now),
        "size" => (Kind::Size, Field::Now),
        "duty" => (Kind::Duty, Field::Now),
        "feat" => (Kind::Feat, Field::Past),
        "due" => (Kind::Due, Field::Qualifications),
        "award" => (Kind::Award, Field::Qualifications),
        "course" => (Kind::Course, Field::Qualifications),
        "grade" => (Kind::Grade, Field::Qualifications),
        "licence" => (Kind::Licence, Field::Qualifications),
        "member" => (Kind::Member, Field::Qualifications),
        "paper" => (Kind::Paper, Field::Qualifications),
        "skill" => (Kind::Skill, Field::Skills),
        "tool" => (Kind::Tool, Field::Skills),
        "knowledge" => (Kind::Knowledge, Field::Skills),
        "language" => (Kind::Language, Field::Skills),
        "trait" => (Kind::Trait, Field::Skills),
        "free" => (Kind::Free, Field::Skills),
        "home" => (Kind::Home, Field::Motivation),
        "own" => (Kind::Own, Field::Qualifications),
        "reason" => (Kind::Reason, Field::Motivation),
        _ => panic!("{kind}"),
    };
    let is_position = matches!(kind, Kind::Job | Kind::Role | Kind::Placement);
    let time = time.map(|time| match time {
        _ if time.starts_with("since") => Time::Since(time.to_owned()),
        _ if time.starts_with("for") => Time::For(time.to_owned()),
        _ => Time::During(time.to_owned()),
    });
    let is_now = field == Field::Now;
    let words = match kind {
        _ if is_position => Words::Position(Position { role: text.to_owned(), place: String::new(), time, is_now }),
        Kind::Duty => {
            let act = text.to_owned();
            Words::Act(Act { base: act.clone(), past: act.clone(), doing: act })
        }
        _ => Words::Thing(text.to_owned()),
    };
    Fact { kind, source: Source { field, span: 0..text.len() }, of, text: put_right(text), words }
}

fn facts(lines: &[&str]) -> Vec<Fact> {
    lines.iter().map(|line| fact(line)).collect()
}

fn map(asked: &str, advert: &str, lines: &[&str]) -> Evidence {
    let job = Job { preferred_qualifications: asked.to_owned(), description: advert.to_owned(), ..Job::default() };
    evidence(&job, &facts(lines))
}

/// Checks the matches: each line is `text of the requirement: degree n n`, or `text: none`; facts count from 1. The best
/// fact has to be the first one named.
fn check(asked: &str, advert: &str, lines: &[&str], expect: &[&str]) {
    let found = map(asked, advert, lines);
    for line in expect {
        let (text, outcome) = line.rsplit_once(": ").unwrap();
        let at = found
            .requirements
            .iter()
            .position(|requirement| requirement.text.to_lowercase().contains(&text.to_lowercase()));
        let at = at.unwrap_or_else(|| panic!("{text} is not in {:#?}", found.requirements));
        let answer = found.answers.iter().find(|answer| answer.requirement == at);
        let mut words = outcome.split(' ');
        let degree = match words.next().unwrap() {
            "met" => Some(Degree::Met),
            "progress" => Some(Degree::InProgress),
            "near" => Some(Degree::Near),
            "none" => None,
            other => panic!("{other}"),
        };
        assert_eq!(answer.map(|answer| answer.degree), degree, "{line}: {answer:?}");
        for number in words {
            let index = number.parse::<usize>().unwrap() - 1;
            assert!(answer.unwrap().facts.contains(&index), "{line}: {answer:?}");
        }
    }
}

#[test]
fn a_link_that_the_form_does_not_make_is_not_drawn() {
    check(
        "bank reconciliations, Java, NVQ Level 3 in care, degree in chemistry, 5 years' experience in retail, French, \
         paediatric first aid, reliable, sales ledger, project management",
        "",
        &[
            "job: Teller at Stanbic Bank, Harare",
            "tool: JavaScript",
            "award: NVQ2 in care",
            "award: BA History, 2:2",
            "now: sales assistant at Boots | for 6 months",
            "language: Spanish",
            "award: paed first aid (expired 2023)",
            "skill: sales",
        ],
        &[
            "bank reconciliations: none",
            "Java: none",
            "NVQ Level 3: none",
            "degree in chemistry: none",
            "in retail: none",
            "French: none",
            "paediatric first aid: none",
            "reliable: none",
            "sales ledger: none",
            "project management: none",
        ],
    );
}

#[test]
fn levels_lengths_and_classes_are_compared() {
    check(
        "2:2 or above in a STEM subject; 2 years in retail; Level 2 food hygiene; maths GCSE 5+; experience with Excel; a CRM",
        "",
        &[
            "award: BSc Physics, 2:1, Leeds",
            "job: cashier at Tesco | from 2015 to 2016",
            "now: shop assistant at Boots | since 2024",
            "award: L3 food hygiene",
            "grade: GCSE maths 7, English 4",
            "tool: Google Sheets",
            "tool: Salesforce",
        ],
        &[
            "STEM subject: met 1",
            "retail: met 2 3",
            "food hygiene: met 4",
            "maths: met 5",
            "Excel: near 6",
            "CRM: met 7",
        ],
    );
}

#[test]
fn an_answer_explains_itself() {
    let found = map("security clearance, AWS", "", &["licence: SC cleared", "tool: Azure"]);
    let why: Vec<&str> = found.answers.iter().map(|answer| answer.why.as_str()).collect();
    assert_eq!(why, ["“SC cleared” answers “security clearance”", "“Azure” is near “AWS”"]);
}

#[test]
fn nothing_asked_and_odd_texts_do_no_harm() {
    for text in [
        "",
        "none",
        "No experience necessary",
        "🙂🙂",
        "İİ and İ; you will have İ",
        "((((",
        "\u{202e}a, ,,;;",
        "+ & /",
        "ß",
    ] {
        let found = map(text, text, &["skill: İstanbul", "tool: 🙂"]);
        assert!(found.answers.is_empty(), "{text}: {found:?}");
    }
    assert_eq!(map("No experience necessary", "No experience needed: we'll teach you.", &[]).requirements.len(), 1);
    let long = "must have İ experience of ß/ß and (x, y or z) ".repeat(200);
    assert!(map(&long, &long, &["skill: x"]).requirements.len() <= 60);
}

#[test]
fn headings_part_what_is_asked_from_what_is_offered() {
    let advert = "Benefits:\n- free gym\n- Excel training\nRequirements:\n- Full driving licence\n- Experience with customers\n\
                  Nice to have: Excel, basic Spanish.";
    let found = map("", advert, &[]);
    let asked: Vec<(&str, Need)> =
        found.requirements.iter().map(|requirement| (requirement.text.as_str(), requirement.kind)).collect();
    assert_eq!(
        asked,
        [
            ("full driving licence", Need::Must),
            ("experience with customers", Need::Must),
            ("Excel", Need::Wish),
            ("basic Spanish", Need::Wish),
        ]
    );
}

mod people;
mod proofs;
