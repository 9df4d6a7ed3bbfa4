//! Commoner ways to ask for a thing and to have it, and which fact proves it best.

use super::*;

#[test]
fn a_better_proof_comes_before_a_bare_skill() {
    first(
        "staff management experience; subject leadership; team leading",
        &[
            "skill: line management",
            "skill: led a lesson-study group of four teachers",
            "now: management accountant at Kier Group",
            "duty<3: manage two assistant accountants and brought month-end close down",
            "now: maths lead | since 2022",
        ],
        &[("staff management", 4), ("subject leadership", 5), ("team leading", 4)],
    );
}

#[test]
fn a_team_is_led_by_who_leads_it_only() {
    check(
        "staff management",
        "",
        &["job: nurse in a team of 14 nurses", "job: driver for 12 care homes", "skill: teaching 27 children"],
        &["staff management: none"],
    );
    check("line management", "", &["now: director", "size<1: 420 staff"], &["line management: met 2"]);
}

#[test]
fn more_than_is_asked_is_enough() {
    check("swim 25 metres", "", &["skill: swim 50m easy"], &["swim: met 1"]);
    check("25m swim", "", &["skill: can swim"], &["swim: near 1"]);
    check("swim 100 metres", "", &["skill: swim 50m"], &["swim: none"]);
    check("type at 60 wpm", "", &["skill: typing 70 wpm"], &["type: met 1"]);
    check("No more than 6 penalty points", "", &["skill: safe driving no points"], &["penalty points: met 1"]);
    check("No more than 6 penalty points", "", &["licence: driving licence (3 points)"], &["penalty points: met 1"]);
    check("No more than 3 penalty points", "", &["licence: driving licence (6 points)"], &["penalty points: none"]);
}

#[test]
fn a_levels_are_compared_by_their_grades() {
    check(
        "A levels BBB or equivalent",
        "",
        &["grade: A-levels: Maths A*, Further Maths A, Economics A"],
        &["A levels: met 1"],
    );
    check("A levels BBB", "", &["grade: A levels: History C, English D, Art C"], &["A levels: none"]);
    check("maths and English grade 4 or above", "", &["study: GCSEs predicted 5s and 6s"], &["maths: progress 1"]);
}

#[test]
fn a_paper_under_way_answers_what_may_be_under_way() {
    check("AAT Level 3 or studying towards", "", &["award: AAT L2", "study: studying L3"], &["AAT Level 3: met 2"]);
    check("Level 3", "", &["award: Level 3 Youth Work", "award: Level 3 food hygiene"], &["Level 3: met 1"]);
    check("Level 3", "", &["award: Level 3 food hygiene"], &["Level 3: none"]);
    check("care certificate", "", &["award: Access to HE Nursing"], &["care certificate: none"]);
}

#[test]
fn two_things_asked_at_once_are_answered_together() {
    check(
        "RMN with current NMC registration",
        "",
        &["award: BSc Mental Health Nursing", "licence: NMC PIN"],
        &["RMN: met 1 2"],
    );
    check("RMN with current NMC registration", "", &["licence: NMC PIN"], &["RMN: none"]);
    check(
        "experience of delivering learning programmes in a museum or gallery",
        "",
        &["job: Learning officer, Weald and Downland Living Museum | for 8 years"],
        &["learning programmes: met 1"],
    );
    check(
        "Post-registration experience in crisis or acute care",
        "",
        &["now: Band 5 nurse on an acute male admission ward"],
        &["crisis: met 1"],
    );
}

#[test]
fn the_words_of_the_trades_answer_each_other() {
    check(
        "18th Edition wiring regulations; peer-reviewed publication; mentor junior staff; dementia care; stock control; \
         hands-on prototyping; knowledge of NEC4; working towards MRICS; customer focus; community fundraising",
        "",
        &[
            "award: 18th Edition",
            "paper: lead author of one paper",
            "skill: preceptor to four newly qualified nurses",
            "knowledge: dementia",
            "skill: ordering",
            "skill: jigs and fixtures",
            "skill: FIDIC contracts",
            "study: RICS APC enrolled",
            "skill: polite with customers",
            "feat: raised £186,000 for a new roof",
        ],
        &[
            "18th Edition: met 1",
            "publication: met 2",
            "mentor junior staff: met 3",
            "dementia care: met 4",
            "stock control: near 5",
            "prototyping: near 6",
            "NEC4: near 7",
            "MRICS: near 8",
            "customer focus: met 9",
            "community fundraising: met 10",
        ],
    );
}

#[test]
fn words_that_only_look_alike_answer_nothing() {
    check(
        "bookkeeping, customs clearance, rail experience, Spark, charity experience",
        "",
        &[
            "due: CSCS test booked",
            "job: customer assistant at Boots",
            "skill: training new starters",
            "job: electrician",
            "award: PRINCE2 Foundation",
        ],
        &["bookkeeping: none", "customs: none", "rail: none", "Spark: none", "charity: none"],
    );
}

/// Checks the best fact of each requirement; facts count from 1.
fn first(asked: &str, lines: &[&str], expect: &[(&str, usize)]) {
    let found = map(asked, "", lines);
    for (text, number) in expect {
        let at = found.requirements.iter().position(|it| it.text.to_lowercase().contains(text)).unwrap();
        let answer = found.answers.iter().find(|answer| answer.requirement == at);
        assert_eq!(answer.map(|answer| answer.facts[0] + 1), Some(*number), "{text}: {answer:?}");
    }
}

#[test]
fn a_duty_is_named_only_where_it_is_answered_whole() {
    let about = |lines: &[&str]| {
        let found = map("", "You will set the rota. You will keep 40 shelves of our newest shop full.", lines);
        found.requirements.iter().map(|requirement| requirement.about.is_some()).collect::<Vec<_>>()
    };
    assert_eq!(about(&["skill: managing rotas", "skill: stock"]), [true, false]);
    assert!(about(&["skill: baking"]).is_empty());
}
