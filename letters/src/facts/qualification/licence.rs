//! Licences, registrations, clearances, checks, and what one has of one's own.

use super::marks::{Marks, tidied};
use crate::facts::article::with_article;
use crate::facts::fact::{Kind, Words};
use crate::pattern::pattern;
use crate::words::list;

list!(LICENCES = "qualification/licences");
list!(REGISTERS = "qualification/registers");
list!(CLEARANCES = "qualification/clearances");

pattern!(
    DRIVING = r"(?i)^(?:my |a |an )?((?:(?:full|clean|valid|current|uk|eu|manual|automatic|european|british|irish|b|category b|cat b|class b|ni|provisional)[\s,]+)*)(?:(?:car|driving|drivers?|driver's|drivers')\s+)?licen[cs]e(?:[\s,(-]+((?:b|uk|clean|full|c1|d1|no points|zero points|manual|held|eu|category b|cat b)\)?[\s,]*)*)?(?:\s+(?:for|since|held)\s.*)?$"
);
pattern!(ON_LICENCE = r"(?i)^([BCD]1?(?:\+E)?)(?: and ([BCD]1?(?:\+E)?))? (?:on|on my|on the) licence$");
pattern!(
    REGISTERED = r"(?i)^(.+?)[\s,(]*(?:\bpin\b|registered|registration|reg(?:istered)? (?:nurse|midwife|manager)|registrant|member)?(?:\s+(?:number|no\.?)?\s*[\dA-Z]{5,9})?\)?$"
);
pattern!(REGISTERED_WITH = r"(?i)^(?:fully )?registered with (?:the )?(.+)$");
pattern!(CLEARED = r"(?i)^(.+?)\s+(?:security )?(?:cleared|clearance|vetted|vetting)$");
pattern!(
    OWN = r"(?i)^(?:and |have |has |got |i have |i have got |with )*(?:my |a |an )?own (.+)$|^(?:have|has|got|i have|i have got)(?: got)? (?:a |my )?(car|van|bike|bicycle|motorbike|moped|laptop|tools|transport|scooter)$|^(car) owner$"
);
pattern!(
    TRUCKS = r"(?i)\b(counterbalance|reach|reach truck|bendi|vna|sideloader|side loader|llop|ppt|powered pallet truck|pivot steer|telehandler|order picker)\b"
);

/// What the applicant has of their own: a car, tools.
pub fn own(text: &str) -> Option<(Kind, Words)> {
    let found = OWN.captures(text)?;
    let what = (1..=3).find_map(|at| found.get(at))?.as_str();
    let words = what.split_whitespace().count();
    (words < 6).then(|| (Kind::Own, Words::Thing(format!("my own {}", what.to_lowercase().replace(" n ", " and ")))))
}

/// Two or more kinds of forklift trucks in one entry.
pub(super) fn forklifts(text: &str) -> Option<(Kind, Words)> {
    let rest = TRUCKS.replace_all(text, "").to_lowercase();
    let is_only_trucks = rest.split(|c: char| !c.is_alphanumeric()).all(|word| {
        matches!(
            word,
            "" | "and"
                | "licence"
                | "licences"
                | "forklift"
                | "truck"
                | "flt"
                | "ticket"
                | "tickets"
                | "rtitb"
                | "itssar"
                | "fork"
                | "lift"
        )
    });
    let trucks: Vec<String> = TRUCKS.find_iter(text).map(|found| found.as_str().to_lowercase()).collect();
    if !is_only_trucks || trucks.is_empty() || trucks.len() == 1 && !rest.contains("rtitb") && !rest.contains("itssar")
    {
        return None;
    }
    let body = ["rtitb", "itssar"]
        .into_iter()
        .find(|body| rest.contains(body))
        .map_or_else(String::new, |body| format!("{} ", body.to_uppercase()));
    let named = crate::facts::list::joined(&trucks);
    let thing = if trucks.len() > 1 {
        format!("{body}forklift licences for {named}")
    } else {
        format!("{} {body}{named} forklift licence", if body.is_empty() { "a" } else { "an" })
    };
    Some((Kind::Licence, Words::Thing(thing)))
}

/// A licence that calls itself one: beside a skill, "forklift" is a machine.
pub(super) fn names_itself(text: &str) -> Option<(Kind, Words)> {
    let lower = text.to_lowercase();
    let words = [
        "licen",
        "ticket",
        "card",
        "dbs",
        "cleared",
        "clearance",
        "registered",
        "registration",
        " pin",
        "cpc",
        "adr",
        "permit",
    ];
    words.iter().any(|word| lower.contains(word)).then(|| read(text))?
}

/// Reads a licence, a registration or a clearance.
pub(super) fn read(text: &str) -> Option<(Kind, Words)> {
    let thing = |text: String| Some((Kind::Licence, Words::Thing(text)));
    let clause = |text: String| Some((Kind::Licence, Words::Clause(text)));
    let lower = text.to_lowercase();
    if let Some(found) = ON_LICENCE.captures(text) {
        let second = found.get(2).map_or_else(String::new, |class| format!(" and {}", class.as_str().to_uppercase()));
        return clause(format!("I have {}{second} on my licence", found[1].to_uppercase()));
    }
    if DRIVING.is_match(text) {
        let has = |word: &str| lower.split(|c: char| !c.is_alphanumeric()).any(|found| found == word);
        let words = [
            ("provisional", "provisional"),
            ("full", "full"),
            ("clean", "clean"),
            ("uk", "UK"),
            ("eu", "EU"),
            ("manual", "manual"),
        ];
        let adjectives: Vec<&str> = words.iter().filter(|(word, _)| has(word)).map(|(_, spelt)| *spelt).collect();
        let category = if has("b") { "Category B " } else { "" };
        return thing(with_article(format!("{} {category}driving licence", adjectives.join(" ")).trim()));
    }
    if lower.contains("dbs") && lower.contains("update service") {
        return clause("I am on the DBS update service".to_owned());
    }
    if let Some(found) = CLEARED.captures(text)
        && let Some(cleared) = CLEARANCES.pair_of(&found[1].to_lowercase())
    {
        return clause(format!("I am {cleared}"));
    }
    if let Some(cleared) = CLEARANCES.pair_of(&lower).filter(|_| lower != "sc" && lower != "dv") {
        return clause(format!("I am {cleared}"));
    }
    if let Some(found) = REGISTERED_WITH.captures(text) {
        let register = REGISTERS.pair_of(&found[1].to_lowercase()).map_or_else(|| found[1].to_owned(), str::to_owned);
        return clause(format!("I am registered with {register}"));
    }
    if let Some(register) =
        REGISTERED.captures(text).and_then(|found| REGISTERS.pair_of(found[1].to_lowercase().trim()))
    {
        return clause(format!("I am registered with {register}"));
    }
    if let Some(known) = LICENCES.pair_of(&lower) {
        return thing(known.to_owned());
    }
    if matches!(lower.as_str(), "cscs green" | "green cscs" | "cscs green card" | "green cscs card")
        || lower.contains("cscs")
    {
        let colour =
            ["green", "blue", "black", "gold", "red", "white"].into_iter().find(|colour| lower.contains(colour));
        let is_card = lower
            .split(|c: char| !c.is_alphanumeric())
            .all(|word| matches!(word, "" | "cscs" | "card") || Some(word) == colour);
        return is_card.then(|| {
            (
                Kind::Licence,
                Words::Thing(with_article(&match colour {
                    Some(colour) => format!("{colour} CSCS card"),
                    None => "CSCS card".to_owned(),
                })),
            )
        });
    }
    dated(text)
}

/// A known licence with a year or a bracket, or one that names itself a licence.
fn dated(text: &str) -> Option<(Kind, Words)> {
    let (marks, rest) = Marks::take(text);
    if let [year] = marks.brackets.as_slice()
        && let Some(known) = LICENCES.pair_of(&rest.to_lowercase())
        && year.len() == 4
    {
        return Some((Kind::Licence, Words::Thing(format!("{known} from {year}"))));
    }
    if let Some((name, bracket)) = text.split_once(" (").and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?)))
        && let Some(known) = LICENCES.pair_of(&name.to_lowercase())
    {
        return Some((Kind::Licence, Words::Thing(format!("{known} ({bracket})"))));
    }
    let lower = text.to_lowercase();
    let last = lower.rsplit(' ').next()?;
    let is_named = matches!(last, "licence" | "ticket" | "permit")
        && text.split_whitespace().count() < 6
        && text.len() > last.len();
    is_named.then(|| (Kind::Licence, Words::Thing(with_article(&tidied(text)))))
}
