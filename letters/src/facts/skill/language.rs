//! Languages, spoken and signed.

use crate::facts::fact::{Kind, Words};
use crate::facts::spell;
use crate::pattern::pattern;
use crate::words::list;

list!(CODES = "skill/language_codes");
list!(DEGREES = "skill/language_degrees");
list!(LITTLE = "skill/language_little");
list!(PEOPLES = "skill/peoples");

pattern!(SIGNED = r"(?i)^(?:bsl|british sign language)[\s,(]*level (\d|one|two|three)\)?$");
pattern!(
    ENTRY = concat!(
        r"(?i)^(?:i )?(?:speaks? |can speak |speaking )?",
        r"(?:(fluent|native|near-native|conversational|intermediate|advanced|good|business|spoken|written|excellent|working|professional|bilingual)(?: in)? |bilingual in )?",
        r"([\p{L}-]+(?: [\p{L}]+)??)",
        r"(?: speaker| speaking| language)?",
        r"[\s,(:–-]*(?:(native|fluent|mother tongue|first language|second language|conversational|intermediate|advanced|bilingual|good|fluently|spoken|native speaker|business|both|written and spoken|spoken and written)|(?:level )?([ABC][12]|N[1-5])(?: level)?)?\)?$",
    )
);
pattern!(LEVEL = r"^(?:[ABCabc][12](?:[–-][ABCabc][12])?|N[1-5]|HSK ?[1-6])$");
pattern!(LEVEL_FIRST = r"^([ABC][12]|N[1-5]) (\p{L}+)$");
pattern!(SCHOOL = r"(?i)^(?:(gcse|a level|as level) )?([\p{L}]+)(?: (gcse|a level|as level))?$");

// What one does to speak it better says nothing of how one speaks it.
pattern!(
    IMPROVING = r"(?i)[\s,(–—-]+(?:going to|taking|having|attending|doing)? ?(?:classes|lessons|a course|improving|getting better)(?: now)?\)?$"
);

/// Reads a language and how well it is spoken.
pub(super) fn read(text: &str) -> Option<(Kind, Words)> {
    let text = &*IMPROVING.replace(text, "");
    if let Some(found) = SIGNED.captures(text) {
        let level = match found[1].to_lowercase().as_str() {
            "one" => "1",
            "two" => "2",
            "three" => "3",
            _ => &text[found.get(1)?.range()],
        };
        return Some((Kind::Language, Words::Clause(format!("I have BSL Level {level}"))));
    }
    if let Some(found) = SCHOOL.captures(text)
        && let Some(exam) = found.get(1).or_else(|| found.get(3))
        && is_language(&found[2])
    {
        let exam = if exam.as_str().eq_ignore_ascii_case("gcse") { "a GCSE" } else { "an A level" };
        return Some((Kind::Grade, Words::Thing(format!("{exam} in {}", &found[2]))));
    }
    // "C1 French".
    let turned = LEVEL_FIRST.replace(text, "$2 $1");
    let found = ENTRY.captures(&turned)?;
    // "Welsh speaker" are two words of which one is the language.
    let name = ["speaker", "speaking", "language"]
        .iter()
        .find_map(|noun| found[2].strip_suffix(noun))
        .unwrap_or(&found[2])
        .trim();
    if !is_language(name) {
        return None;
    }
    let name = spell::put_right(name);
    let lower = |at: usize| found.get(at).map(|text| text.as_str().to_lowercase());
    let degree = lower(1).or_else(|| lower(3));
    let thing = match (degree.as_deref(), found.get(4)) {
        (_, Some(level)) => format!("{name} at {} level", level.as_str().to_uppercase()),
        (Some("fluent" | "fluently"), _) => format!("fluent {name}"),
        (Some("conversational"), _) => format!("conversational {name}"),
        (Some("intermediate"), _) => format!("{name} at intermediate level"),
        (Some("advanced"), _) => format!("{name} at an advanced level"),
        (Some("business" | "working" | "professional"), _) => format!("{name} at a professional level"),
        (Some("good" | "excellent"), _) => format!("good {name}"),
        _ => name,
    };
    Some((Kind::Language, Words::Thing(thing)))
}

/// Reads an entry that is nothing but two or more languages and how well they are spoken: "PL native, EN C1", "Ndebele
/// Shona English fluent". A language that is belittled is left out.
pub(super) fn listed(text: &str) -> Option<Vec<(Kind, Words)>> {
    let plain = text.replace(['(', ')', '/', ',', '&', '+', ':'], " ");
    let mut found: Vec<(String, Option<String>, bool)> = Vec::new();
    let mut named = 0;
    // "small German": what belittles may stand before the language as well.
    let mut is_little = false;
    for word in plain.split_whitespace() {
        let lower = word.to_lowercase();
        if let Some(name) = CODES.pair_of(&lower).filter(|_| lower.len() > 2 || word == word.to_uppercase()) {
            found.push((name.to_owned(), None, std::mem::take(&mut is_little)));
            named += 1;
        } else if is_language(&lower) {
            found.push((spell::put_right(&lower), None, std::mem::take(&mut is_little)));
            named += 1;
        } else if LEVEL.is_match(word) {
            found.last_mut()?.1 = Some(word.to_uppercase());
        } else if matches!(lower.as_str(), "small" | "some" | "basic" | "little") && found.is_empty() {
            is_little = true;
        } else if LITTLE.has(&lower) {
            found.last_mut()?.2 = true;
        } else if !DEGREES.has(&lower) {
            return None;
        }
    }
    let has_code = text.split(|c: char| !c.is_alphanumeric()).any(|word| CODES.pair_of(&word.to_lowercase()).is_some());
    if named == 1 && !has_code && read(text).is_some() {
        return None;
    }
    let is_degree_named = plain.split_whitespace().count() > 1;
    if named < 2 && !has_code && !is_degree_named && found.iter().all(|(_, level, _)| level.is_none()) {
        return None;
    }
    found.retain(|(_, _, is_little)| !is_little);
    let thing = |(name, level, _): (String, Option<String>, bool)| match level {
        Some(level) => format!("{name} at {level} level"),
        None => name,
    };
    (!found.is_empty())
        .then(|| found.into_iter().map(|language| (Kind::Language, Words::Thing(thing(language)))).collect())
}

fn is_language(name: &str) -> bool {
    let lower = name.to_lowercase();
    spell::is_language(&lower) && !PEOPLES.has(&lower)
}
