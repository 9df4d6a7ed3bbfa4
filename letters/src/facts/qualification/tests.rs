mod studies;

use super::*;
use crate::facts::told::told;

/// A fact as "Kind: words".
fn word(fact: Fact) -> String {
    let words = match fact.words {
        Words::Thing(text) | Words::Adjective(text) => text,
        Words::Clause(text) => format!("~{text}"),
        Words::Act(act) => act.past,
        Words::Position(position) => position.role,
    };
    format!("{:?}: {words}", fact.kind)
}

fn check(field: &str, expect: &[&str]) {
    assert_eq!(told(qualifications(field), word), expect, "{field}");
}

#[test]
fn a_wish_and_a_way_of_learning_are_nothing_that_is_held() {
    check("none on paper, learnt from uncle. happy to do nvq", &["Unread", "Weak", "Weak"]);
    check("self taught. willing to do level 3 childcare", &["Weak", "Weak"]);
    check("taught by my dad, CSCS card", &["Weak", "Licence: a CSCS card"]);
}

#[test]
fn degrees_have_article_subject_school_and_grade() {
    check("BSc comp sci 2:1 york 2025", &["Award: a BSc in Computer Science from York (2:1, 2025)"]);
    check(
        "MBA warwick, FCIH",
        &["Award: an MBA from Warwick", "Member: ~I am a Fellow of the Chartered Institute of Housing"],
    );
    check(
        "MSc aquatic ecology (distinction), BSc biology porto",
        &["Award: an MSc in Aquatic Ecology with distinction", "Award: a BSc in Biology from Porto"],
    );
    check(
        "BSc Accounting and Finance 2:1, University of Reading",
        &["Award: a BSc in Accounting and Finance from the University of Reading (2:1)"],
    );
    check(
        "BSc (Hons) Chemistry, University of Huddersfield 2:1",
        &["Award: a BSc (Hons) in Chemistry from the University of Huddersfield (2:1)"],
    );
    check(
        "BEng civil eng da nang. student visa until jan 2028 need sponsor after",
        &["Award: a BEng in Civil Engineering from Da Nang", "Private"],
    );
    check(
        "PGCE English, BA English Literature (Manchester)",
        &["Award: a PGCE in English", "Award: a BA in English Literature from Manchester"],
    );
    check("BA PPE (York) 2:1", &["Award: a BA in PPE from York (2:1)"]);
}

#[test]
fn vocational_awards_are_named() {
    check(
        "NVQ2 prof cookery, L2 food hygiene",
        &["Award: an NVQ Level 2 in Professional Cookery", "Award: Level 2 Food Hygiene"],
    );
    check("NVQ2 health & social care", &["Award: an NVQ Level 2 in Health and Social Care"]);
    check("L3 beauty therapy", &["Award: a Level 3 in Beauty Therapy"]);
    check("CIPP payroll technician cert 2016", &["Award: the CIPP Payroll Technician Certificate (2016)"]);
    check("AAT L2 passed; L3 in progress", &["Award: AAT Level 2", "Study: ~I am working towards AAT Level 3"]);
    check("teaching diploma (Mico)", &["Award: a teaching diploma from Mico"]);
    check("BTEC Business L3 Merit", &["Award: a BTEC Level 3 in Business with merit"]);
}

#[test]
fn what_is_to_come_is_not_held() {
    check("CSCS test booked 12 april", &["Due: ~my CSCS test is booked for 12 April"]);
    check(
        "transport mgr CPC exam booked 5 march 2027",
        &["Due: ~my Transport Manager CPC exam is booked for 5 March 2027"],
    );
    check("QTS due July", &["Due: ~my QTS is due in July"]);
    check("predicted 2:1", &["Grade: ~I am predicted a 2:1"]);
    check("HCPC registration applied for", &["Due: ~I have applied for HCPC registration"]);
    check(
        "MEng Mechanical Engineering, Loughborough University (predicted First)",
        &[
            "Study: ~I am studying for an MEng in Mechanical Engineering at Loughborough University and am predicted a First",
        ],
    );
    check(
        "BSc Adult Nursing (Sheffield Hallam), finishing in July. NMC PIN pending",
        &[
            "Study: ~I am studying for a BSc in Adult Nursing at Sheffield Hallam and finish in July",
            "Due: ~I am waiting for my NMC PIN",
        ],
    );
    check(
        "A-levels: PE, Biology, Psychology (predicted BBC)",
        &["Study: ~I am taking A levels in PE, biology and psychology and am predicted BBC"],
    );
    check(
        "MSc Child Development in progress, p/t, ends Sept 2027",
        &["Study: ~I am studying part time for an MSc in Child Development and finish in September 2027"],
    );
    check("gold DofE (exped done, res still to do)", &["Weak"]);
    check("SIA licence expired", &["Weak"]);
}

#[test]
fn school_results_name_their_subjects_and_grades() {
    check("7 gcses", &["Grade: seven GCSEs"]);
    check("GCSE maths 6 eng 6", &["Grade: GCSE maths at grade 6 and English at grade 6"]);
    check("A levels: maths A, physics B", &["Grade: A levels in maths (A) and physics (B)"]);
    check("9 GCSEs inc maths and english", &["Grade: nine GCSEs, including maths and English"]);
    check("A lvl eng lit B", &["Grade: an A level in English literature at grade B"]);
    check("GCSEs - english 5, maths 4, art 7", &["Grade: GCSEs in English (5), maths (4) and art (7)"]);
    check("A levels ABB", &["Grade: A levels at grades ABB"]);
    check(
        "DT grade 8, maths 5, english 4",
        &["Grade: grades of 8 in design and technology, 5 in maths and 4 in English"],
    );
}

#[test]
fn licences_and_registers_have_their_own_verbs() {
    check("full licence + own car", &["Licence: a full driving licence", "Own: my own car"]);
    check(
        "BN Adult Nursing, NMC PIN, full licence + own car",
        &[
            "Award: a BN in Adult Nursing",
            "Licence: ~I am registered with the NMC",
            "Licence: a full driving licence",
            "Own: my own car",
        ],
    );
    check("SC security cleared", &["Licence: ~I am SC cleared"]);
    check(
        "C+E, driver CPC, ADR",
        &["Licence: a Category C+E licence", "Licence: the Driver CPC", "Licence: an ADR certificate"],
    );
    check("DBS 2025", &["Licence: a DBS check from 2025"]);
    check(
        "counterbalance + reach, nothing else",
        &["Licence: forklift licences for counterbalance and reach", "Blank"],
    );
    check("D1 on licence", &["Licence: ~I have D1 on my licence"]);
    check("first aid w st john cadets", &["Course: first aid training with the St John cadets"]);
    check("dementia friends session 2024", &["Course: a Dementia Friends session (2024)"]);
}

#[test]
fn papers_are_published() {
    check(
        "papers: Carvalho & Reid 2025 J Fish Biol; Carvalho et al 2026 Freshw Biol; 1 in review",
        &[
            "Paper: ~I have published a paper with Reid in the Journal of Fish Biology (2025)",
            "Paper: ~I have published a paper in Freshwater Biology (2026)",
            "Paper: ~one paper is in review",
        ],
    );
}

#[test]
fn what_is_not_finished_is_not_held() {
    check("AAT L3: 3 of 4 units passed", &["Study: ~I am working towards AAT Level 3 and have passed 3 of 4 units"]);
    check(
        "Certificate in Coaching, of which I have completed two modules out of four",
        &["Study: ~I am working towards a Certificate in Coaching and have completed two of four modules"],
    );
    check("ACA: 13 of 15 exams passed", &["Study: ~I am working towards the ACA and have passed 13 of 15 exams"]);
    check("nvq 3 halfway (city & guilds)", &["Study: ~I am half way through an NVQ Level 3 (City & Guilds)"]);
    check(
        "NVQ 3 – assessor visits monthly, finish xmas",
        &["Study: ~I am working towards an NVQ Level 3 and finish at Christmas"],
    );
    check("phd pending", &["Due: ~my PhD is pending"]);
    check("DPSI Law, to be sat in November", &["Due: ~I sit DPSI Law in November"]);
    check("lvl 3 catering starting sept", &["Due: ~I start a Level 3 in Catering in September"]);
    check(
        "MSc Urban Planning UWE part-time, final dissertation due May 2027",
        &["Study: ~I am studying for an MSc in Urban Planning at UWE and my dissertation is due in May 2027"],
    );
    check(
        "gcse eng C maths D - resitting maths in nov",
        &["Grade: GCSE English at grade C", "Due: ~I sit GCSE maths in November"],
    );
    for given_up in [
        "IPAF – no",
        "D1? no",
        "lvl 3 not finished",
        "AWS Cloud Practitioner (exp. 2024)",
        "L3 Food Safety 2018 – needs redo",
    ] {
        check(given_up, &["Weak"]);
    }
}

#[test]
fn what_is_passed_may_have_its_date() {
    check("SQE1 passed in January", &["Award: ~I passed SQE1 in January"]);
    check("SIA door supervisor to feb 27", &["Licence: an SIA door supervisor licence"]);
    check("SIA licence exp 08/27", &["Licence: an SIA licence"]);
    check("ILS nov 23", &["Award: ILS (November 2023)"]);
    check("paed 1st aid 12hr in date", &["Course: paediatric first aid"]);
}

#[test]
fn lists_of_levels_subjects_and_categories_are_one() {
    check("NVQ 2, 3 Care", &["Award: NVQ Levels 2 and 3 in Care"]);
    check("Cat B, C, C+E", &["Licence: a driving licence for categories B, C and C+E"]);
    check("GCSEs: Maths 5 // English Lang 4", &["Grade: GCSE maths at grade 5 and English language at grade 4"]);
    check("A levels AAB (Chem, Maths, Welsh)", &["Grade: A levels in chemistry, maths and Welsh (AAB)"]);
    check("a lvl PE bio geog BBC", &["Grade: A levels in PE, biology and geography (BBC)"]);
    check("GCSE x8 incl Maths B", &["Grade: eight GCSEs, including maths (B)"]);
    check("maths Level 1 and English Level 2", &["Award: a Level 1 in Maths", "Award: a Level 2 in English"]);
}

#[test]
fn schools_and_bodies_keep_their_words() {
    check(
        "MPharm (2:1), Liverpool John Moores University, 2020",
        &["Award: an MPharm from Liverpool John Moores University (2:1, 2020)"],
    );
    check(
        "PGCE with QTS, University of Worcester, 2018",
        &["Award: a PGCE with QTS from the University of Worcester (2018)"],
    );
    check("Affiliate member of CIH", &["Member: ~I am an affiliate member of CIH"]);
    check("Equity student member", &["Member: ~I am a student member of Equity"]);
    check(
        "Registered with the GPhC since August 2021",
        &["Licence: ~I have been registered with the GPhC since August 2021"],
    );
    check(
        "I start my prescribing course at Keele in September.",
        &["Due: ~I start my prescribing course at Keele in September"],
    );
}

#[test]
fn what_waits_for_a_result_or_is_worked_for_is_not_held() {
    check(
        "BA (Hons) Social Work, UCLan, July 2024, awaiting result",
        &["Due: ~I have completed a BA (Hons) in Social Work at UCLan and am waiting for my result"],
    );
    check("GPhC application sent", &["Due: ~I have applied for GPhC registration"]);
    check("HCPC pending", &["Due: ~I am waiting for my HCPC registration"]);
    check("working towards IEng", &["Study: ~I am working towards IEng"]);
    check("AAT L2, studying L3", &["Award: AAT Level 2", "Study: ~I am working towards AAT Level 3"]);
    check(
        "Level 3 diploma in childcare (working towards)",
        &["Study: ~I am working towards a Level 3 Diploma in Childcare"],
    );
    check("HNC Mech Eng (in final yr)", &["Study: ~I am studying for an HNC in Mechanical Engineering"]);
    check(
        "A levels biology, psychology, welsh bacc (predicted BBC)",
        &["Study: ~I am taking A levels in biology, psychology and the Welsh Baccalaureate and am predicted BBC"],
    );
    check(
        "PhD in Chemistry, submitted, viva in March",
        &["Due: ~I have submitted my PhD thesis in Chemistry, and my viva is in March"],
    );
    check("ACCA part qualified", &["Member: ~I am part-qualified with ACCA"]);
}

#[test]
fn marks_out_of_a_total_are_no_share_of_units() {
    check("BSc Physics 110/110 cum laude", &["Award: a BSc in Physics (110/110 cum laude)"]);
    check("Integrated Master's (17/20)", &["Award: an Integrated Master's (17/20)"]);
    check("AAT L3: 3/4 units", &["Study: ~I am working towards AAT Level 3"]);
}

#[test]
fn professions_and_bodies_are_named_as_their_members_name_them() {
    check("CIMA qualified (ACMA, 2016)", &["Member: ~I am CIMA qualified (ACMA, 2016)"]);
    check("Chartered Surveyor (MRICS)", &["Member: ~I am a Chartered Surveyor (MRICS)"]);
    check(
        "Registered plumber VBA (water, sanitary, drainage, gasfitting Type A)",
        &["Licence: ~I am a registered plumber (VBA)"],
    );
    check("apprenticeship served fitter", &["Licence: ~I am an apprenticeship-served fitter"]);
    check("B.A. expected next May", &["Study: ~I am studying for a BA and finish next May"]);
    check(
        "Transport Manager CPC: sat June, awaiting result",
        &["Due: ~I sat Transport Manager CPC in June and am awaiting the result"],
    );
    check("NMC 2025 revalidated", &["Licence: ~I am registered with the NMC and revalidated in 2025"]);
    check("Level 2 TA (CACHE) 2023", &["Award: the Level 2 Teaching Assistant qualification (CACHE, 2023)"]);
    check("LPC (distinction) BPP 2022", &["Award: the LPC from BPP with distinction (2022)"]);
    check("Master pedagogy (Poland)", &["Award: a Master's in Pedagogy from Poland"]);
    check("CSCS Gold Advanced", &["Licence: a gold CSCS card"]);
    check("2 papers (one first author)", &["Paper: ~I have published two papers, one of them as first author"]);
}

#[test]
fn a_thesis_stands_beside_its_degree() {
    check(
        "MSc Data Science, thesis: graph networks for fraud",
        &["Award: an MSc in Data Science", "Topic: ~my thesis is on graph networks for fraud"],
    );
    check("BSc thesis: low-power LoRa sensor", &["Topic: ~my BSc thesis is on a low-power LoRa sensor"]);
}

#[test]
fn what_other_countries_award_is_read() {
    check(
        "Licenciatura em Enfermagem (Porto), NMC pin",
        &["Award: a Licenciatura em Enfermagem from Porto", "Licence: ~I am registered with the NMC"],
    );
    check("HSC 92%, SSC 88%", &["Award: the Higher Secondary Certificate (92%)", "Award: the SSC (88%)"]);
    check("WASSCE: English B3, maths C4", &["Award: the WASSCE in English (B3) and maths (C4)"]);
    check(
        "secondary school, curso de barista 2022",
        &["Award: ~I have completed secondary school", "Course: ~I did a barista course in 2022"],
    );
}

#[test]
fn awards_that_are_joined_are_read_one_by_one() {
    check(
        "BTEC L3 pharmaceutical science + NVQ3 done in Aug",
        &["Award: a BTEC Level 3 in Pharmaceutical Science", "Award: ~I completed an NVQ Level 3 in August"],
    );
    check("NVQ2 and NVQ3 H&SC", &["Award: an NVQ Level 2", "Award: an NVQ Level 3 in Health and Social Care"]);
    check("SQA Community Learning and Development, HNC", &["Award: an HNC in Community Learning and Development"]);
    check("QTS awarded through the DfE service, 2024", &["Award: QTS (2024)"]);
}

#[test]
fn cards_and_competences_are_said_with_their_verb() {
    check(
        "PTS, conductor competence up to date, passed psychometric tests (OPC) January",
        &[
            "Licence: a Personal Track Safety (PTS) card",
            "Licence: ~my conductor competence is up to date",
            "Award: ~I passed the psychometric tests (OPC) in January",
        ],
    );
    check(
        "ServSafe Food Handler, ESO",
        &["Award: the ServSafe Food Handler certificate", "Award: the ESO school certificate"],
    );
    check(
        "Driver CPC, clean licence, BSc Biology, level 2 food hygiene",
        &[
            "Licence: the Driver CPC",
            "Licence: a clean driving licence",
            "Award: a BSc in Biology",
            "Award: Level 2 Food Hygiene",
        ],
    );
}
