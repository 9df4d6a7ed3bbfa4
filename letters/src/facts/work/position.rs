//! Reads a position: a role, perhaps the ward, the team or the employer, perhaps the town.

use crate::facts::article::with_article;
use crate::facts::fact::Kind;
use crate::facts::lexicon::{bare, is_role};
use crate::facts::spell;
use crate::facts::spelling::{title_case, upper_first};
use crate::facts::verb::{self, Form};
use crate::words::list;

use super::family::names_family;
use super::names::{is_agency, is_lower, is_name, is_named, is_town, with_town};

list!(PLACES = "facts/places");
list!(UNIQUE_ROLES = "facts/unique_roles");
list!(UNPAID = "facts/unpaid_roles");
list!(PLACEMENTS = "facts/placement_roles");
list!(COUNTRIES = "facts/countries");
list!(SHIFTS = "facts/shifts");
list!(FORCES = "facts/forces");
list!(PLAIN = "facts/plain_behind_at");
list!(BODIES = "facts/bodies");
list!(DETERMINERS = "facts/determiners");

/// Words between a role and a place.
const PREPOSITIONS: [&str; 12] =
    ["at", "in", "for", "with", "on", "to", "within", "aboard", "near", "across", "by", "through"];
/// Most words of a role, and of a place.
const ROLE_WORDS_MAX: usize = 7;
const PLACE_WORDS_MAX: usize = 14;

/// A position without its time.
pub struct Read {
    pub kind: Kind,
    /// With its article.
    pub role: String,
    /// With its preposition; empty when there is none.
    pub place: String,
}

/// Reads an entry as a position.
pub fn read(text: &str) -> Option<Read> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let stop = words.iter().position(|word| PREPOSITIONS.contains(&word.to_lowercase().as_str()));
    let stop = stop.unwrap_or(words.len());
    let lower = text.to_lowercase();
    let unique = UNIQUE_ROLES
        .beginning_of(&lower)
        .filter(|lead| lower[lead.len()..].starts_with([' ']) || lower.len() == lead.len());
    let end = match unique {
        Some(lead) => of_end(&words[..stop], lead.split_whitespace().count()),
        None => role_end(&words[..stop])?,
    };
    let role = words[..end.min(words.len())].join(" ");
    if end > ROLE_WORDS_MAX || !super::trades::names_somebody(&role) {
        return None;
    }
    let rest = words[end..].join(" ");
    let place = match rest.as_str() {
        "" => String::new(),
        rest => place_of(rest).or_else(|| place_loosely(rest).filter(|_| end < 5 && !names_thing(&role)))?,
    };
    let lower = role.to_lowercase();
    let kind = if lower.contains("carer") && names_family(&rest) {
        Kind::Break
    } else if UNPAID.iter().any(|word| lower.split(' ').any(|part| bare(part) == word)) {
        Kind::Role
    } else if PLACEMENTS.iter().any(|word| lower.contains(word)) {
        Kind::Placement
    } else {
        Kind::Job
    };
    let place = if kind == Kind::Break {
        place.replace("for mum", "for my mum").replace("for dad", "for my dad")
    } else {
        place
    };
    let is_own = [" our ", " my ", " the local ", " a "].iter().any(|word| lower.contains(word));
    let role = if unique.is_some() && is_own {
        crate::facts::spelling::lower_first(&role)
    } else if unique.is_some() {
        title_case(&role)
    } else {
        with_article(&quiet(&role))
    };
    Some(Read { kind, role, place })
}

/// "Student flats", "visitor passes": what a noun at once behind such a word makes of it is a thing.
fn names_thing(role: &str) -> bool {
    let last = role.rsplit(' ').next().map(bare).unwrap_or_default();
    ["boiler", "client", "customer", "leader", "member", "partner", "student", "user", "visitor"]
        .contains(&last.as_str())
}

/// The role in small letters, but for names and abbreviations: "Kitchen Porter" is a kitchen porter, "English teacher"
/// and "HR officer" stay.
pub fn quiet(role: &str) -> String {
    // A capital at the beginning of a line says nothing.
    let is_line = role.split(' ').next_back().is_some_and(is_lower);
    let words: Vec<&str> = role.split(' ').collect();
    let word = |(at, word): (usize, &&str)| {
        // "Band 5", "Year 4".
        let is_numbered = words.get(at + 1).is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()));
        let is_plain = !is_numbered && word.chars().skip(1).all(|c| !c.is_uppercase());
        let lower = word.to_lowercase();
        let begins_line = is_line && !spell::is_name(&lower);
        if is_plain && (begins_line || spell::is_ordinary(&lower) || is_role(word)) {
            lower
        } else {
            (*word).to_owned()
        }
    };
    words.iter().enumerate().map(word).collect::<Vec<_>>().join(" ")
}

/// The number of words up to the last word that says what somebody is, with what follows after "of", and a bracket.
fn role_end(words: &[&str]) -> Option<usize> {
    let is_part_role = |word: &&str| word.split('/').any(is_role);
    let first_of = words.iter().position(|word| *word == "of").unwrap_or(words.len());
    let last = words[..first_of].iter().rposition(is_part_role)?;
    // "Analyst II", "engineer (ME)".
    let bracket = words
        .get(last + 1)
        .is_some_and(|word| word.starts_with('(') && word.ends_with(')') || matches!(*word, "I" | "II" | "III" | "IV"));
    // "Chef de partie", "chef de rang".
    let french = if words.get(last + 1).is_some_and(|word| *word == "de") { 2 } else { 0 };
    let end = (last + 1 + french + usize::from(bracket)).min(words.len());
    if words.get(end) == Some(&"of") { Some(of_end(words, end + 1)) } else { Some(end) }
}

/// What stands after "of" goes on to the next place, to the next name, or to the end.
fn of_end(words: &[&str], from: usize) -> usize {
    if words.get(from - 1) != Some(&"of") {
        return if words.get(from) == Some(&"of") { of_end(words, from + 1) } else { from.min(words.len()) };
    }
    let is_article = |at: usize| words.get(from + at - 1).is_some_and(|word| *word == "the");
    // "Treasurer of Wirral History Society".
    let is_body = words.last().is_some_and(|word| BODIES.has(&bare(word))) && from < words.len();
    if is_body && words[from..].iter().all(|word| is_name(word)) {
        return words.len();
    }
    let goes_on = |(at, word): (usize, &&str)| at == 0 || is_article(at) || !is_place_noun(word) && !is_name(word);
    from + words[from.min(words.len())..].iter().enumerate().take_while(|pair| goes_on(*pair)).count()
}

/// A further place of a position that has one, as `has`. In brackets, only a town or what is surely a place.
pub fn further_place(text: &str, has: &str, is_in_brackets: bool) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let last = bare(words.last()?);
    let has_employer = has.starts_with("at ") || has.contains(" at ") || has.starts_with("for ");
    let is_located = spell::is_place(text) || COUNTRIES.has(&last) && words.len() < 4 && is_named(&words);
    // Behind an employer, another name is where it is.
    // A rank, a grade and a code of letters or figures are no towns.
    let is_code = words.iter().any(|word| {
        word.len() < 4 && words.len() == 1
            || word.chars().any(|c| c.is_ascii_digit())
            || word.len() > 1 && word.chars().all(char::is_uppercase)
    });
    let is_code = is_code || spell::software(&text.to_lowercase()).is_some();
    // A clause, and a number of things, are no place.
    if text.contains('£') || verb::read(text).is_some_and(|(form, _)| form == Form::Base) && is_lower(words[0]) {
        return None;
    }
    // "JCB" directly behind a role.
    if has.is_empty() && !is_in_brackets && spell::is_employer(text) {
        return place_of(text);
    }
    if is_code && words.len() == 1 && !is_located {
        return None;
    }
    // "Brakes, Bristol depot".
    if let [town, kind] = words.as_slice()
        && has_employer
        && is_town(town)
        && ["depot", "branch", "store", "office", "site", "hub"].contains(&bare(kind).as_str())
    {
        return Some(format!("in {town}"));
    }
    let is_name_behind =
        has_employer && !is_in_brackets && words.len() < 4 && is_named(&words) && !has.contains(" in ") && !is_code;
    if is_located || is_name_behind {
        return (!has.contains(text)).then(|| located(&words));
    }
    // "Rescue centre volunteer (RSPCA)".
    let is_employer = has.is_empty()
        && is_named(&words)
        && words.len() < 4
        && !is_code
        && words
            .iter()
            .all(|word| spell::is_employer(word) || !spell::is_ordinary(&word.to_lowercase()) && !is_role(word))
        && !text.starts_with("Band")
        && !text.starts_with("Year");
    if is_in_brackets && is_employer {
        return place_of(text);
    }
    if is_in_brackets && PLACES.pair_of(&last).is_none() {
        return None;
    }
    let place = place_of(text)?;
    let is_employer = place.starts_with("at ");
    if has_employer && !is_lower(words[0]) {
        return None;
    }
    (!(has.contains(&place) || has_employer && is_employer)).then_some(place)
}

/// "in Leeds", "in Kingston, Jamaica".
fn located(words: &[&str]) -> String {
    match words {
        [.., of, _] if *of == "of" => format!("at the {}", words.join(" ")),
        [before @ .., country] if !before.is_empty() && !before.contains(&"and") && COUNTRIES.has(&bare(country)) => {
            format!("in {}, {country}", before.join(" ").trim_end_matches(','))
        }
        _ => format!("in {}", words.join(" ")),
    }
}

/// A place with its preposition: the employer, the ward, the shop, the town. `None` when it cannot be told from other
/// things.
pub fn place_of(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() || words.len() > PLACE_WORDS_MAX {
        return None;
    }
    let first = words[0].to_lowercase();
    if PREPOSITIONS.contains(&first.as_str()) {
        return prepositional(&words);
    }
    if let ([_], Some(preposition)) = (words.as_slice(), PLACES.pair_of(&first)) {
        return Some(format!("{preposition} {}", with_article(&first)));
    }
    if let Some(force) = FORCES.pair_of(text.split(" (").next().unwrap_or(text).to_lowercase().as_str()) {
        return Some(format!("in {force}"));
    }
    if is_agency(text) {
        return Some(format!("through {text}"));
    }
    // "O2 Academy Brixton and pubs".
    if let Some((name, kinds)) = text.rsplit_once(" and ")
        && super::names::is_kinds(kinds)
        && let Some(place) = place_of(name)
    {
        return Some(format!("{place} and in {kinds}"));
    }
    // "The family takeaway".
    if first == "family"
        && words.len() < 4
        && (words.last().is_some_and(|last| is_place_noun(last)) || words.ends_with(&["business"]))
    {
        return Some(format!("in the {text}"));
    }
    // "Mornings at a school".
    if let Some(at) = words.iter().position(|word| PREPOSITIONS.contains(word))
        && let Some(shift) = SHIFTS.pair_of(&words[..at].join(" ").to_lowercase())
    {
        return place_of(&words[at..].join(" ")).map(|place| format!("{place} {shift}"));
    }
    // What somebody speaks is no place.
    if words.iter().all(|word| spell::is_language(&bare(word)) || ["and", "&"].contains(word)) {
        return None;
    }
    if is_named(&words) {
        let last = bare(words.last()?);
        let is_town = words.len() == 1 && spell::is_place(&last) || words.len() > 1 && COUNTRIES.has(&last);
        return Some(if is_town { located(&words) } else { format!("at {}", with_town(&words)) });
    }
    if ["and", "or", "&", "same"].contains(&first.as_str()) || text.contains("//") {
        return None;
    }
    // "acute medical ward": the last word says what it is.
    let noun = bare(words.last()?);
    // "Strawberry farm Kent": a place of a kind, and the town.
    if let [kind @ .., town] = words.as_slice()
        && let Some(kind_noun) = kind.last()
        && is_lower(kind[0])
        && is_name(town)
        && let Some(preposition) = PLACES.pair_of(&bare(kind_noun))
    {
        return Some(format!("{preposition} {} in {town}", with_article(&kind.join(" "))));
    }
    let preposition = PLACES.pair_of(&noun).filter(|_| !text.contains(" and "))?;
    let phrase = match () {
        () if is_lower(words[0]) => with_article(text),
        // "The Haven Holidays entertainments team", but "Dad's shop".
        () if !is_name(words[words.len() - 1]) && !text.contains("'s ") => format!("the {text}"),
        () => text.to_owned(),
    };
    Some(format!("{preposition} {phrase}"))
}

/// The place at the beginning of what stands behind a role without any mark: "Equinix Slough", "Sainsbury's nights". What
/// cannot be told is dropped, so that the role is said all the same. `None` where it may be part of the role.
fn place_loosely(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let first = bare(words[0]);
    let is_odd = text.contains(['/', '=', '"', '→', '(', ';', ':'])
        || PREPOSITIONS.contains(&first.as_str())
        || ["and", "or", "not", "but", "then", "who", "that", "since", "from", "of", "to", "i"]
            .contains(&first.as_str())
        || words
            .iter()
            .any(|word| ["i", "my", "was", "is", "not", "no", "want", "left"].contains(&bare(word).as_str()));
    if is_odd || words.len() > 7 {
        return None;
    }
    let named = words.iter().take_while(|word| is_name(word)).count();
    if named > 0 {
        let place = place_of(&words[..named].join(" "))?;
        let shift = SHIFTS.pair_of(&words[named..].join(" ").to_lowercase());
        return Some(shift.map_or_else(|| place.clone(), |shift| format!("{place} {shift}")));
    }
    // A word that is nothing else, before a town, is an employer.
    if let [name, town, ..] = words.as_slice()
        && is_town(town)
        && !spell::is_ordinary(&first)
        && name.chars().all(char::is_alphabetic)
        && !is_role(name)
        && !["crew", "team", "staff", "lead", "work"].contains(&first.as_str())
    {
        return Some(format!("at {} in {town}", upper_first(name)));
    }
    // "Optician reception" is no optician: what follows must be a number or a word that is nothing but a name.
    let is_count =
        first.starts_with(|c: char| c.is_ascii_digit()) || ["two", "three", "four", "five"].contains(&first.as_str());
    let is_noun = ["ion", "ing", "ment", "ness", "ity", "ist", "ance", "ence"].iter().any(|end| first.ends_with(end));
    let is_unknown = first.len() > 4
        && first.chars().all(char::is_alphabetic)
        && !spell::is_ordinary(&first)
        && !is_place_noun(&first)
        && !is_noun
        && !is_role(&first);
    (is_count || is_unknown).then(String::new)
}

/// A phrase that begins with a preposition, with the articles that it lacks.
fn prepositional(words: &[&str]) -> Option<String> {
    let preposition = words[0].to_lowercase();
    let rest = &words[1..];
    let first = rest.first().filter(|first| **first != "same")?;
    let next = rest.iter().position(|word| ["in", "at", "on", "near", "for"].contains(&word.to_lowercase().as_str()));
    let (phrase, tail) = rest.split_at(next.unwrap_or(rest.len()));
    let head = phrase.last().map(|word| bare(word)).unwrap_or_default();
    let has_determiner = DETERMINERS.has(&first.to_lowercase());
    let tail = match tail {
        [] => String::new(),
        tail => format!(" {}", prepositional(tail)?),
    };
    // "In Rimini hotel" is in a hotel in Rimini.
    let text = if let [town, kind] = phrase
        && is_name(town)
        && is_lower(kind)
        && [
            "hotel",
            "restaurant",
            "cafe",
            "café",
            "bakery",
            "factory",
            "farm",
            "pub",
            "warehouse",
            "shop",
            "salon",
            "bar",
        ]
        .contains(kind)
    {
        if is_town(town) { format!("{} in {town}", with_article(kind)) } else { format!("the {town} {kind}") }
    } else if !has_determiner
        && first.eq_ignore_ascii_case("family")
        && (phrase.last().is_some_and(|last| is_place_noun(last)) || head == "business")
    {
        format!("the {}", phrase.join(" "))
    } else if !has_determiner && is_lower(first) && PLACES.pair_of(&head).is_some() {
        with_article(&phrase.join(" "))
    } else if ["dad's", "mum's", "uncle's", "aunt's", "brother's", "parents'", "friend's"]
        .contains(&first.to_lowercase().as_str())
    {
        format!("my {}", phrase.join(" "))
    } else if preposition == "with" && !has_determiner && is_lower(first) && is_role(&head) && !head.ends_with('s') {
        with_article(&phrase.join(" "))
    } else if preposition == "at" && PLAIN.has(&phrase.join(" ").to_lowercase()) {
        phrase.join(" ").to_lowercase()
    } else if preposition == "at" && !has_determiner && is_lower(first) {
        // A name that was typed without capitals.
        let name = title_case(&phrase.join(" "));
        with_town(&name.split(' ').collect::<Vec<_>>())
    } else if preposition == "at" || preposition == "for" {
        with_town(phrase)
    } else {
        phrase.join(" ")
    };
    Some(format!("{preposition} {text}{tail}"))
}

fn is_place_noun(word: &str) -> bool {
    PLACES.pair_of(&bare(word)).is_some()
}
