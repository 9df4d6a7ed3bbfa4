//! Tells which requirements are noun phrases, and gives them the article that they need.

use super::relations::is_tool;
use super::terms::terms;
use crate::facts::article::with_article;
use crate::facts::spell::put_right;
use crate::words::list;

list!(COUNTABLE = "evidence/countable");
list!(COUNTED = "evidence/counted");
list!(DOING = "evidence/doing");
list!(FIRSTS = "evidence/firsts");
list!(MASS = "evidence/mass");
list!(NOT_HEADS = "evidence/not_heads");
list!(PAPERS = "evidence/papers");
list!(PERSONS = "evidence/persons");
list!(TRAITS = "facts/traits");

/// Most words of a requirement that a letter names.
const WORDS_MAX: usize = 12;

const PREPOSITIONS: [&str; 12] =
    [" in ", " of ", " with ", " at ", " for ", " as ", " or ", " to ", " from ", " on ", " and ", " within "];

/// Whether a text holds what no sentence takes over: signs, persons, verbs of a clause.
#[must_use]
pub fn is_odd(text: &str) -> bool {
    text.split_whitespace().count() > WORDS_MAX
        || text.contains(['/', '&', '@', '(', ')', ':', '"', '“', '”', '=', '*', '+', '?', '£', '%', ';'])
        || text.contains(" - ")
        || text.contains('–')
        || ["max ", "min ", "max. ", "min. "].iter().any(|start| text.to_ascii_lowercase().starts_with(start))
        // In capitals, "IT" is a trade.
        || text.split(|c: char| !c.is_alphanumeric()).any(|word| word != "IT" && PERSONS.has(&word.to_ascii_lowercase()))
}

/// A noun phrase with the article that it needs; `None` where a text is not surely one.
#[must_use]
pub fn noun_phrase(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let (first, last) = (lower.split(' ').next()?, lower.rsplit(' ').next()?);
    if NOT_HEADS.has(first) || NOT_HEADS.has(last) || first == "own" {
        return None;
    }
    let is_clause = ["work in ", "work with ", "work on ", "work at ", "to ", "fluent in ", "good at ", "good with "]
        .iter()
        .any(|start| lower.starts_with(start));
    if is_clause {
        return None;
    }
    if lower.starts_with("gcse") || lower.contains(" gcse") {
        return school_results(text);
    }
    if text.starts_with("NVQ Level ") && lower.split(' ').nth(3).is_some_and(|next| next == "or" || next == "and") {
        return Some(with_article(text)).filter(|_| lower.contains("equivalent"));
    }
    if let Some((level, subject)) = bare_level(text) {
        return level_phrase(level, subject);
    }
    if let Some(rest) = text.strip_prefix("NVQ Level ").filter(|rest| rest.contains(' ') && !rest.contains(" in ")) {
        return Some(format!("an NVQ Level {}", rest.replacen(' ', " in ", 1)));
    }
    if is_doing(text) {
        return Some(format!("experience of {text}"));
    }
    // Behind a preposition the head is the word before it.
    let cut = PREPOSITIONS.iter().filter_map(|word| lower.find(word)).min();
    let head_phrase = cut.map_or(lower.as_str(), |cut| &lower[..cut]);
    let head = head_phrase.rsplit([' ', ',']).next()?;
    let is_doing_something = first.ends_with("ing") && head_phrase.contains(' ') && !is_noun_in_ing(first);
    if TRAITS.has(head) || is_doing_something || lower.contains(',') && !lower.contains(" or ") {
        return None;
    }
    if starts_with_article(&lower) {
        let is_known = is_mass(head) || COUNTABLE.has(head) || PAPERS.has(head);
        return (is_known || cut.is_some()).then(|| text.to_owned());
    }
    // "a Level 2 TA qualification", "an NVQ Level 3", "a PhD"
    let second = lower.split(' ').nth(1).unwrap_or("in");
    let is_paper =
        PAPERS.has(first) && ["in", "with", "or", "level"].contains(&second) || first == "level" && text.contains(' ');
    let is_choice = cut.is_some_and(|cut| lower[cut..].starts_with(" or ")) && COUNTABLE.has(last);
    if COUNTABLE.has(head) || is_paper || is_choice {
        return Some(with_article(text));
    }
    let is_capital = |word: &str| word.chars().any(char::is_uppercase) && word.chars().count() > 1;
    let is_title =
        ["certified", "registered", "qualified"].iter().any(|word| lower.contains(word)) || PAPERS.has(first);
    // "Minute taking": whether the capital belongs to a name is not sure.
    let has_odd_capital = text.split(' ').nth(1).is_some_and(|next| next.starts_with(char::is_lowercase))
        && first.chars().count() > 1
        && text.chars().skip(1).take(first.chars().count() - 1).all(char::is_lowercase)
        && text.starts_with(char::is_uppercase)
        && !is_name(first);
    if has_odd_capital {
        return None;
    }
    let are_names = text.split(' ').all(|word| matches!(word, "and" | "or") || is_capital(word.trim_end_matches(',')))
        || lower.contains(" level ")
            && text.split(' ').all(|word| is_capital(word) || word.chars().all(|c| c.is_ascii_digit()));
    let is_known = is_mass(head)
        || is_tool(&terms(head_phrase))
        || is_capital(text.split(' ').next()?) && !head_phrase.contains(' ');
    let is_choice = cut.is_some_and(|cut| lower[cut..].starts_with(" or "));
    let is_whole = cut.is_none() || is_mass(last) || COUNTABLE.has(last) || !is_choice && is_sound_end(last);
    (is_known && is_whole || are_names && !is_title).then(|| text.to_owned())
}

/// The level and the subject of "Level 3 plumbing", where no noun says what is held.
fn bare_level(text: &str) -> Option<(&str, &str)> {
    let (level, subject) = text.strip_prefix("Level ")?.split_once(' ').filter(|(level, _)| level.len() == 1)?;
    let lower = subject.to_ascii_lowercase();
    let nouns = ["qualification", "certificate", "diploma", "award", "apprenticeship", "course", "nvq"];
    let is_bare =
        !lower.starts_with("in ") && !lower.starts_with("or ") && !nouns.iter().any(|noun| lower.contains(noun));
    is_bare.then_some((level, subject))
}

/// "Level 2 food hygiene", "a Level 3 in plumbing"; `None` where a level of this subject has no surely right name.
fn level_phrase(level: &str, subject: &str) -> Option<String> {
    let lower = subject.to_ascii_lowercase();
    let is_plain =
        ["food hygiene", "food safety", "first aid", "safeguarding"].iter().any(|name| lower.ends_with(name))
            || ["maths", "english", "literacy", "numeracy", "functional"].iter().any(|name| lower.starts_with(name));
    if is_plain {
        return Some(format!("Level {level} {subject}"));
    }
    is_mass(lower.rsplit(' ').next().unwrap_or_default()).then(|| format!("a Level {level} in {subject}"))
}

/// "GCSE English and maths at grade 4", "a GCSE in maths".
fn school_results(text: &str) -> Option<String> {
    let ends_in_grade = text.rsplit(' ').nth(1) == Some("grade") && !text.contains(" at grade ");
    let graded = if ends_in_grade { text.replace(" grade ", " at grade ") } else { text.to_owned() };
    let words: Vec<&str> = graded.split(' ').collect();
    let figure = words.last().is_some_and(|last| last.chars().all(|c| c.is_ascii_digit()));
    let is_graded = words.len() > 2 && words[words.len() - 2] == "grade";
    match () {
        () if figure && words.get(words.len().wrapping_sub(2)) == Some(&"at") => {
            Some(format!("{} grade {}", words[..words.len() - 1].join(" "), words[words.len() - 1]))
        }
        () if figure && !is_graded || graded.contains(',') => None,
        () => Some(graded),
    }
}

/// Whether a noun stands without an article, by the data or by its ending: "improvement", "plastering".
fn is_mass(noun: &str) -> bool {
    let endings = ["ment", "tion", "sion", "ance", "ence", "ship", "graphy", "logy", "ics", "ing", "ity", "ry"];
    MASS.has(noun) || !COUNTED.has(noun) && noun.len() > 5 && endings.iter().any(|ending| noun.ends_with(ending))
}

/// Whether the last word can end a phrase.
fn is_sound_end(last: &str) -> bool {
    !["in", "of", "with", "at", "for", "as", "or", "to", "and", "the", "a", "etc", "similar", "above"].contains(&last)
}

/// Whether a word in "-ing" names a field of work: "marketing experience", "teaching assistant".
fn is_noun_in_ing(word: &str) -> bool {
    MASS.has(word)
}

/// Whether a phrase begins with a verb in "-ing" and its object, whole enough to follow "experience of": "managing
/// agencies", "teaching at undergraduate level".
#[must_use]
pub fn is_doing(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let Some((verb, rest)) = lower.split_once(' ') else { return false };
    // "Working with Children Check" is one.
    if !DOING.has(verb) || is_odd(text) || lower == "working with children check" {
        return false;
    }
    let padded = format!(" {rest}");
    let cut = PREPOSITIONS.iter().filter_map(|word| padded.find(word)).min();
    let object = cut.map_or(rest, |cut| padded[..cut].trim());
    let last = object.rsplit(' ').next().unwrap_or_default();
    let is_noun_head =
        ["skills", "experience", "knowledge", "qualification", "certificate", "assistant"].contains(&last);
    let is_whole = object.is_empty()
        || starts_with_article(object)
        || is_mass(last)
        || last.ends_with('s') && !last.ends_with("ss")
        || last.chars().any(|c| c.is_ascii_digit());
    is_whole && !is_noun_head && is_sound_end(lower.rsplit(' ').next().unwrap_or_default())
}

/// Whether a text begins with an article.
#[must_use]
pub fn starts_with_article(text: &str) -> bool {
    ["a ", "an ", "the "].iter().any(|article| text.starts_with(article))
}

/// Whether the speller knows a word as a name.
fn is_name(word: &str) -> bool {
    put_right(&word.to_ascii_lowercase()).starts_with(char::is_uppercase)
}

/// The text with a small letter at its beginning where its first word is surely no name.
#[must_use]
pub fn small(text: &str) -> String {
    let mut words = text.split(' ');
    let first = words.next().unwrap_or_default();
    let next = words.next().unwrap_or_default();
    let lower = first.to_ascii_lowercase();
    let is_plain = first.chars().skip(1).all(|c| c.is_lowercase() || c == '-') && !next.starts_with(char::is_uppercase);
    let is_plain = is_plain && first.chars().count() > 1;
    let is_known =
        FIRSTS.has(&lower) || is_mass(&lower) || COUNTABLE.has(&lower) || DOING.has(&lower) || TRAITS.has(&lower);
    let names_more =
        ["level", "year", "band", "grade"].contains(&lower.as_str()) && next.starts_with(|c: char| c.is_ascii_digit());
    let is_small = is_plain && is_known && !is_name(first) && !is_name(&format!("{first} {next}"));
    if names_more {
        let mut characters = lower.chars();
        let capital = characters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
        format!("{capital}{}{}", characters.as_str(), &text[first.len()..])
    } else if is_small || ["A", "An", "The", "Good", "Some"].contains(&first) && next != "level" {
        format!("{lower}{}", &text[first.len()..])
    } else {
        text.to_owned()
    }
}
