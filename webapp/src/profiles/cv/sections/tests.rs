//! Ten CVs as people write them, and what becomes of each.

use super::super::headings::Kind;
use super::super::plain::of_text;
use super::{Cv, cut};

fn cv(text: &str) -> Cv {
    cut(&of_text(text))
}

/// A CV has this name and these sections, each with what it is about and its text.
fn check(text: &str, name: &str, sections: &[(Kind, &str)]) {
    let cv = cv(text);
    assert_eq!(cv.name, name);
    let found: Vec<_> = cv.sections.iter().map(|section| (section.kind, section.text.as_str())).collect();
    assert_eq!(found, sections);
}

#[test]
fn a_nurse() {
    let text = include_str!("fixtures/01-nurse.txt");
    check(
        text,
        "Jane Doe",
        &[
            (Kind::Other, "Registered Nurse"),
            (Kind::Summary, "Caring and calm nurse who likes to explain things to patients and their families."),
            (
                Kind::Present,
                "Staff Nurse, St Mary's Hospital, Leeds, March 2019 – present\n- Look after twelve patients on a surgical \
                 ward\n- Teach students how to\ndress wounds",
            ),
            (Kind::Past, "Care Assistant, Oak House, York, 2016 – 2019\n- Washed, fed and moved residents"),
            (Kind::Education, "BSc Nursing, University of York, 2016"),
            (Kind::Skills, "Wound care, cannulation, safeguarding"),
        ],
    );
    let cv = cv(text);
    assert!(cv.has_contact);
    assert_eq!(cv.sections[2].heading, "WORK EXPERIENCE: at present");
}

#[test]
fn a_developer() {
    check(
        include_str!("fixtures/02-developer.txt"),
        "Tom Berg",
        &[
            (Kind::Summary, "Backend developer."),
            (
                Kind::Present,
                "Acme GmbH\nSenior Developer\n01/2021 - Present\n- Built the billing service in Rust\n- Cut its costs by 40%",
            ),
            (Kind::Past, "Initech\nDeveloper\n05/2017 - 12/2020\n- Maintained a Java monolith"),
            (Kind::Skills, "Languages: Rust, Java, SQL\nTools: Docker, Git"),
            (Kind::Languages, "German (native)\nEnglish (C1)"),
            (Kind::Interests, "Chess, climbing"),
        ],
    );
}

#[test]
fn a_student() {
    check(
        include_str!("fixtures/03-student.txt"),
        "Amina Yusuf",
        &[
            (Kind::Motivation, "I want to learn how shops run, and I like to talk with people."),
            (
                Kind::Education,
                "2022 - present | BA Business Management, University of Kent\n2020 - 2022 | A levels: Maths (A), \
                 Economics (B), French (B)",
            ),
            (Kind::Past, "Summer 2023 | Tesco, Canterbury: checked the stock of two aisles"),
            (Kind::Past, "2021 - 2022 | Food bank, Canterbury"),
            (Kind::Skills, "Excel, PowerPoint, till work"),
            (Kind::Languages, "English, Somali, French (B1)"),
            (Kind::Interests, "netball"),
        ],
    );
}

#[test]
fn a_teacher() {
    check(
        include_str!("fixtures/04-teacher.txt"),
        "Maria de la Cruz",
        &[
            (Kind::Motivation, "I teach because a good lesson can change a child's year."),
            (Kind::Present, "Since 2020\nTeacher of Maths, Fairfield School\nLeads the maths club."),
            (Kind::Past, "2015 – 2020\nTeacher of Maths, Hill Academy\nWrote the scheme of work for year nine."),
            (Kind::Education, "PGCE, University of Bristol, 2015\nMEd, University of Bath, 2019\nQTS"),
            (Kind::Certificates, "First aid at work, 2023"),
        ],
    );
}

#[test]
fn an_electrician() {
    check(
        include_str!("fixtures/05-electrician.txt"),
        "Piotr Nowak",
        &[
            (Kind::Present, "2018 to date: Electrician, Volt Ltd"),
            (Kind::Past, "2012-2018: Apprentice and fitter, Elektro Sp. z o.o., Gdansk"),
            (Kind::Education, "NVQ Level 3 Electrical Installation"),
            (Kind::Certificates, "Full UK driving licence\n18th Edition"),
            (Kind::Interests, "Football"),
        ],
    );
}

#[test]
fn a_chef() {
    check(
        include_str!("fixtures/06-chef.txt"),
        "Luca Rossi",
        &[
            (Kind::Other, "Chef de partie"),
            (Kind::Summary, "I cook what is in season."),
            (Kind::Present, "Chef de partie at The Ivy House, London\nRuns the fish section for ninety covers a night"),
            (Kind::Past, "Commis chef at Trattoria Da Enzo, Rome\nKitchen porter at Bar Sport, Rome"),
            (Kind::Education, "Diploma in Professional Cookery"),
            (Kind::Skills, "Fish, pastry, ordering"),
        ],
    );
}

#[test]
fn a_researcher() {
    check(
        include_str!("fixtures/07-researcher.txt"),
        "Dr. Wei Zhang",
        &[
            (Kind::Present, "Postdoctoral researcher, University of Oslo | 2022 –\nModels the flow of ice in glaciers"),
            (Kind::Past, "Doctoral researcher, ETH Zurich | 2017 – 2021\nMeasured snow with radar"),
            (Kind::Past, "Tutor for physics, ETH Zurich | 2018 – 2020"),
            (Kind::Education, "PhD in Physics, ETH Zurich | 2021\nMSc in Physics, Peking University | 2017"),
            (Kind::Certificates, "Zhang, W.: Snow and radar. 2020."),
            (Kind::Skills, "Python, Fortran"),
        ],
    );
}

#[test]
fn a_sales_assistant() {
    check(
        include_str!("fixtures/08-sales.txt"),
        "Olivia Brown",
        &[
            (Kind::Other, "Manchester"),
            (
                Kind::Summary,
                "Sales assistant with five years in shops, good with tills, stock and people who complain.",
            ),
            (
                Kind::Present,
                "Sales Assistant\nNext, Manchester\nJune 2021 – Present\nServed customers and trained three new colleagues.",
            ),
            (Kind::Past, "Barista\nCosta, Salford\n2019 – 2021\nMade coffee and cashed up."),
            (Kind::Certificates, "Employee of the month, May 2022"),
            (Kind::Other, "Available from September."),
        ],
    );
}

#[test]
fn a_farm_worker_with_headings_of_their_own() {
    check(
        include_str!("fixtures/09-unusual.txt"),
        "Sam O'Neill",
        &[
            (Kind::Other, "My story\nI left school at sixteen and worked on farms."),
            (Kind::Skills, "Drive a tractor, mend fences"),
            (Kind::Present, "Farm worker, Green Farm, 2018 - now"),
            (Kind::Past, "Farm worker, Hill Farm, 2014 - 2018"),
        ],
    );
}

#[test]
fn a_cleaner_without_any_heading() {
    let cv = cv(include_str!("fixtures/10-no-headings.txt"));
    assert_eq!(cv.name, "Nora Klein");
    let text: String = cv.sections.iter().map(|section| section.text.as_str()).collect();
    assert!(text.contains("cleaner at Sparkle") && text.contains("my children") && text.contains("driving licence"));
    assert!(cv.sections.iter().all(|section| matches!(section.kind, Kind::Summary | Kind::Other)), "{cv:?}");
}

#[test]
fn months_and_years_alone_are_no_numbers_of_pages() {
    for line in ["2021 –", "2019 -", "09/21 –", "05/21"] {
        assert!(!super::is_page_number(line), "{line}");
    }
    for line in ["3", "Page 1 of 2", "1/2", "Seite 3"] {
        assert!(super::is_page_number(line), "{line}");
    }
}

#[test]
fn an_item_that_goes_on_with_a_year_splits_no_position() {
    check(
        "Ann Lee\n\nWork experience\nNurse at St Mary, 2019 – present\n\
         - Trained forty colleagues on the new system that came in\nMay 2021 for all the wards\n- Led a team\n\
         - Looked after twelve patients on a surgical ward\nCarer at Oak House, 2016 – 2019",
        "Ann Lee",
        &[
            (
                Kind::Present,
                "Nurse at St Mary, 2019 – present\n- Trained forty colleagues on the new system that came in\n\
                 May 2021 for all the wards\n- Led a team\n- Looked after twelve patients on a surgical ward",
            ),
            (Kind::Past, "Carer at Oak House, 2016 – 2019"),
        ],
    );
}

#[test]
fn below_a_contact_heading_only_contacts_are_left_out() {
    let text = "Ann Lee\n\nContact\nann@example.org\nI sing in a choir\n\nReferences\nDr Bo Berg, Leeds";
    check(text, "Ann Lee", &[(Kind::Other, "I sing in a choir")]);
    assert!(cv(text).has_contact);
}

#[test]
fn a_label_in_a_job_keeps_the_jobs_behind_it_where_they_are() {
    check(
        "Ann Lee\n\nWork experience\nDeveloper at Acme, 2021 – now\n\nTechnologies: Java\n\n\
         Tester at Initech, 2019 – 2021",
        "Ann Lee",
        &[
            (Kind::Present, "Developer at Acme, 2021 – now"),
            (Kind::Past, "Tester at Initech, 2019 – 2021"),
            (Kind::Skills, "Java"),
        ],
    );
}

#[test]
fn an_item_that_ends_as_a_heading_does_is_none() {
    check(
        "Ann Lee\n\nSkills\nFigma\nUser Experience\nCustomer Experience",
        "Ann Lee",
        &[(Kind::Skills, "Figma\nUser Experience\nCustomer Experience")],
    );
}
