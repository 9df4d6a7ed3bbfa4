//! What is asked of people of many kinds, and what of their forms answers it.

use super::*;

#[test]
fn a_fitter() {
    check(
        "time served apprenticeship, security clearance, hydraulic systems",
        "",
        &[
            "now: Leading Engineering Technician (ME), Royal Navy, HMS Albion | for 11 years",
            "job: apprentice at a Barrow garage",
            "skill: diesel & hydraulic maint",
            "skill: permit to work",
            "feat: leading a section of 6",
            "award: NVQ3 Marine Engineering",
            "licence: SC security cleared",
        ],
        &["security clearance: met 7", "hydraulic systems: met 3", "time served apprenticeship: near 2"],
    );
}

#[test]
fn a_finance_assistant() {
    check(
        "purchase ledger, bank reconciliations, sage intacct",
        "",
        &[
            "now: accounts payable temp at Severn Trent",
            "duty<1: process about 200 invoices a week",
            "job: Teller at Stanbic Bank, Harare",
            "skill: purchase ledger",
            "tool: Oracle",
            "award: AAT L2 passed",
            "study: AAT L3 in progress",
        ],
        &["purchase ledger: met 1 4", "bank reconciliations: none", "sage intacct: none"],
    );
}

#[test]
fn a_housing_officer() {
    check(
        "2 years in social housing; CIH level 3; ASB casework",
        "You will look after a patch of 600 homes in Lewisham, neighbour disputes and anti-social behaviour. You have two \
         years or more, or you know it from the other side as a resident. CIH Level 3 would be good; if you don't have it, \
         we'll put you through it.",
        &[
            "now: Night concierge in a tower block for L&Q (agency)",
            "duty<1: log ASB calls",
            "role: Tenant rep on the estate board",
            "job: record shop owner | for 15 years",
            "skill: mediation",
            "tool: Word",
        ],
        &["ASB casework: near 2", "CIH level 3: none", "other side as a resident: met 3"],
    );
}

#[test]
fn a_nurse() {
    check(
        "NMC registered, wound care, full driving licence",
        "",
        &[
            "now: band 5 staff nurse acute med ward, Aintree Hosp | since September 2022",
            "job: HCA nights @ nursing home in Bootle | for two years",
            "placement: 10 wk placement w district nurses Sefton",
            "skill: wound care inc leg ulcers",
            "award: BN Adult Nursing",
            "licence: NMC PIN",
            "licence: full licence",
            "own: own car",
        ],
        &["NMC registered: met 6", "wound care: met 4", "full driving licence: met 7"],
    );
}

#[test]
fn a_software_engineer() {
    check(
        "TypeScript, PostgreSQL, AWS",
        "You'll join a team of five: TypeScript on Node, PostgreSQL, everything on AWS. We review each other's work every \
         day, and we are kind about it. We'd like two years or so of commercial work, but we won't count the months. Instead, \
         tell us in your letter what you have built that people other than you use, and how many of them there are.",
        &[
            "now: junior dev at parcelbright leeds | for 18 months",
            "duty<1: TS/node apis",
            "job: bar work",
            "feat: built court booking app for my badminton club - 140 members use it every wk",
            "tool: typescript",
            "tool: postgres",
            "tool: google cloud",
            "skill: code review",
            "award: BSc comp sci 2:1 york 2025",
        ],
        &["TypeScript: met 2 5", "PostgreSQL: met 6", "AWS: near 7", "what you have built: met 4"],
    );
}

#[test]
fn a_chef() {
    check(
        "3 yrs CDP or above, ordering & stock, L3 food hygiene",
        "",
        &[
            "now: cdp on sauce at the Pilot Boat (2 rosettes) | for three and a half years",
            "duty<1: do fish + meat orders",
            "job: commis carluccios",
            "skill: butchery",
            "award: NVQ2 prof cookery",
            "award: L2 food hygiene",
        ],
        &["chef de partie: met 1", "ordering: met 2", "stock: none", "food hygiene: none"],
    );
}

#[test]
fn a_researcher() {
    check(
        "PhD in ecology or close to completion, R, electrofishing, publications",
        "Experience of electrofishing is essential; telemetry or mark-recapture is desirable. A full driving licence is \
         needed. You will also help to supervise undergraduate projects.",
        &[
            "study: final yr PhD Glasgow",
            "topic<1: eel passage at small weirs",
            "due<1: viva 22 jan 2027",
            "job: seasonal fisheries asst, spey fishery board | in the summers of 2021 and 2022",
            "duty<4: electrofishing",
            "feat: supervised 3 undergrad projects",
            "tool: R (mixed models, mark-recapture)",
            "award: MSc aquatic ecology (distinction)",
            "award: SFCC electrofishing team leader",
            "licence: full UK licence",
            "paper: Carvalho & Reid 2025 J Fish Biol",
        ],
        &[
            "PhD: progress 1",
            "electrofishing: met 5 9",
            "publications: met 11",
            "mark-recapture: met 7",
            "driving licence: met 10",
            "undergraduate projects: met 6",
        ],
    );
}

#[test]
fn a_payroll_administrator() {
    check(
        "payroll experience, Sage 50 Payroll, Excel",
        "",
        &[
            "break: full time carer for mum 2021 - aug this yr",
            "job: payroll clerk eskdale mill | for six years",
            "size<2: 180 staff wkly + mthly",
            "skill: payroll",
            "tool: IRIS",
            "tool: spreadsheets",
            "award: CIPP payroll technician cert 2016",
        ],
        &["payroll experience: met 2", "Sage 50: near 5", "Excel: near 6"],
    );
}

#[test]
fn a_civil_engineer() {
    check(
        "degree in civil eng or similar, Revit, report writing",
        "Some time on a building site, paid or not, will help you. You will need a head for detail and no fear of rain. We \
         support our graduates towards membership of the ICE. Applicants must have the right to work in the UK.",
        &[
            "study: MSc structural eng sheffield",
            "placement: site intern 3 months, song han construction, bridge in da nang",
            "tool: AutoCAD",
            "tool: Tekla",
            "award: BEng civil eng da nang",
        ],
        &[
            "degree in civil: met 5",
            "Revit: near 4",
            "report writing: none",
            "building site: met 2",
            "right to work: none",
        ],
    );
}

#[test]
fn a_chief_operating_officer() {
    check(
        "board level experience, budget 50m+, track record w Regulator of Social Housing",
        "",
        &[
            "now: exec director of ops, pennine homes | since 2019",
            "size<1: 420 staff",
            "size<1: £62m budget",
            "size<1: 14k homes",
            "duty<1: report to board",
            "feat<1: took us G3 to G1",
            "skill: board papers",
            "role: non-exec + chair of audit cttee calder college",
        ],
        &["board: met 5 8", "budget: met 3", "Regulator of Social Housing: met 6"],
    );
}

#[test]
fn a_stonemason() {
    check(
        "GCSE English and maths at 4, practical skills, CSCS card",
        "You'll need GCSE English and maths at grade 4, or be sitting them this summer. Show us that you can make things with \
         your hands: anything counts. A CSCS card is handy; if you haven't got one, we'll pay for it.",
        &[
            "study: yr 11 st aldhelms",
            "due<1: gcses june 2027 - eng, maths, DT, geog, comb sci",
            "grade<2: predicted 5 maths 4 eng",
            "placement: work exp 2 wks w dry stone waller, mendips",
            "skill: woodwork",
            "feat<5: made 2 benches for school garden",
            "due: CSCS test booked 12 april",
        ],
        &["GCSE English: progress 2 3", "practical skills: met 6", "CSCS: progress 7", "make things: met 6"],
    );
}

#[test]
fn a_volunteer() {
    check(
        "good listener, 2 hrs a wk, DBS",
        "",
        &[
            "job: GP receptionist southall | for 22 years",
            "skill: listening",
            "language: punjabi + hindi",
            "free: free tues & thurs",
            "licence: DBS 2025",
        ],
        &["good listener: met 2", "two hours: met 4", "DBS: met 5"],
    );
}

#[test]
fn a_transport_coordinator() {
    check(
        "drivers hours / tacho knowledge, Transport Manager CPC, Excel, office experience",
        "",
        &[
            "now: class 1 hgv driver wincanton | for nine years",
            "knowledge: drivers hours",
            "knowledge: tachos",
            "tool: excel",
            "licence: C+E",
            "licence: driver CPC",
            "due: transport mgr CPC exam booked 5 march 2027",
        ],
        &["tachograph: met 2 3", "Transport Manager: progress 7", "Excel: met 4", "office experience: none"],
    );
}

#[test]
fn a_mechanic_for_social_media() {
    check(
        "2 yrs in a marketing team, paid social, Premiere Pro",
        "",
        &["now: mechanic, halfords workshop | for four years", "skill: wheel building", "award: cytech tech 2"],
        &["marketing team: none", "paid social: none", "Premiere Pro: none"],
    );
}

#[test]
fn a_night_shift_leader() {
    check(
        "team leading, counterbalance licence, WMS, IOSH",
        "",
        &[
            "now: picker/packer nights DHL lutterworth | for two years and three months",
            "duty<1: cover for TL when hes off (team of 14)",
            "role<1: H&S rep",
            "tool: manhattan WMS",
            "tool: FLT",
            "licence: counterbalance + reach",
        ],
        &["team leading: met 2", "counterbalance: met 6", "WMS: met 4", "IOSH: none"],
    );
}

#[test]
fn an_optical_assistant() {
    check(
        "customer service, GCSE maths, sales targets",
        "You've worked with the public somewhere, and you're easy with people of every age, above all with children and with \
         those who find it hard to hear. A GCSE in maths helps, because lenses are all numbers. You needn't know a thing about \
         optics: we'll train you, and after six months we'll pay for the optical assistant certificate. Four days a week, \
         Saturdays included.",
        &[
            "now: beauty advisor No7 counter boots leeds | for three years",
            "job: playgroup asst little acorns | for one year",
            "job: waitress",
            "language: BSL level 1",
            "language: makaton",
            "grade: GCSE maths 6 eng 6",
            "award: L3 beauty therapy",
        ],
        &[
            "customer service: met 1 3",
            "GCSE maths: met 6",
            "sales targets: none",
            "children: met 2",
            "hard to hear: near 4 5",
        ],
    );
}

#[test]
fn an_activities_coordinator() {
    check(
        "worked with older people, planning activities, NVQ2 in care, dementia training",
        "You'll plan a month ahead within a small budget, drive our minibus (D1, or willing to train), keep families in the \
         picture and write up what each resident enjoyed. We'd love someone who has worked with older people and who can draw \
         in the village: choirs, schools, the WI.",
        &[
            "now: care asst ashdown court | since 2023",
            "duty<1: run the weds singalong + garden club (6 residents)",
            "role: lead st marks choir",
            "job: primary music teacher, kingston jamaica | for eight years",
            "skill: budgeting",
            "knowledge: good w families",
            "award: NVQ2 health & social care",
            "course: dementia friends session 2024",
            "licence: D1 on licence",
        ],
        &[
            "worked with older people: met 1 2",
            "planning activities: near 2",
            "NVQ Level 2 in care: met 7",
            "dementia training: near 8",
            "small budget: met 5",
        ],
    );
}

#[test]
fn a_driver() {
    check(
        "clean driving licence, local knowledge",
        "",
        &["now: courier for evri | for one year", "knowledge: know the area"],
        &["driving licence: none", "local knowledge: met 2"],
    );
}
