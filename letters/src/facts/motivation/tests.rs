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
