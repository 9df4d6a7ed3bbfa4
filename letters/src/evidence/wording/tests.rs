use super::*;
use crate::evidence::frames::{bare, need};

fn named(text: &str) -> Option<String> {
    let bare = bare(text);
    echo(&bare.text, need(&bare.text))
}

#[test]
fn requirements_are_named_in_good_english() {
    let check = |text: &str, expect: &str| assert_eq!(named(text).as_deref(), Some(expect), "{text}");
    check("wound care", "wound care");
    check("NMC registered", "NMC registration");
    check("full driving licence", "a full driving licence");
    check("3 yrs CDP or above", "three years as a chef de partie or above");
    check("2+ years' experience in an analyst role", "two or more years of experience in an analyst role");
    check("2 yrs in a marketing team", "two years in a marketing team");
    check("3 years retail mgmt", "three years of retail management");
    check("office management 3 yrs", "three years of office management");
    check("5+ years of previous software experience", "five or more years of previous software experience");
    check("3 years in HR generalist role", "three years in an HR generalist role");
    check("1 yr salon exp", "one year of salon experience");
    check("ACA/ACCA/CIMA qualified", "an ACA, ACCA or CIMA qualification");
    check("Level 2 TA qualification desirable", "a Level 2 TA qualification");
    check("Level 3 in childcare", "a Level 3 in childcare");
    check("NVQ2 in health and social care", "an NVQ Level 2 in health and social care");
    check("PhD", "a PhD");
    check("Master's", "a Master's degree");
    check("Front-of-house experience", "front-of-house experience");
    check("Contact centre experience", "contact centre experience");
    check("Power BI", "Power BI");
    check("A level sciences", "A level sciences");
    check("managing agencies", "experience of managing agencies");
    check("Raising debt finance", "experience of raising debt finance");
    check("WMS", "a WMS");
    check("A GCSE in maths helps", "a GCSE in maths");
    check("degree in mechanical engineering", "a degree in mechanical engineering");
    check("good listener", "a good listener");
    check("6 months' experience of working with adults", "six months' experience of working with adults");
    check("ordering", "ordering");
    check("Attendance improvement", "attendance improvement");
    check("payroll experience", "payroll experience");
    check("Cisco/Meraki", "Cisco or Meraki");
    check("budget 50m+", "a budget of £50 million or more");
    check("excellent IT skills", "excellent IT skills");
    check("GCSE grade C or above in English and Maths", "GCSE grade C or above in English and maths");
    check("GCSE English and maths at 4", "GCSE English and maths at grade 4");
    check("experience of chairing child protection conferences", "experience of chairing child protection conferences");
}

#[test]
fn what_cannot_be_worded_surely_is_not_named() {
    for text in [
        "reliable",
        "good at maths",
        "developing team",
        "supervising night team of 3",
        "own tools",
        "chartered",
        "multi site",
        "P&L",
        "KPI driven",
        "18+",
        "flexible for shifts",
        "studying QS or construction",
        "in any sector",
        "including alternate Saturday mornings",
        "available June-August",
        "5 yrs min",
        "full UK car licence 12 mths",
        "driver",
        "must have own car",
        "Proficient in AutoCAD",
        "UKCA/GPhC registered pharmacist",
        "MEng Civil",
        "Donorfy experience",
        "AWS Certified Solutions Architect",
    ] {
        assert_eq!(named(text), None, "{text}");
    }
}

#[test]
fn people_are_described_behind_someone_who() {
    let check = |text: &str, expect: Option<&str>| {
        let bare = bare(text);
        assert_eq!(about(&bare, need(&bare.text)).as_deref(), expect, "{text}");
    };
    check("reliable", Some("is reliable"));
    check("able to work weekends", Some("can work weekends"));
    check("willingness to relocate", Some("is willing to relocate"));
    check("own van", Some("has their own van"));
    check("computer literate", Some("is computer literate"));
    check("good at maths", Some("is good at maths"));
    check("wound care", None);
    check("able to take part in weekend rota", None);
}

#[test]
fn an_action_is_what_somebody_can_do() {
    for (text, expect) in [
        ("read fabrication drawings", "can read fabrication drawings"),
        ("enjoy working with older people", "enjoys working with older people"),
    ] {
        let bare = bare(text);
        assert_eq!(named(text), None, "{text}");
        assert_eq!(about(&bare, need(&bare.text)).as_deref(), Some(expect));
    }
    assert_eq!(named("work experience").as_deref(), Some("work experience"));
}
