//! Puts words of a sentence right that a reader left as they were typed: the capital that began a note, shorthand, and verbs
//! that do not fit.

use super::super::article::with_article;
use super::super::spell::{is_employer, is_name, is_place};
use super::token::Token;
use crate::pattern::pattern;
use crate::words::list;

list!(ORDINARY = "spell/ordinary");

// "A Welfare officer": what somebody is has a capital only as a name.
pattern!(CAPITAL = r"\b(an?|as|the|my) ([A-Z][a-z]+)( [a-z]{3,})");
// A course that is due is completed, an exam is taken.
pattern!(
    DUE_TO_TAKE = r"\bdue to take ((?:an? |my |the )?(?:BA|BSc|BEng|HNC|HND|LLB|MA|MSc|MEng|PGCE|PGDE|PhD)(?: (?:with|in) [\w ]+?)?)( in \w+(?: \d{4})?)?$"
);
pattern!(ROSE = r"^I was an? (apprentice|junior|trainee) to (qualified|senior) ([a-z]+)(.*)$");
pattern!(
    FIRST_AID = r"^I (have|hold) ((?:[Ee]mergency |[Pp]aediatric |[Mm]ental [Hh]ealth )?)[Ff]irst [Aa]id( at [Ww]ork)?( \(\d{4}\))?$"
);
// "A QA tester at Minsk", but a student or a lecturer is at a university, and a cashier may be at Iceland.
pattern!(
    AT_PLACE = r"^(I (?:was|am|have been|worked as) an? [^,]*?) at ([A-Z]\w+)(,|\.| for | from | until | since |$)"
);
pattern!(
    AT_UNIVERSITY = r"(?i)student|lectur|research|fellow|professor|teaching|degree|year|graduate|postdoc|doctoral|demonstrator|scholar|tutor|\b(?:BA|BSc|BEng|LLB|LLM|MA|MBA|MEng|MSc|PGCE|PhD)\b"
);
pattern!(WORD = r"[\w'’-]+");

/// Places that are airports, banks and shops as well.
const NOT_TOWNS: [&str; 7] = ["Gatwick", "Halifax", "Heathrow", "Iceland", "Luton", "Oxford", "Stansted"];
/// Shorthand that stands for one word wherever it stands.
const SHORT: [(&str, &str); 6] = [
    ("asst", "assistant"),
    ("dept", "department"),
    ("econ", "economics"),
    ("mgmt", "management"),
    ("mgr", "manager"),
    ("uni", "university"),
];

/// The sentence with capitals only where the words that were typed have them inside a note, and without shorthand.
pub fn plain(text: &str, typed: &[Token]) -> String {
    let text = CAPITAL.replace_all(text, |found: &regex::Captures<'_>| {
        let lower = found[2].to_lowercase();
        let is_typed_so = typed.iter().any(|word| word.key == lower && word.is_name);
        let is_ordinary = ORDINARY.has(&lower) && !is_name(&found[2]) && !is_place(&found[2]);
        let word = if is_ordinary && !is_typed_so { &lower } else { &found[2] };
        format!("{} {word}{}", &found[1], &found[3])
    });
    let text = WORD.replace_all(&text, |found: &regex::Captures<'_>| {
        let word = &found[0];
        let long = SHORT.iter().find(|(short, _)| word.eq_ignore_ascii_case(short)).map(|(_, long)| *long);
        match long.filter(|_| !word.chars().skip(1).any(char::is_uppercase)) {
            Some(long) if word.starts_with(char::is_uppercase) => long[..1].to_uppercase() + &long[1..],
            Some(long) => long.to_owned(),
            None => word.to_owned(),
        }
    });
    let text = AT_PLACE.replace(&text, |found: &regex::Captures<'_>| {
        let name = found[2].to_lowercase();
        let is_typed = typed.windows(2).any(|words| words[0].key == "at" && words[1].key == name);
        let is_other = is_typed || is_employer(&found[2]) || NOT_TOWNS.contains(&&found[2]);
        let is_town = is_place(&found[2]) && !is_other && !AT_UNIVERSITY.is_match(&found[1]);
        format!("{} {} {}{}", &found[1], if is_town { "in" } else { "at" }, &found[2], &found[3])
    });
    let begins = typed.iter().any(|word| word.key.starts_with("start") || word.key.starts_with("begin"));
    let complete = if begins { "due to take $1$2" } else { "due to complete $1$2" };
    let text = DUE_TO_TAKE.replace(&text, complete);
    ROSE.replace(&text, "I rose from $1 to $2 $3$4").into_owned()
}

/// "I have a first aid certificate": among the qualifications, first aid is one.
pub fn certificate(text: &str) -> String {
    let named = |found: &regex::Captures<'_>| {
        let at_work = found.get(3).map_or(String::new(), |at_work| at_work.as_str().to_lowercase());
        let year = found.get(4).map_or("", |year| year.as_str());
        let named = with_article(&format!("{}first aid{at_work} certificate", found[2].to_lowercase()));
        format!("I {} {named}{year}", &found[1])
    };
    FIRST_AID.replace(text, named).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    #[test]
    fn first_aid_is_a_certificate_and_a_town_is_worked_in() {
        assert_eq!(certificate("I have First Aid"), "I have a first aid certificate");
        assert_eq!(
            certificate("I have paediatric first aid (2024)"),
            "I have a paediatric first aid certificate (2024)"
        );
        let check = |typed: &str, text: &str, expect: &str| assert_eq!(plain(text, &tokens(typed)), expect);
        check("QA tester, Minsk", "I was a QA tester at Minsk", "I was a QA tester in Minsk");
        let cook = "I was a cook at Leeds from 2019 to 2021";
        check("cook, Leeds 2019-21", cook, "I was a cook in Leeds from 2019 to 2021");
        for (typed, text) in [
            ("cook at Leeds 2019-21", cook),
            ("cashier, Iceland", "I was a cashier at Iceland"),
            ("undergraduate, Durham", "I am an undergraduate at Durham"),
            ("history student, Leeds", "I am a history student at Leeds"),
        ] {
            check(typed, text, text);
        }
    }

    #[test]
    fn a_capital_that_began_a_note_and_shorthand_do_not_stay() {
        let check = |typed: &str, text: &str, expect: &str| assert_eq!(plain(text, &tokens(typed)), expect);
        check("Welfare officer at SU", "I was a Welfare officer at SU", "I was a welfare officer at SU");
        check("was a Scouts leader", "I was a Scouts leader", "I was a Scouts leader");
        check("Polish teacher", "I was a Polish teacher", "I was a Polish teacher");
        let (taken, rose) = ("I am due to take my PGCE in July", "I was a junior to senior stylist in Cardiff");
        check("PGCE due July", taken, "I am due to complete my PGCE in July");
        check("junior to senior stylist", rose, "I rose from junior to senior stylist in Cardiff");
        let partner = "I was an assistant to a senior partner in Hull";
        check("assistant to a senior partner", partner, partner);
        check("MSc due to start Sept", "I am due to take an MSc in September", "I am due to take an MSc in September");
        check("exams due May", "I am due to take my degree exams in May", "I am due to take my degree exams in May");
        check("theory test July", "I am due to take my theory test", "I am due to take my theory test");
        check("the Uni choir", "I sing in the Uni choir", "I sing in the University choir");
    }
}
