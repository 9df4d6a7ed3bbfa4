//! Licences, registrations, clearances, checks, and what one has of one's own.

use super::marks::{Marks, tidied};
use crate::facts::article::with_article;
use crate::facts::fact::{Kind, Words};
use crate::facts::lexicon::is_role;
use crate::facts::spelling::lower_first;
use crate::pattern::pattern;
use crate::words::list;

list!(LICENCES = "qualification/licences");
list!(REGISTERS = "qualification/registers");
list!(CLEARANCES = "qualification/clearances");

pattern!(
    DRIVING = r"(?i)^(?:my |a |an )?((?:(?:full|clean|valid|current|uk|eu|manual|automatic|european|british|irish|b|category b|cat b|class b|ni|provisional)[\s,]+)*)(?:(?:car|driving|drivers?|driver's|drivers')\s+)?licen[cs]e(?:[\s,(-]+((?:b|uk|clean|full|c1|d1|no points|zero points|manual|held|eu|category b|cat b)\)?[\s,]*)*)?(?:\s+(?:for|since|held)\s.*)?$"
);
pattern!(
    CATEGORIES = r"^(?i:(?:driving )?(?:licen[cs]e )?cat(?:egor(?:y|ies)|s)?\.?:?\s+)?((?:[ABCDH]1?(?:\+E|E)?|CE)(?:[\s,/&+]+(?:and )?(?:[ABCDH]1?(?:\+E|E)?|CE))*)(?:\s*\([^()]*\))?(?i: licen[cs]es?| entitlement)?(?i:[\s,–-]+(?:clean|passed|held|full).*)?$"
);
pattern!(CATEGORY = r"^(?:(?:[BCDH]1?(?:\+E|E)?)[\s,/&]*)+(?:\([^()]*\))?$");
pattern!(
    DBS = r"(?i)^(?:an? )?(enhanced|enh\.?|basic|standard|clean|clear)?\s*dbs(?: check(?:ed)?| cleared| certificate)?\s*(enhanced|enh\.?)?(?:[\s,(–-]*(?:from |dated |in )?((?:[a-z]{3,9} )?20\d\d))?\)?$"
);
pattern!(CITIZEN = r"(?i)^(?:a )?(us) citizen(?:,? (?:since )?\d{4})?$");
pattern!(PASSPORT = r"(?i)^(?:a )?(full |valid |current )*(uk|british|irish|eu) passport(?: holder)?$");
pattern!(ON_LICENCE = r"(?i)^([BCD]1?(?:\+E)?)(?: and ([BCD]1?(?:\+E)?))? (?:on|on my|on the) licence$");
pattern!(
    REGISTERED = r"(?i)^(.+?)[\s,(]*(?:\bpin\b|registered|registration|reg\.?|reg(?:istered)? (?:nurse|midwife|manager)|registrant|member)?(?:\s+(?:number|no\.?)?\s*[\dA-Z]{5,9})?\)?$"
);
pattern!(UNKNOWN_REGISTER = r"^([A-Z]{3,8}) (?:[Rr]egistered|registration|reg)$");
pattern!(
    REVALIDATED = r"(?i)[\s,(]+(?:(?:19|20)\d\d )?revalidated(?: (?:in )?(?:19|20)\d\d)?\)?|[\s,]+registration done$"
);
// "Registered plumber VBA (water, sanitary, drainage)", "fully qualified electrician".
pattern!(
    PROFESSION = r"(?i)^((?:fully )?(?:registered|licensed|chartered|qualified|time[- ]served|apprenticeship[- ]served) ([a-z]+(?: [a-z]+)??))(?:,? \(?((?-i:[A-Z]{2,6}))\)?(?: \([^()]*\))?)?$"
);
pattern!(REGISTERED_WITH = r"(?i)^(?:fully )?registered with (?:the )?(.+)$");
pattern!(REVALIDATED_IN = r"(?i)\b((?:19|20)\d\d) revalidated|revalidated (?:in )?((?:19|20)\d\d)");
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
    (words < 6 && !what.contains(" until "))
        .then(|| (Kind::Own, Words::Thing(format!("my own {}", what.to_lowercase().replace(" n ", " and ")))))
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
        "passport",
        "cat c",
        "cat b",
        "cat d",
    ];
    words.iter().any(|word| lower.contains(word)).then(|| read(text))?
}

/// What is applied for: the register of a profession by its registration, anything else by its name.
pub(super) fn registration(what: &str) -> String {
    let is_own = ["PIN", "card", "licence"].iter().any(|noun| what.ends_with(noun)) && !what.starts_with("my ");
    if REGISTERS.pair_of(&what.to_lowercase()).is_some() {
        format!("{what} registration")
    } else if is_own {
        format!("my {what}")
    } else {
        what.to_owned()
    }
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
    if let Some(categories) = categories(text) {
        return thing(categories);
    }
    if let Some(found) = check(text) {
        return Some(found);
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
    if let Some(profession) = profession(text) {
        return clause(profession);
    }
    if let Some(found) = REGISTERED_WITH.captures(text) {
        let (body, since) = match found[1].split_once(" since ") {
            Some((body, since)) => (body.to_owned(), format!(" since {since}")),
            None => (found[1].to_owned(), String::new()),
        };
        let register = REGISTERS.pair_of(&body.to_lowercase()).map_or_else(|| body.clone(), str::to_owned);
        let verb = if since.is_empty() { "am" } else { "have been" };
        return clause(format!("I {verb} registered with {register}{since}"));
    }
    let renewed = REVALIDATED.replace(text, "");
    if let Some(register) =
        REGISTERED.captures(&renewed).and_then(|found| REGISTERS.pair_of(found[1].to_lowercase().trim()))
    {
        let revalidated = REVALIDATED_IN
            .captures(text)
            .and_then(|found| found.get(1).or_else(|| found.get(2)))
            .map_or_else(String::new, |year| format!(" and revalidated in {}", year.as_str()));
        return clause(format!("I am registered with {register}{revalidated}"));
    }
    if let Some(found) = UNKNOWN_REGISTER.captures(text) {
        return clause(format!("I am {} registered", &found[1]));
    }
    if let Some(known) = LICENCES.pair_of(&lower) {
        return thing(known.to_owned());
    }
    if lower.contains("cscs") {
        return cscs(&lower);
    }
    dated(text)
}

/// What somebody is by training or in a register: "I am a registered plumber (VBA)".
fn profession(text: &str) -> Option<String> {
    let found = PROFESSION.captures(text)?;
    let role = found[2].rsplit(' ').next().unwrap_or_default().to_lowercase();
    let body = found.get(3).map_or_else(String::new, |body| format!(" ({})", body.as_str()));
    let named = lower_first(&found[1]).replace("time served", "time-served");
    let named = named.replace("apprenticeship served", "apprenticeship-served");
    is_role(&role).then(|| format!("I am {}{body}", with_article(&named)))
}

/// Whether an entry goes on with the categories of the driving licence before it: "C" behind "Cat B".
pub(super) fn lists_categories(group: &str, entry: &str) -> bool {
    categories(group).is_some() && CATEGORY.is_match(entry)
}

/// "cat C1 C C+E": one letter alone may be a grade, so that a single category needs its name or its figure.
fn categories(text: &str) -> Option<String> {
    let bare = text.replace(" licence,", ",").replace(" licence and", " and");
    let found = CATEGORIES.captures(&bare)?;
    let listed: Vec<&str> = found[1]
        .split([' ', ',', '/', '&'])
        .filter(|part| !part.is_empty() && *part != "and" && *part != "+")
        .collect();
    let is_named = text.to_lowercase().contains("cat") || text.to_lowercase().contains("licen");
    let is_sure = is_named || listed.iter().any(|part| part.len() > 1 && part.starts_with(['C', 'D']));
    let class = listed.iter().all(|part| !matches!(*part, "A1" | "B1"));
    if !is_sure || !class {
        return None;
    }
    Some(match listed.as_slice() {
        [one] => format!("a Category {one} licence"),
        many => format!("a driving licence for categories {}", crate::facts::list::joined(many)),
    })
}

/// A DBS check of any kind, with its year; a passport.
fn check(text: &str) -> Option<(Kind, Words)> {
    if let Some(found) = DBS.captures(text) {
        let kinds = [found.get(1), found.get(2)];
        let kind = kinds.iter().flatten().map(|kind| kind.as_str().to_lowercase()).next().unwrap_or_default();
        let kind = if kind.starts_with("enh") { "enhanced" } else { kind.as_str() };
        let from = found.get(3).map_or_else(String::new, |date| format!(" from {}", date.as_str()));
        return Some((Kind::Licence, Words::Thing(with_article(format!("{kind} DBS check{from}").trim()))));
    }
    if let Some(found) = CITIZEN.captures(text) {
        let of = found[1].to_uppercase();
        return Some((Kind::Own, Words::Clause(format!("I am {}", with_article(&format!("{of} citizen"))))));
    }
    if let Some(found) = PASSPORT.captures(text) {
        let nation = match found[2].to_lowercase().as_str() {
            "uk" => "UK",
            "eu" => "EU",
            "irish" => "Irish",
            _ => "British",
        };
        return Some((Kind::Own, Words::Thing(with_article(&format!("{nation} passport")))));
    }
    None
}

/// A CSCS card with its colour; how it was come by is left out.
fn cscs(lower: &str) -> Option<(Kind, Words)> {
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let colour = ["green", "blue", "black", "gold", "red", "white"].into_iter().find(|colour| words.contains(colour));
    let known = [
        "cscs",
        "advanced",
        "craft",
        "manager",
        "supervisor",
        "card",
        "labourer",
        "labourers",
        "operative",
        "trainee",
        "skilled",
        "worker",
    ];
    let is_open = ["test", "booked", "applied", "no", "not", "expired", "waiting", "pending", "due"];
    let is_card = words.iter().all(|word| known.contains(word) || Some(*word) == colour)
        || words.contains(&"card") && !words.iter().any(|word| is_open.contains(word)) && words.len() < 12;
    let card = colour.map_or_else(|| "CSCS card".to_owned(), |colour| format!("{colour} CSCS card"));
    is_card.then(|| (Kind::Licence, Words::Thing(with_article(&card))))
}

/// A known licence with a year or a bracket, or one that names itself a licence.
fn dated(text: &str) -> Option<(Kind, Words)> {
    let (marks, rest) = Marks::take(text);
    if let [year] = marks.brackets.as_slice()
        && let Some(known) = LICENCES.pair_of(&rest.to_lowercase())
        && year.ends_with(|c: char| c.is_ascii_digit())
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
