use super::*;
use crate::facts::told::told;

/// The clause of a reason.
fn word(fact: Fact) -> String {
    let Words::Clause(clause) = fact.words else { panic!("a clause") };
    if fact.kind == Kind::Home { format!("Home: {clause}") } else { clause }
}

fn check(field: &str, expect: &[&str]) {
    assert_eq!(told(motivation(field), word), expect, "{field}");
}

#[test]
fn a_reason_gets_the_subject_that_it_lacks() {
    check(
        "want to see pts at home again like on placement",
        &["I would like to see patients at home again, like on placement"],
    );
    check(
        "ride a ferrous gravel bike, come on the sunday rides since 2023",
        &["I ride a ferrous gravel bike", "I have been coming on the Sunday rides since 2023"],
    );
    check("your nurses looked after mum", &["your nurses looked after my mum"]);
    check("live in otley, my nans a customer", &["Home: I live in Otley", "my nan is a customer"]);
    check(
        "grandad was a mason at wells cathedral, like old buildings",
        &["my grandad was a mason at Wells Cathedral", "I like old buildings"],
    );
    check(
        "my aunt had a befriender from you, tuesdays were her best day",
        &["my aunt had a befriender from you", "Tuesdays were her best day"],
    );
    check("you do footbridges, same as my dissertation", &["you do footbridges, the same as my dissertation"]);
    check("been buying my boots from u since i was 10", &["I have been buying my boots from you since I was 10"]);
    check(
        "conducted st marks choir at your xmas concert last yr, lovely crowd",
        &["I conducted St Mark's choir at your Christmas concert last year", "it was a lovely crowd"],
    );
}

#[test]
fn what_is_private_or_says_nothing_is_left_out() {
    check(
        "my backs bad, want off the road and into planning",
        &["Private", "I would like to move off the road and into planning"],
    );
    check("10 min from my house. want £16/hr min", &["Home: I live ten minutes from you", "Pay"]);
    check("need a job", &["Anybody"]);
    check("n/a", &["Blank"]);
    check("the stability part", &["Unread"]);
}

#[test]
fn whole_sentences_stay() {
    check(
        "I want to stay with families for longer than an assessment allows.",
        &["I want to stay with families for longer than an assessment allows"],
    );
    check(
        "you merged last yr and run 2 repairs services. i joined up 2 at pennine in 2021",
        &["you merged last year and run two repairs services", "I joined up 2 at pennine in 2021"],
    );
}

#[test]
fn what_only_attracts_becomes_one_reason() {
    check(
        "proximity to home, good reviews, training",
        &["I am attracted by your good reviews and the training", "Home: I live close to you"],
    );
    check(
        "bigger kitchen, the chef's reputation",
        &["I am attracted by the chef's reputation, and I would like a bigger kitchen"],
    );
    check("good reputation, my friend works there", &["Anybody", "my friend works there"]);
    check(
        "location, hours fit round school run",
        &["I am attracted by the location", "the hours fit round the school run"],
    );
    check(
        "your trainee scheme; 20 mins on the bus; love books",
        &["I am attracted by your trainee scheme", "Home: I live 20 minutes from you by bus", "I love books"],
    );
}

#[test]
fn what_has_lasted_is_said_as_english_says_it() {
    check("I use Monzo since I came to UK", &["I have used Monzo since I came to the UK"]);
    check("I am use your bank since I came in UK", &["I have used your bank since I came to the UK"]);
    check(
        "I live here since 2019 and my children go in your nursery",
        &["Home: I have lived here since 2019 and my children go in your nursery"],
    );
    check("I use your app since 2 years", &["I have been using your app for two years"]);
}

#[test]
fn the_employer_is_spoken_to() {
    check(
        "its our own surgery and they have been good to my mum",
        &["you are our own surgery and you have been good to my mum"],
    );
    check(
        "my cousin has flown from Luton for them six yrs and loves it",
        &["my cousin has flown from Luton for you for six years and loves it"],
    );
    check("they looked after my dad", &["you looked after my dad"]);
    check("the nurses were kind and they rang us every day", &["the nurses were kind and they rang us every day"]);
    check("bigger team, chance to do ACPT", &["I would like a bigger team and the chance to do ACPT"]);
}

#[test]
fn a_sentence_of_prose_is_told_with_the_one_that_it_leans_on() {
    check(
        "When I was eleven my family lived in temporary accommodation. It was a Shelter adviser who sorted it out.",
        &["when I was eleven my family lived in temporary accommodation. It was a Shelter adviser who sorted it out"],
    );
    check(
        "Half of the parents I met were told to speak only English at home. Your leaflet is honest about it.",
        &["Half of the parents I met were told to speak only English at home", "your leaflet is honest about it"],
    );
    check(
        "It is my dream to design the exhibition of the city.",
        &["it is my dream to design the exhibition of the city"],
    );
}
