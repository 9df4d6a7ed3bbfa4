use super::super::tests::{now, past};

#[test]
fn what_a_run_of_entries_says_of_a_course_is_one_fact() {
    now(
        "MSc student, Physics, Università di Padova",
        &["Study: an MSc student | in physics at Università di Padova | "],
    );
    now("OT student 3rd yr, Glyndŵr", &["Study: a third-year occupational therapy student | at Glyndŵr | "]);
    now(
        "Uni of Salford yr 2 QS",
        &["Study: a second-year quantity surveying student | at the University of Salford | "],
    );
    now(
        "Sports Science at St Mary's Twickenham (2nd year) (2024 - now)",
        &["Study: a second-year sports science student | at St Mary's in Twickenham | "],
    );
    now(
        "Student Maschinenbau (5th semester) TU Darmstadt",
        &["Study: a mechanical engineering student | at TU Darmstadt, in my fifth semester | "],
    );
    now(
        "Final-year BSc, Computer Engineering at Politecnico di Torino",
        &["Study: I am in the final year of a BSc in Computer Engineering at Politecnico di Torino"],
    );
    now(
        "A levels (maths, DT, geography) at Greenhead College",
        &["Study: took A levels in maths, design and technology and geography at Greenhead College"],
    );
    now("MSc Public Policy LSE", &["Study: studied for an MSc in Public Policy at LSE"]);
    now("Foundation year, law", &["Study: did a foundation year in law"]);
    now("uni (music tech, Huddersfield)", &["Study: studied music technology at Huddersfield"]);
    now("studying English in London morning", &["Study: studied English in London"]);
    now(
        "student midwife, 3rd year, Coventry University",
        &["Study: a third-year student midwife | at Coventry University | "],
    );
    past("A levels at Hills Road, 2019-2021", &["Study: took A levels at Hills Road from 2019 to 2021"]);
}

#[test]
fn what_is_no_course_is_read_as_work() {
    now("Student ambassador at Heriot-Watt", &["Role: a student ambassador | at Heriot-Watt | "]);
    now("Associate lecturer, Open University", &["Job: an associate lecturer | at the Open University | "]);
    now("2nd year apprentice at BT", &["Job: a second-year apprentice | at BT | "]);
    now("degree apprentice at Airbus, 3rd year", &["Job: a degree apprentice | at Airbus | "]);
}

#[test]
fn a_thesis_and_research_have_their_own_clause() {
    now(
        "PhD candidate at Imperial, graph neural nets for molecules",
        &["Study: a PhD candidate | at Imperial | ", "Topic of 0: my research is on graph neural nets for molecules"],
    );
    now(
        "MSc Statistics student, UCL. Thesis on survival models for churn",
        &["Study: an MSc statistics student | at UCL | ", "Topic of 0: my thesis is on survival models for churn"],
    );
    now(
        "PhD student at the University of Edinburgh, annotating genomes of 23 butterflies; thesis to be submitted in March",
        &[
            "Study: a PhD student | at the University of Edinburgh, annotating genomes of 23 butterflies | ",
            "Topic of 0: my thesis is to be submitted in March",
        ],
    );
    past(
        "PhD, University of Gdansk, 2017-2021, on seagrass in Puck Bay",
        &[
            "Study: did a PhD at the University of Gdansk from 2017 to 2021",
            "Topic of 0: my research was on seagrass in Puck Bay",
        ],
    );
    past("B.Eng project: app for cycle routes", &["Topic: my BEng project was an app for cycle routes"]);
    now(
        "Lead author on one paper, co-author on three",
        &["Paper: I am the lead author of one paper", "Paper: I am a co-author of three more"],
    );
}

#[test]
fn school_is_told_by_where_somebody_is_in_it() {
    now("SCHOOL", &["Study: I am at school"]);
    now("GCSE year", &["Study: I am in my GCSE year"]);
    now("just left school", &["Study: I have just left school"]);
    now(
        "Year 13 (Computer Science, Maths, Psychology)",
        &["Study: I am in Year 13, studying computer science, maths and psychology"],
    );
    now("year 12 doing DofE silver", &["Study: I am in Year 12 and am doing the Silver Duke of Edinburgh's Award"]);
    now(
        "6th form finishing A levels in june, volunteer on ward C7 at UHW sundays since oct",
        &[
            "Study: I am in the sixth form and finish my A levels in June",
            "Role: I have volunteered on Ward C7 at UHW on Sundays since October",
        ],
    );
    now("gap year before Exeter (geography)", &["Study: I am on a gap year before studying geography at Exeter"]);
    now(
        "colege student (catering level 2), also helping at the chip shop",
        &["Study: a college student | taking Level 2 Catering | ", "Job: helped out at the chip shop"],
    );
}

#[test]
fn what_stands_beside_studies_keeps_its_place_and_its_hours() {
    now(
        "3rd year CS at Heriot-Watt, part time on the IT helpdesk (12 hrs/wk)",
        &[
            "Study: a third-year computer science student | at Heriot-Watt | ",
            "Job: worked part time on the IT helpdesk, twelve hours a week",
        ],
    );
    now(
        "just finished year 11, working saturdays at my uncles carpet shop",
        &["Study: I have just finished Year 11", "Job: worked at my uncle's carpet shop on Saturdays"],
    );
    now(
        "Final placement (100 days) in the Child in Need team at Blackburn with Darwen Council",
        &["Placement: my final placement, of 100 days, is in the Child in Need team at Blackburn with Darwen Council"],
    );
    now(
        "final placement in MSK outpatients, Llandough",
        &["Placement: my final placement is in MSK outpatients at Llandough"],
    );
    past(
        "work experience with my dads mate who is a plumber, 2 weeks",
        &["Placement: did work experience with a plumber for two weeks"],
    );
    past("year in industry at the ONS Newport", &["Placement: did a year in industry at the ONS in Newport"]);
    now(
        "Final months of a postdoctoral contract at the Scottish Association for Marine Science, Oban (Nov 2021 - Feb 2025), measuring maerl bed recovery",
        &[
            "Job: I am in the final months of a postdoctoral contract at the Scottish Association for Marine Science in Oban, measuring maerl bed recovery",
        ],
    );
}
