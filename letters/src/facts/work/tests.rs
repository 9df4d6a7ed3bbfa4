use super::*;
use crate::facts::fact::Position;

/// What is read, one line a fact: its kind, the fact it belongs to, its words; then what is left out.
fn read(text: &str, field: Field) -> Vec<String> {
    let (facts, left_out) = work(text, field);
    let left = left_out.iter().map(|left| format!("left out: {:?} {}", left.why, &text[left.source.span.clone()]));
    facts.iter().map(line).chain(left).collect()
}

fn line(fact: &Fact) -> String {
    let of = fact.of.map_or(String::new(), |of| format!(" of {of}"));
    let words = match &fact.words {
        Words::Position(Position { role, place, time, .. }) => {
            [role.as_str(), place, time.as_ref().map_or("", Time::words)].join(" | ")
        }
        Words::Act(act) if fact.kind == Kind::Duty => act.base.clone(),
        Words::Act(act) => act.past.clone(),
        Words::Thing(text) | Words::Adjective(text) | Words::Clause(text) => text.clone(),
    };
    format!("{:?}{of}: {words}", fact.kind)
}

pub(super) fn now(text: &str, expect: &[&str]) {
    assert_eq!(read(text, Field::Now), expect, "{text}");
}

pub(super) fn past(text: &str, expect: &[&str]) {
    assert_eq!(read(text, Field::Past), expect, "{text}");
}

#[test]
fn a_position_has_its_role_its_place_and_its_time() {
    now(
        "band 5 staff nurse acute medical ward, Aintree Hosp since sept 2022",
        &["Job: a Band 5 staff nurse | on an acute medical ward at Aintree Hospital | since September 2022"],
    );
    now(
        "junior dev at parcelbright leeds, 18 months",
        &["Job: a junior developer | at Parcelbright in Leeds | for 18 months"],
    );
    past(
        "2022-2024: Sales assistant, JD Sports, Leicester",
        &["Job: a sales assistant | at JD Sports in Leicester | from 2022 to 2024"],
    );
    past(
        "primary music teacher, kingston jamaica 8 yrs",
        &["Job: a primary music teacher | in Kingston, Jamaica | for eight years"],
    );
    past(
        "head of repairs leeds city council 2012-19",
        &["Job: Head of Repairs | at Leeds City Council | from 2012 to 2019"],
    );
    past(
        "6 yrs as a receptionist at a dental surgery in Croydon",
        &["Job: a receptionist | at a dental surgery in Croydon | for six years"],
    );
    now(
        "Royal Navy, Leading Engineering Technician (ME), since 2016",
        &["Job: a leading engineering technician (ME) | in the Royal Navy | since 2016"],
    );
    past("Kitchen Porter, Cardiff, 2020-2022", &["Job: a kitchen porter | in Cardiff | from 2020 to 2022"]);
    now(
        "Postdoctoral researcher, University of Cambridge, since 2021",
        &["Job: a postdoctoral researcher | at the University of Cambridge | since 2021"],
    );
}

#[test]
fn what_follows_a_position_belongs_to_it() {
    now(
        "Store manager, Boots - team of 45, run the rota. 420 staff",
        &[
            "Job: a store manager | at Boots | ",
            "Size of 0: a team of 45",
            "Duty of 0: run the rota",
            "Size of 0: 420 staff",
        ],
    );
    past(
        "analyst at Mears, automated a report, cutting it from 2 days to 3 hours / cook at Noma",
        &[
            "Job: an analyst | at Mears | ",
            "Feat of 0: automated a report, cutting it from two days to three hours",
            "Job: a cook | at Noma | ",
        ],
    );
}

#[test]
fn what_is_past_in_another_piece_belongs_to_nothing() {
    past(
        "built an app for my club / regional manager Mears",
        &["Feat: built an app for my club", "Job: a regional manager | at Mears | "],
    );
}

#[test]
fn study_is_told_from_work() {
    now(
        "year 12 at kingsmead, A levels biology geography photography",
        &["Study: I am in Year 12 at Kingsmead", "Study: took A levels in biology, geography and photography"],
    );
    now(
        "2nd year BSc Quantity Surveying, Birmingham City University",
        &["Study: I am in the second year of a BSc in Quantity Surveying at Birmingham City University"],
    );
    now(
        "MSc structural eng sheffield, finish aug 2027",
        &["Study: studied for an MSc in Structural Engineering at Sheffield", "Due of 0: I finish in August 2027"],
    );
    now("Uni of Hull, criminology", &["Study: studied criminology at the University of Hull"]);
    past("teaching assistant, Larkhill Academy", &["Job: a teaching assistant | at Larkhill Academy | "]);
}

#[test]
fn work_without_a_role_is_worded_by_what_it_is() {
    past("bar work", &["Job: did bar work"]);
    past("paper round 2 yrs", &["Job: had a paper round for two years"]);
    past("army 9 yrs", &["Job: served in the Army for nine years"]);
    past("3 yrs @ tesco", &["Job: worked at Tesco for three years"]);
    past("sports massage for Pontypridd RFC", &["Job: did sports massage for Pontypridd RFC"]);
    past("call centre", &["Job: worked in a call centre"]);
    past(
        "10 wk placement with district nurses in Sefton",
        &["Placement: did a ten-week placement with district nurses in Sefton"],
    );
    past("looked after my grandmother", &["Break: looked after my grandmother"]);
}

#[test]
fn what_cannot_be_read_surely_is_left_out() {
    now("not working atm", &["left out: Blank not working atm"]);
    now("n/a", &["left out: Blank n/a"]);
    now(
        "Receptionist at Vets4u - phones, upset owners",
        &["Job: a receptionist | at Vets4u | ", "left out: Unread phones", "left out: Unread upset owners"],
    );
}

#[test]
fn what_cannot_be_told_of_a_place_never_drops_the_role() {
    past("shelf filler sainsburys nights 2 yr", &["Job: a shelf filler | at Sainsbury's on nights | for two years"]);
    now(
        "data centre technician equinix slough 3 yrs",
        &["Job: a data centre technician | at Equinix in Slough | for three years"],
    );
    past("florist 19yrs bloomers of tiverton", &["Job: a florist |  | for 19 years"]);
    // What follows may make of the role another one.
    past("optician reception desk, 3 yrs", &["left out: Unread optician reception desk", "left out: Unread 3 yrs"]);
}

#[test]
fn nouns_that_are_spelt_like_verbs_are_not_what_somebody_did() {
    past("accounting and finance", &["left out: Unread accounting and finance"]);
    now("audit substantial assurance", &["left out: Unread audit substantial assurance"]);
    now("till freezer bakery", &["left out: Unread till freezer bakery"]);
    past("left sgt", &["left out: Unread left sgt"]);
    now("run the rota", &["Duty: run the rota"]);
    past("mentored six students", &["Feat: mentored six students"]);
}

#[test]
fn a_line_of_a_curriculum_vitae_is_a_position_and_its_bullets_are_its_duties() {
    now(
        "10/2021–present: Warehouse op -> acting team leader, DHL Supply Chain @ lutterworth\n– pick errors 1.9% -> 0.6%",
        &[
            "Job: an acting team leader | at DHL Supply Chain in Lutterworth | since October 2021",
            "Feat of 0: while I have been an acting team leader, pick errors fell from 1.9% to 0.6%",
        ],
    );
    past(
        "2012 – 2015  Carphone Warehouse, harrow – store mgr at 23",
        &["Job: a store manager | at Carphone Warehouse in Harrow | from 2012 to 2015"],
    );
    past(
        "School science technician, Shepshed, Sept 2019 - Dec 2021\n- CLEAPSS risk assessments",
        &[
            "Job: a school science technician | at Shepshed | from September 2019 to December 2021",
            "Duty of 0: my work as a school science technician included CLEAPSS risk assessments",
        ],
    );
    past(
        "2018-2021 SRE II, regional bank",
        &["left out: Unread 2018-2021 SRE II, regional bank", "left out: Unread regional bank"],
    );
}

#[test]
fn words_that_put_one_job_before_another_part_them() {
    past(
        "Receptionist at Denton Dental Practice 2008-2015, before that Boots, tills and pharmacy counter",
        &[
            "Job: a receptionist | at Denton Dental Practice | from 2008 to 2015",
            "Job: worked at Boots on the tills and the pharmacy counter",
        ],
    );
    past(
        "HCA at Sunnybank care home 2020-2022; nursery assistant before that",
        &["Job: an HCA | at Sunnybank care home | from 2020 to 2022", "Job: a nursery assistant |  | "],
    );
    now(
        "volunteer guide at Port Sunlight and treasurer of Wirral History Society",
        &["Role: a volunteer guide | at Port Sunlight | ", "Role: Treasurer of Wirral History Society |  | "],
    );
    past(
        "store assistant Aldi 2014-17, shift mgr 17-19",
        &["Job: a store assistant | at Aldi | from 2014 to 2017", "Job: a shift manager |  | from 2017 to 2019"],
    );
}

#[test]
fn a_promotion_names_both_roles() {
    past(
        "Audit senior then manager at Mazars, Birmingham, 2008-2016",
        &["Job: an audit senior and then a manager | at Mazars in Birmingham | from 2008 to 2016"],
    );
    past(
        "Pharmacist in Homs and then Beirut, 8 yrs",
        &["Job: a pharmacist | in Homs and then Beirut | for eight years"],
    );
}

#[test]
fn an_employer_belongs_to_no_role_that_has_its_own() {
    past("screwfix, postman 11yrs", &["Job: worked at Screwfix", "Job: a postman |  | for 11 years"]);
    past("Wickes, Christmas temp", &["Job: a Christmas temp | at Wickes | "]);
    past(
        "barista at Costa 2 yrs, dishwasher at the same place",
        &["Job: a barista | at Costa | for two years", "Job: a dishwasher | at Costa | "],
    );
}

#[test]
fn what_is_counted_measures_the_job_before_it() {
    now(
        "domiciliary carer w/ Helping Hands, Reading, since march 2022, 9-11 calls a day",
        &[
            "Job: a domiciliary carer | with Helping Hands in Reading | since March 2022",
            "Size of 0: nine to eleven calls a day",
        ],
    );
    now(
        "Year 4 class teacher at Scoil Mhuire, Drogheda since September 2020. 27 children, six with EAL.",
        &[
            "Job: a Year 4 class teacher | at Scoil Mhuire in Drogheda | since September 2020",
            "Size of 0: 27 children, six of them with EAL",
        ],
    );
}

#[test]
fn a_bare_employer_or_kind_of_work_has_its_own_time() {
    past(
        "warehouse (2018-19), call centre (2019-21)",
        &["Job: worked in a warehouse from 2018 to 2019", "Job: worked in a call centre from 2019 to 2021"],
    );
    past(
        "strawberry farm Kent 2 season, warehouse Bucharest 3 year",
        &[
            "Job: worked on a strawberry farm in Kent for two seasons",
            "Job: worked at a warehouse in Bucharest for three years",
        ],
    );
}

#[test]
fn what_stands_behind_an_employer_tells_more_of_the_job() {
    past(
        "army (RLC) 1998-2012, driver then troop sgt. after that Tesco home delivery",
        &[
            "Job: a driver and then a troop sergeant | in the Army with the Royal Logistic Corps | from 1998 to 2012",
            "Job: worked at Tesco on home deliveries",
        ],
    );
    now(
        "class 2 on multidrop, Brakes, Bristol depot. 4 yrs",
        &["Job: a Class 2 driver | on multi-drop deliveries at Brakes in Bristol | for four years"],
    );
    past(
        "Greggs Whitchurch rd, sats, 14 months",
        &["Job: worked at Greggs in Whitchurch Road on Saturdays for 14 months"],
    );
    past(
        "B&M warehouse 3 years, security guard 2 years",
        &["Job: worked at the B&M warehouse for three years", "Job: a security guard |  | for two years"],
    );
    past(
        "Nursery nurse at Busy Bees 2015-18 and Bright Horizons 2018-21",
        &[
            "Job: a nursery nurse | at Busy Bees | from 2015 to 2018",
            "Job: worked at Bright Horizons from 2018 to 2021",
        ],
    );
}

#[test]
fn brackets_hold_a_section_a_size_or_how_one_works() {
    now(
        "chef de partie (sauce) at Browns Covent Garden, 2 years",
        &["Job: a chef de partie | on the sauce section at Browns Covent Garden | for two years"],
    );
    now("nail technician, self employed, since 2014", &["Job: a self-employed nail technician |  | since 2014"]);
    now(
        "class teacher, Year 2, 29 pupils, 4 with EHCPs, St Anne's Primary, Leeds",
        &[
            "Job: a Year 2 class teacher | at St Anne's Primary in Leeds | ",
            "Size of 0: 29 pupils, four of them with EHCPs",
        ],
    );
}
