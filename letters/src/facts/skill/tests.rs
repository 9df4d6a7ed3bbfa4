use super::*;
use crate::facts::told::told;

/// A fact as "Kind: words".
fn word(fact: Fact) -> String {
    let words = match fact.words {
        Words::Thing(text) => text,
        Words::Adjective(text) => format!("+{text}"),
        Words::Clause(text) => format!("~{text}"),
        Words::Act(act) => act.past,
        Words::Position(position) => position.role,
    };
    format!("{:?}: {words}", fact.kind)
}

fn check(field: &str, expect: &[&str]) {
    assert_eq!(told(skills(field), word), expect, "{field}");
}

#[test]
fn each_entry_has_the_kind_that_its_verb_needs() {
    check(
        "wound care inc leg ulcers, venepuncture, syringe drivers, EMIS",
        &["Skill: wound care including leg ulcers", "Skill: venepuncture", "Tool: syringe drivers", "Tool: EMIS"],
    );
    check(
        "R (mixed models, mark-recapture), QGIS, bit of python, outdoor first aid",
        &[
            "Tool: R, including mixed models and mark-recapture",
            "Tool: QGIS",
            "Tool: ~I know the basics of Python",
            "Skill: outdoor first aid",
        ],
    );
    check(
        "payroll, IRIS, spreadsheets, SSP/SMP, patient, confidential",
        &[
            "Skill: payroll",
            "Tool: IRIS",
            "Tool: spreadsheets",
            "Knowledge: statutory sick pay and statutory maternity pay",
            "Trait: +patient",
            "Trait: ~I keep things confidential",
        ],
    );
    check(
        "listening, punjabi + hindi, can drive, free tues & thurs",
        &[
            "Skill: listening",
            "Language: Punjabi",
            "Language: Hindi",
            "Skill: ~I can drive",
            "Free: ~I am free on Tuesdays and Thursdays",
        ],
    );
    check(
        "piano, guitar, budgeting, good w families, ipad",
        &[
            "Tool: played the piano",
            "Tool: played the guitar",
            "Skill: budgeting",
            "Trait: ~I am good with families",
            "Tool: an iPad",
        ],
    );
    check(
        "plants, early riser, weekends",
        &["Trait: ~I am good with plants", "Trait: +an early riser", "Free: ~I am free at weekends"],
    );
}

#[test]
fn deeds_are_told_from_skills() {
    check(
        "drivers hours, tachos, route planning (paper + Microlise), excel (basic), trained up 12 new starters",
        &[
            "Knowledge: drivers' hours",
            "Knowledge: tachographs",
            "Skill: route planning (paper and Microlise)",
            "Tool: ~I know the basics of Excel",
            "Feat: trained up 12 new starters",
        ],
    );
    check(
        "butchery, running the pass when sous is off",
        &["Skill: butchery", "Skill: running the pass when the sous chef is off"],
    );
    check(
        "woodwork (made 2 benches for school garden), not scared of heights, can lift",
        &[
            "Skill: woodwork",
            "Feat: made two benches for school garden",
            "Trait: +not scared of heights",
            "Skill: ~I can lift",
        ],
    );
    check("wheel building, explaining stuff simply", &["Skill: wheel building", "Skill: explaining things simply"]);
    let (facts, _) = skills("woodwork (made 2 benches)");
    assert_eq!(facts[1].of, Some(0));
}

#[test]
fn languages_keep_the_level_that_was_claimed() {
    check(
        "Polish (native), fluent french, English C1, BSL level 1, makaton, Welsh speaker",
        &[
            "Language: Polish",
            "Language: fluent French",
            "Language: English at C1 level",
            "Language: ~I have BSL Level 1",
            "Language: ~I can use Makaton",
            "Language: Welsh",
        ],
    );
}

#[test]
fn sentences_stay_clauses() {
    check("I am good with people and fluent in Polish", &["Trait: ~I am good with people and fluent in Polish"]);
    check(
        "I can type 55wpm and I dont get wound up by complaints",
        &["Skill: ~I can type 55wpm and I do not get wound up by complaints"],
    );
}

#[test]
fn what_is_denied_or_little_is_left_out() {
    check("moffett yes, chainsaw no, word excel fine", &["Unread", "Weak", "Tool: Word", "Tool: Excel"]);
    check("Acupuncture no. FES", &["Weak", "Knowledge: FES"]);
    check("SAP (basic, R/3 screens only), Excel (Power Query, no VBA)", &["Tool: SAP", "Tool: Excel (Power Query)"]);
    check("MEDDIC (read the book)", &["Weak"]);
    check("Go enough to patch an operator", &["Tool: Go"]);
}

#[test]
fn languages_are_read_however_they_are_listed() {
    check(
        "PL native, EN C1, RU A2",
        &["Language: Polish", "Language: English at C1 level", "Language: Russian at A2 level"],
    );
    check("ndebele shona english fluent", &["Language: Ndebele", "Language: Shona", "Language: English"]);
    check(
        "Polish/English C1/German A2",
        &["Language: Polish", "Language: English at C1 level", "Language: German at A2 level"],
    );
    check("Gaeilge", &["Language: Irish"]);
}

#[test]
fn lists_and_sentences_are_told_apart() {
    check(
        "fault finding // UFH // customer facing",
        &["Skill: fault finding", "Knowledge: UFH", "Skill: customer facing"],
    );
    check("Excel: pivots, XLOOKUP; Xero", &["Tool: Excel, including pivots and XLOOKUP", "Tool: Xero"]);
    check(
        "I have written two successful bids, for £1,500 and £8,000. I have managed budgets but never filed a VAT return.",
        &["Skill: ~I have written two successful bids, for £1,500 and £8,000", "Skill: ~I have managed budgets"],
    );
    check("propagate, steady hands", &["Skill: ~I can propagate", "Skill: ~I have steady hands"]);
}

#[test]
fn what_is_named_by_a_thing_alone_is_said_with_its_verb() {
    check(
        "rotas, phones, planned maintenance, prep, stays calm, maths",
        &[
            "Skill: planning rotas",
            "Skill: answering the telephone",
            "Skill: carrying out planned maintenance",
            "Skill: food preparation",
            "Trait: +calm",
            "Trait: ~I am good at maths",
        ],
    );
    check("HPLC, GLMs, TEMPro", &["Knowledge: HPLC", "Knowledge: GLMs", "Tool: TEMPro"]);
    check("ruby, bash, sat nav", &["Tool: Ruby", "Tool: Bash", "Tool: a sat nav"]);
    check(
        "120 covers no bother, self-taught on CDS",
        &["Skill: ~I am used to 120 covers", "Skill: ~I have taught myself CDS"],
    );
    check("coded 6G, always early", &["Trait: ~I am a coded welder (6G)", "Trait: ~I am always early"]);
}

#[test]
fn what_somebody_is_takes_an_article() {
    check(
        "safeguarding lead, preceptor to 4 newly quals, Drone pilot",
        &[
            "Trait: ~I am a safeguarding lead",
            "Trait: ~I am a preceptor to four newly qualified colleagues",
            "Trait: ~I am a drone pilot",
        ],
    );
    check("Worcester + Vaillant trained", &["Trait: ~I am Worcester and Vaillant trained"]);
    check("a calm head, training commis", &["Trait: ~I have a calm head", "Skill: training commis"]);
    check("patience with planning departments", &["Trait: +patient with planning departments"]);
}

#[test]
fn what_follows_a_dash_goes_where_it_cannot_be_read() {
    check("handovers - 4.5 avg star survey last yr", &["Skill: giving handovers"]);
    check("C+E passed feb this yr", &["Licence: a Category C+E licence"]);
    check("good w/ elderly - helped look after nan", &["Trait: ~I am good with older people"]);
}

#[test]
fn what_is_accepted_is_a_strength() {
    check(
        "not bothered about early starts, dont mind weekends, no problem with nights, happy to travel",
        &[
            "Free: ~I am happy with early starts",
            "Free: ~I am happy to work weekends",
            "Free: ~I am happy to work nights",
            "Trait: ~I am happy to travel",
        ],
    );
    check("blood doesn't bother me, able to do nights", &["Trait: ~I do not mind blood", "Free: ~I can work nights"]);
    check(
        "never missed a shift, no sick days in 3 years",
        &["Trait: ~I have never missed a shift", "Trait: ~I have had no sick days in three years"],
    );
}

#[test]
fn what_is_known_a_little_is_said_so() {
    check(
        "a bit of Airflow, some Terraform, basic Excel, little bit of french",
        &[
            "Tool: ~I know the basics of Airflow",
            "Tool: ~I know the basics of Terraform",
            "Tool: ~I know the basics of Excel",
            "Weak",
        ],
    );
    check(
        "bit of landscaping, latte art little, Dovetail (learning)",
        &["Skill: ~I have done some landscaping", "Skill: ~I know the basics of latte art", "Weak"],
    );
}

#[test]
fn things_of_a_trade_get_the_verb_that_fits_them() {
    check(
        "hoist, meds from blister packs, MAR charts, thickened fluids",
        &[
            "Tool: a hoist",
            "Skill: giving medication from blister packs",
            "Skill: filling in MAR charts",
            "Skill: preparing thickened fluids",
        ],
    );
    check(
        "forklift, VNA, date checks, deli counter, allergens, pass",
        &[
            "Tool: a forklift truck",
            "Tool: a VNA truck",
            "Skill: carrying out date checks",
            "Skill: working on a deli counter",
            "Knowledge: allergens",
            "Skill: running the pass",
        ],
    );
    check(
        "SEL and ABB relays, Omicron CMC 356, 415V systems, CNC (Fanuc, Heidenhain), Paris system",
        &[
            "Skill: working with SEL and ABB relays",
            "Tool: Omicron CMC 356",
            "Skill: ~I can work on 415V systems",
            "Tool: CNC machines (Fanuc, Heidenhain)",
            "Tool: the Paris system",
        ],
    );
    check(
        "chainsaw (CS30/31), R (lme4, xyzq), LIAM course",
        &["Tool: a chainsaw (CS30/31)", "Tool: R", "Course: a LIAM course"],
    );
    check(
        "experience in retail, ability to work alone, told I explain things well",
        &[
            "Skill: ~I have experience in retail",
            "Skill: ~I can work alone",
            "Trait: ~I have been told that I explain things well",
        ],
    );
}

#[test]
fn learners_english_is_mended() {
    check(
        "i am study english, polite with customer, polite on phone",
        &["Trait: ~I am studying English", "Trait: +polite with customers", "Trait: +polite on the phone"],
    );
}

#[test]
fn what_goes_on_belongs_to_the_skill_before_it() {
    check(
        "Used to dealing with the public, including upset and confused people. Cash handling",
        &["Skill: ~I am used to dealing with the public, including upset and confused people", "Skill: cash handling"],
    );
    check("100 wpm shorthand", &["Skill: shorthand at 100 words a minute"]);
    check("github has 300+ commits", &["Skill: ~my GitHub has over 300 commits"]);
    check("fast on tills, Koha", &["Trait: +fast on tills", "Knowledge: Koha"]);
    check("shift work used to it", &["Skill: ~I am used to shift work"]);
}
