use super::*;

fn read(field: &str) -> Vec<String> {
    let told = clauses(field, Some(Tense::Now)).into_iter().map(|(_, clause)| match clause {
        Clause::Whole(text) => text,
        Clause::LeftOut(why) => format!("{why:?}"),
    });
    told.collect()
}

#[test]
fn a_sentence_that_was_written_out_is_kept_whole() {
    for text in [
        "I have just started the first year of a BA in Geography at the University of Leeds",
        "Last summer I worked for nine weeks at a holiday park in Skegness, where I carried plates and did the bingo books",
        "My lectures are on Monday to Wednesday, so I am free from Thursday lunchtime onwards",
        "In June 2024 I attended a two-week vacation scheme at a firm in Bristol",
        "I do not mind cleaning",
    ] {
        assert_eq!(read(&format!("{text}.")), [text]);
    }
}

#[test]
fn contractions_and_small_slips_are_put_right() {
    assert_eq!(read("i've been a cashier for six years"), ["I have been a cashier for six years"]);
    assert_eq!(
        read("Since April 2024 I am volunteer at New Cross Hospital"),
        ["Since April 2024 I have been a volunteer at New Cross Hospital"]
    );
    assert_eq!(
        read("Also I work 16 hours a week as kitchen assistant"),
        ["I also work 16 hours a week as a kitchen assistant"]
    );
}

#[test]
fn what_is_given_back_is_cut_and_the_rest_stays() {
    for (typed, kept) in [
        (
            "I am due to begin the course in September 2025 and do not yet have SQE1.",
            "I am due to begin the course in September 2025",
        ),
        ("I have read about Kubernetes but not run it in anger.", "I have read about Kubernetes"),
        ("I can drive, although I have never driven anything longer than a Picasso.", "I can drive"),
        (
            "I am confident with heath and grassland, weak on sedges and hopeless on bryophytes.",
            "I am confident with heath and grassland",
        ),
        ("I have a full manual licence with three points for speeding in 2023.", "I have a full manual licence"),
        ("I passed the tests at the second attempt, in March.", "I passed the tests, in March"),
    ] {
        assert_eq!(read(typed), [kept]);
    }
}

#[test]
fn what_speaks_for_somebody_is_no_weakness() {
    for text in [
        "I use Excel every week, and Python when something will not fit",
        "I work starts from 04.10, and have had no safety-of-the-line incidents",
        "I handle absence, grievance and disciplinary cases from start to finish",
        "I milked in a 54-bail rotary for two seasons",
    ] {
        assert_eq!(read(text), [text]);
    }
}

#[test]
fn what_hangs_on_another_sentence_is_left_out() {
    for text in ["I sing in it.", "I sort of grew up in it.", "I met him in the library for nine weeks."] {
        assert_eq!(read(text), ["Unread"], "{text}");
    }
    assert_eq!(read("For three years before that I taught English."), ["For three years I taught English"]);
}

#[test]
fn months_in_figures_are_named() {
    assert_eq!(
        read("I'm a support officer in planning at Wychavon (since 10/2022):"),
        ["I have been a support officer in planning at Wychavon since October 2022"]
    );
}

#[test]
fn what_was_done_gets_no_article() {
    assert_eq!(
        read("I was made transport supervisor with four staff."),
        ["I was made transport supervisor with four staff"]
    );
}

#[test]
fn a_run_of_clauses_is_parted_and_what_weakens_is_left_out() {
    assert_eq!(
        read(
            "I have been going into the school on Tuesdays to hear readers and this term I have been allowed to sit in on the groups but I have not led one"
        ),
        [
            "I have been going into the school on Tuesdays to hear readers",
            "This term I have been allowed to sit in on the groups",
            "Weak",
        ]
    );
    assert_eq!(read("I am predicted a first, although my second-year average was 67."), ["I am predicted a first"]);
    assert_eq!(read("I would rather not be on the door."), ["Weak"]);
}

#[test]
fn what_points_back_stays_with_what_it_points_to() {
    assert_eq!(
        read("I spent a year at the Highways Agency. There I ran the night desk."),
        ["I spent a year at the Highways Agency. There I ran the night desk"]
    );
}

#[test]
fn what_others_did_stays_with_it_too() {
    assert_eq!(
        read("I did my work experience with a fencing contractor. They asked me back for three weeks in the summer."),
        ["I did my work experience with a fencing contractor. They asked me back for three weeks in the summer"]
    );
}

#[test]
fn what_speaks_of_a_sentence_that_is_left_out_goes_with_it() {
    assert_eq!(
        read("I was dismissed when my bank closed its branches. I had been the manager of two of them."),
        ["Private", "Unread"]
    );
}

#[test]
fn words_of_money_and_of_none_are_no_weakness_where_they_are_about_the_work() {
    for text in [
        "I am the treasurer of our pre-school, where I run the pay for six staff each month",
        "I also light the plays of a youth theatre in Ballymena for nothing",
        "I took redundancy in May when my bank closed its last branches in Warrington",
        "I raised more money than any branch in Wales",
    ] {
        assert_eq!(whole::fault(text), None, "{text}");
    }
    for text in ["I need the money", "I want more money", "I was made redundant"] {
        assert!(whole::fault(text).is_some() || text.contains("made redundant"), "{text}");
    }
    assert_eq!(read("I drive."), ["I drive"]);
    assert_eq!(read("I sail, and I keep the club's incident log."), ["I sail, and I keep the club's incident log"]);
}

#[test]
fn notes_are_read_like_any_entry() {
    for text in
        ["cdp on sauce, 3.5 yrs", "Barista, Costa, 2022-2024", "I/T support w/ tickets", "worked at Tesco", "till work"]
    {
        assert_eq!(read(text), [""; 0], "{text}");
    }
}

#[test]
fn illness_is_private_and_modesty_is_no_fact() {
    use whole::fault;
    assert_eq!(fault("I have been off work for fourteen months after an illness"), Some(Why::Private));
    assert_eq!(fault("My English is ok"), Some(Why::Weak));
    assert_eq!(fault("I am a CMM operator (not programmer)"), Some(Why::Weak));
    assert_eq!(fault("I type at 75 words per minute, or did when I last tested"), Some(Why::Weak));
    // Who looks after the ill says so.
    for text in [
        "I looked after patients after a stroke",
        "I helped people back to work after an injury",
        "My first job was at Tesco",
    ] {
        assert_eq!(fault(text), None, "{text}");
    }
    // What others could not do is no weakness.
    assert_eq!(fault("I tested the site with a screen reader after a blind pupil could not use it"), None);
    assert_eq!(fault("I could not use it after a week"), Some(Why::Weak));
}
