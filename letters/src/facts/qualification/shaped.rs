//! Entries whose shape tells what they say: awards won, offices at school, apprenticeships served, bodies that certify.

use super::marks::{subject_case, when};
use crate::facts::article::with_article;
use crate::facts::fact::{Kind, Words};
use crate::facts::lexicon::is_role;
use crate::pattern::pattern;
use crate::words::list;

list!(CERTIFIERS = "qualification/certifiers");
list!(MEMBERS = "qualification/members");

pattern!(CERTIFIED = r"^([A-Z][\w&+-]*(?: [\w&+-]+){0,3}) (certified|accredited|licensed)$");
pattern!(
    SCHOOL_OFFICE = r"(?i)^(?:school |senior |house |sports |deputy )*(prefect|head (?:girl|boy)|(?:form |house |sports |school |team )?captain|school council(?:lor)?|peer mentor|librarian)((?: (?:in|at|yr|year) .+)?)$"
);
pattern!(FINALIST = r"(?i)^(.+?),? (finalist|runner[- ]up|semi[- ]finalist)(?: (?:in )?((?:19|20)\d\d))?$");
pattern!(
    AWARD_IN =
        r"(?i)^(?:the |an? )?(.+ (?:award|prize|trophy|cup|medal)),? (?:in )?((?:Year|year|yr) \d{1,2}|(?:19|20)\d\d)$"
);
pattern!(
    MONTHLY = r"(?i)^(employee|teammate|colleague|worker|salesperson|student|apprentice|carer) of the (month|year|week|term)((?:,? (?:twice|\w+ times|x ?\d|(?:in )?(?:19|20)\d\d|(?:in )?(?:january|february|march|april|may|june|july|august|september|october|november|december)(?: \d{4})?))?)$"
);
pattern!(
    APPRENTICED = r"(?i)^(?:(?:completed|finished|served) (?:an? |my )?)?(?:(\w+(?: \w+)?) )?apprenticeship(?: \(([\w &]+)\)| in ([\w &]+))?,? (?:completed|finished|done)?(?: in)? ?((?:19|20)\d\d)$"
);
pattern!(TIME_SERVED = r"(?i)^time[ -]served((?: [\w -]+)?)$");
pattern!(UP_TO_DATE = r"(?i)^(.+?) (?:is |are |all )?(?:fully )?(up to date|in date)$");
pattern!(
    CREDITS_IN = r"(?i)^(?:(.+?)[\s,:–-]+)?(\d{2,3}) credits (?:in|of|towards) (.+?)(?:,? (?:with|at|from) (.+))?$"
);
pattern!(
    PASSED_WHEN = r"(?i)^passed (?:my |the |all )?(.+?),? (?:in )?((?:january|february|march|april|may|june|july|august|september|october|november|december)(?: \d{4})?|(?:19|20)\d\d)$"
);
pattern!(NEW_TEACHER = r"(?i)^(ECT|NQT|RQT),? (?:in )?year (\d|one|two)$");
pattern!(FULLY = r"^([A-Z]{3,6}) full(?:y)? (?:registration|registered)(?: with .*)?$");
pattern!(
    VACCINATED = r"(?i)^(?:i am )?(fully |up to date with )?(?:my )?(?:vaccinat\w+|jabs|immunis\w+|covid jabs?|covid vaccin\w+)(?:[\s,:(]+(?:and |against )?(.+?)\)?)?$"
);
pattern!(
    FUNCTIONAL = r"(?i)^functional skills,? (Level \d|Entry \d|entry level \d)?[\s,:–-]*(?:in )?((?:english|maths|ict|and|[\s,&+])*)(?: at)? ?(Level \d)?$"
);
pattern!(CARD = r"^(CPCS|NPORS|IPAF)(?: (?:card|ticket|licence))?[\s,:(–-]+(?:for )?([\w ,&/+-]+?)\)?$");
pattern!(
    SCORED = r"(?i)^(IELTS|TOEFL|PTE|Duolingo)(?: academic| english test| test)?[\s,:–-]+(?:overall |score )?(\d+(?:\.\d+)?)(?: overall| band| score)?$"
);
pattern!(CODE_FIRST = r"(?i)^code first girls,? (?:in |course in )?([\w ]+?)(?: course)?$");

pattern!(SCHOOL = r"(?i)^(?:completed |finished )?secondary school(?: completed| finished)?$");

/// Reads an entry by its shape.
pub(super) fn read(text: &str) -> Option<(Kind, Words)> {
    let clause = |kind, clause: String| Some((kind, Words::Clause(clause)));
    let thing = |kind, thing: String| Some((kind, Words::Thing(thing)));
    if let Some(found) = CERTIFIED.captures(text).filter(|found| !found[1].contains(" and ")) {
        return clause(Kind::Award, format!("I am {} {}", &found[1], found[2].to_lowercase()));
    }
    if let Some(read) = office(text).or_else(|| won(text)).or_else(|| apprenticed(text)) {
        return Some(read);
    }
    if let Some(found) = CREDITS_IN.captures(text) {
        let from = found.get(4).or_else(|| found.get(1)).map(|school| school.as_str().trim());
        let from = from.map_or_else(String::new, |school| {
            format!(" from {}", school.replace("Open University", "the Open University"))
        });
        return thing(Kind::Award, format!("{} credits in {}{from}", &found[2], subject_case(&found[3])));
    }
    if let Some(found) = NEW_TEACHER.captures(text) {
        let year = if matches!(&found[2], "1" | "one") { "first" } else { "second" };
        return clause(Kind::Study, format!("I am in my {year} year as {}", with_article(&found[1].to_uppercase())));
    }
    if let Some(found) = FULLY.captures(text) {
        return clause(Kind::Licence, format!("I am fully registered with the {}", &found[1]));
    }
    tested(text)
}

/// Reads what was tested or carded: a vaccination, a score, a card of the building trade, a certificate of a body.
fn tested(text: &str) -> Option<(Kind, Words)> {
    let clause = |kind, clause: String| Some((kind, Words::Clause(clause)));
    let thing = |kind, thing: String| Some((kind, Words::Thing(thing)));
    if let Some(found) = VACCINATED.captures(text) {
        return clause(Kind::Licence, vaccinated(&found));
    }
    if let Some(found) = FUNCTIONAL.captures(text).filter(|found| !found[2].trim().is_empty()) {
        let level = found
            .get(1)
            .or_else(|| found.get(3))
            .map_or_else(String::new, |level| format!("{} ", upper(level.as_str())));
        let subjects: Vec<String> = found[2]
            .split([' ', ',', '&', '+'])
            .filter(|word| !word.is_empty() && *word != "and")
            .map(|word| {
                if word.eq_ignore_ascii_case("ict") {
                    "ICT".to_owned()
                } else if word.eq_ignore_ascii_case("english") {
                    "English".to_owned()
                } else {
                    word.to_lowercase()
                }
            })
            .collect();
        return thing(Kind::Award, format!("{level}Functional Skills in {}", crate::facts::list::joined(&subjects)));
    }
    if let Some(found) = CARD.captures(text).filter(|found| !matches!(&found[2], "card" | "ticket" | "licence")) {
        let detail = found[2].replace("3a", "3A").replace("3b", "3B").replace("1b", "1B");
        let detail = if detail.contains("3A 3B") { "3A and 3B".to_owned() } else { detail };
        return thing(
            Kind::Licence,
            format!(
                "{} ({detail})",
                if found[1].starts_with('C') {
                    format!("a {} card", &found[1])
                } else {
                    format!("an {} card", &found[1])
                }
            ),
        );
    }
    if let Some(found) = SCORED.captures(text) {
        let name = match found[1].to_lowercase().as_str() {
            "duolingo" => "Duolingo English Test".to_owned(),
            name => name.to_uppercase(),
        };
        let article = if name == "IELTS" { "an" } else { "a" };
        return thing(Kind::Grade, format!("{article} {name} score of {}", &found[2]));
    }
    if let Some(found) = CODE_FIRST.captures(text) {
        let language = crate::facts::spell::put_right(&found[1]);
        return clause(Kind::Course, format!("I have done a Code First Girls course in {language}"));
    }
    if SCHOOL.is_match(text) {
        return clause(Kind::Award, "I have completed secondary school".to_owned());
    }
    let first = text.split(' ').next()?.to_lowercase();
    // "ServSafe Food Handler" names a certificate, "MOT tester" names its holder.
    if let Some(body) = CERTIFIERS.pair_of(&first).filter(|_| {
        text.contains(' ')
            && text.split(' ').count() < 7
            && !text.to_lowercase().contains("certif")
            && !text.contains(['(', ':', ','])
    }) {
        let name = subject_case(&text[first.len()..]);
        return thing(Kind::Award, format!("the {body} {name} certificate"));
    }
    if let Some(members) = letters(text) {
        return clause(Kind::Member, format!("I am {members}"));
    }
    instructor(text)
}

/// What was passed, and when: "passed psychometric tests (OPC) January".
pub(super) fn passed(text: &str) -> Option<(Kind, Words)> {
    let found = PASSED_WHEN.captures(text)?;
    let the = if found[1].starts_with(|c: char| c.is_ascii_digit()) { "" } else { "the " };
    Some((Kind::Award, Words::Clause(format!("I passed {the}{} {}", &found[1], when(&upper(&found[2]))))))
}

/// What is only read when nothing else could: "conductor competence up to date".
pub(super) fn up_to_date(text: &str) -> Option<(Kind, Words)> {
    let found = UP_TO_DATE.captures(text)?;
    let is_many = found[1].ends_with('s') && !found[1].ends_with("ss");
    let what = crate::facts::spelling::lower_first(found[1].trim_start_matches("my "));
    (what.split(' ').count() < 6)
        .then(|| (Kind::Licence, Words::Clause(format!("my {what} {} up to date", if is_many { "are" } else { "is" }))))
}

fn office(text: &str) -> Option<(Kind, Words)> {
    let found = SCHOOL_OFFICE.captures(text)?;
    let whole = found[0].to_lowercase();
    let is_one = whole.starts_with("head ") || whole.starts_with("deputy head");
    let is_council = whole.starts_with("school council") && !whole.contains("councillor");
    let office = match (is_council, is_one) {
        (true, _) => format!("on the {whole}"),
        (_, true) => whole,
        _ => with_article(&whole),
    };
    Some((Kind::Role, Words::Clause(format!("I have been {office}"))))
}

fn won(text: &str) -> Option<(Kind, Words)> {
    let clause = |clause: String| Some((Kind::Award, Words::Clause(clause)));
    let dated = |year: Option<regex::Match<'_>>| year.map_or_else(String::new, |year| format!(" in {}", year.as_str()));
    if let Some(found) = MONTHLY.captures(text) {
        let how = found[3].trim_start_matches([',', ' ']).to_lowercase();
        let how = how.strip_prefix("in ").unwrap_or(&how);
        let how = match how {
            "" => String::new(),
            "x2" | "x 2" => " twice".to_owned(),
            how if how.ends_with("times") || how == "twice" => format!(" {how}"),
            how if how.starts_with('x') => format!(" {} times", how.trim_start_matches(['x', ' '])),
            how => format!(" in {}", upper(how)),
        };
        return clause(format!(
            "I was named {} of the {}{how}",
            upper(&found[1].to_lowercase()),
            upper(&found[2].to_lowercase())
        ));
    }
    if let Some(found) = FINALIST
        .captures(text)
        .filter(|found| !found[1].starts_with(|c: char| c.is_ascii_digit()) && found[1].contains(' '))
    {
        return clause(format!(
            "I was {} for {}{}",
            with_article(&found[2].to_lowercase()),
            &found[1],
            dated(found.get(3))
        ));
    }
    let found = AWARD_IN.captures(text)?;
    let year = found[2].replace("yr", "Year").replace("year", "Year");
    clause(format!("I won {} in {year}", with_article(&found[1])))
}

fn apprenticed(text: &str) -> Option<(Kind, Words)> {
    if let Some(found) = TIME_SERVED.captures(text) {
        let what = found[1].trim();
        let said = if what.is_empty() { "time-served".to_owned() } else { format!("a time-served {what}") };
        return Some((Kind::Award, Words::Clause(format!("I am {said}"))));
    }
    let found = APPRENTICED.captures(text)?;
    let trade = (1..4).find_map(|at| found.get(at)).map_or("", |trade| trade.as_str().trim());
    let trade = if trade.is_empty() { String::new() } else { format!("{} ", trade.to_lowercase()) };
    Some((
        Kind::Award,
        Words::Clause(format!("I completed {} in {}", with_article(&format!("{trade}apprenticeship")), &found[4])),
    ))
}

/// `CEng MIMechE`: letters of several bodies.
fn letters(text: &str) -> Option<String> {
    let each: Option<Vec<&str>> = text
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .map(|word| MEMBERS.pair_of(&word.to_lowercase()))
        .collect();
    each.filter(|each| each.len() > 1).map(|each| crate::facts::list::joined(&each))
}

/// "Software Carpentry instructor": whom a body made an instructor.
fn instructor(text: &str) -> Option<(Kind, Words)> {
    let last = text.rsplit(' ').next()?.to_lowercase();
    let holds = matches!(
        last.as_str(),
        "instructor"
            | "assessor"
            | "examiner"
            | "trainer"
            | "verifier"
            | "invigilator"
            | "interpreter"
            | "ambassador"
            | "facilitator"
    );
    let words = text.split(' ').count();
    let is_named = text.starts_with(char::is_uppercase) && (2..6).contains(&words) && !text.contains(['(', ':', ',']);
    (holds && is_named && is_role(&last) && !text.contains("Level ") && !text.contains(" and "))
        .then(|| (Kind::Award, Words::Clause(format!("I am {}", with_article(text)))))
}

fn vaccinated(found: &regex::Captures<'_>) -> String {
    let fully = if found.get(1).is_some() { "fully " } else { "" };
    let lower = found[0].to_lowercase();
    let mut against: Vec<String> = Vec::new();
    if lower.contains("covid") && !found.get(2).is_some_and(|list| list.as_str().to_lowercase().contains("covid")) {
        against.push("Covid".to_owned());
    }
    let listed = found.get(2).map_or("", |list| list.as_str());
    against.extend(
        listed
            .split([',', '+', '&'])
            .flat_map(|part| part.split(" and "))
            .map(|part| part.trim().to_lowercase())
            .filter(|part| !part.is_empty())
            .map(|part| {
                part.replace("hep b", "hepatitis B")
                    .replace("hep a", "hepatitis A")
                    .replace("covid", "Covid")
                    .replace("mmr", "MMR")
                    .replace("tb", "TB")
            }),
    );
    if against.is_empty() {
        format!("I am {fully}vaccinated")
    } else {
        format!("I am {fully}vaccinated against {}", crate::facts::list::joined(&against))
    }
}

fn upper(text: &str) -> String {
    crate::facts::spelling::upper_first(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_by_its_shape() {
        let check = |text: &str, expect: &str| {
            let Some((_, Words::Clause(said) | Words::Thing(said))) =
                read(text).or_else(|| passed(text)).or_else(|| up_to_date(text))
            else {
                panic!("{text}")
            };
            assert_eq!(said, expect, "{text}");
        };
        check("Google Analytics certified", "I am Google Analytics certified");
        check("prefect", "I have been a prefect");
        check("head girl", "I have been head girl");
        check("employee of the month twice", "I was named Employee of the Month twice");
        check("Young Cook of the Year finalist 2019", "I was a finalist for Young Cook of the Year in 2019");
        check("attendance award Year 10", "I won an attendance award in Year 10");
        check("apprenticeship (electrical) completed 2015", "I completed an electrical apprenticeship in 2015");
        check("time served joiner", "I am a time-served joiner");
        check("conductor competence up to date", "my conductor competence is up to date");
        check("passed psychometric tests (OPC) January", "I passed the psychometric tests (OPC) in January");
        check("GMC full registration", "I am fully registered with the GMC");
        check("fully vaccinated (hep B, flu)", "I am fully vaccinated against hepatitis B and flu");
        check("covid jabs and hep B", "I am vaccinated against Covid and hepatitis B");
        check("functional skills Level 2 English and maths", "Level 2 Functional Skills in English and maths");
        check("IPAF 3a 3b", "an IPAF card (3A and 3B)");
        check("IELTS 6.5 overall", "an IELTS score of 6.5");
        check("Duolingo 125", "a Duolingo English Test score of 125");
        check("AWS solutions architect associate", "the AWS Solutions Architect Associate certificate");
        check("CEng MIMechE", "I am a Chartered Engineer and a member of the Institution of Mechanical Engineers");
        check("Software Carpentry instructor", "I am a Software Carpentry instructor");
        check("Open University - 60 credits in psychology", "60 credits in Psychology from the Open University");
        for text in ["a levels", "Level 2 Gym Instructor", "BSc Physics"] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
