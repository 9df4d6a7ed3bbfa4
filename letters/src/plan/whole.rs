//! Judges whether the words of a fact make a sentence that stands alone. A piece of a form that was read as something
//! else than it is shows itself by what no such phrase has: an article inside the name of a role, a verb inside the name
//! of a thing, a small word with a capital, a beginning or an end that hangs in the air.

use crate::facts::fact::{Fact, Kind, Words};
use crate::facts::verb;
use crate::pattern::pattern;
use crate::words::list;

list!(DANGLING = "whole/dangling");
list!(NO_BEGINNING = "whole/no_beginning");
list!(SMALL_WITH_CAPITAL = "whole/small_with_capital");
list!(DETERMINERS = "whole/determiners");
list!(PREPOSITIONS = "whole/prepositions");
list!(UNIQUE = "facts/unique_roles");
list!(NO_ROLE = "whole/no_role");
list!(NO_THING = "whole/no_thing");
list!(CLAUSES = "whole/clauses");
list!(FINITE = "whole/finite");
list!(SUBJECTS = "whole/subjects");
list!(YEARS_FOLLOW = "whole/years_follow");
list!(VERBS_WITH_OF = "whole/verbs_with_of");
list!(ABBREVIATIONS = "whole/abbreviations");
list!(TRAITS = "checks/adjectives_of_people");
list!(HARMFUL = "whole/harmful");
list!(UNITS = "whole/units_of_time");

pattern!(SLASHED = r"\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b");
pattern!(NO_SLASHED_DATE = r"^24/7$");

/// Most words of a role, and of an adjective.
const ROLE_MAX: usize = 12;
const ADJECTIVE_MAX: usize = 9;

/// Whether a sentence can say the fact, as far as its words tell.
pub fn is_whole(fact: &Fact) -> bool {
    match &fact.words {
        Words::Position(position) => {
            let time = position.time.as_ref().map_or("", |time| time.words());
            is_role(&position.role)
                && (position.place.is_empty() || is_place(&position.place))
                && (time.is_empty() || is_phrase(time))
        }
        Words::Act(act) => {
            is_act(&act.base) && is_one_sentence(&act.past) && is_phrase(&act.past) && has_no_bare_year(&act.past)
        }
        Words::Thing(text) if matches!(fact.kind, Kind::Skill | Kind::Tool | Kind::Knowledge) => {
            is_phrase(text) && is_one_sentence(text) && is_thing(text) && is_skill(text)
        }
        Words::Thing(text) => is_phrase(text) && is_one_sentence(text) && is_thing(text),
        Words::Adjective(text) => is_phrase(text) && is_adjective(text),
        Words::Clause(text) => is_phrase(text) && is_clause(text),
    }
}

/// The words of a phrase without the marks around them.
fn tokens(text: &str) -> Vec<&str> {
    let bare = |word: &str| -> usize { word.len() - word.trim_start_matches(['(', '“', '"', '‘']).len() };
    text.split_whitespace()
        .map(|word| word[bare(word)..].trim_end_matches([')', ',', '.', ';', ':', '”', '"']))
        .filter(|word| !word.is_empty())
        .collect()
}

/// The words in lower case; abbreviations, which may look like small words, keep their capitals.
fn lower(words: &[&str]) -> Vec<String> {
    let is_short = |word: &str| word.len() > 1 && word.chars().all(char::is_uppercase);
    words.iter().map(|word| if is_short(word) { (*word).to_owned() } else { word.to_lowercase() }).collect()
}

/// What holds for all phrases: whole at both ends, no word twice, no small word with a capital, no date with slashes.
fn is_phrase(text: &str) -> bool {
    let words = tokens(text);
    let small = lower(&words);
    let (Some(first), Some(last)) = (small.first(), small.last()) else { return false };
    let twice = small.windows(2).any(|pair| pair[0] == pair[1] && !matches!(pair[0].as_str(), "had" | "that"));
    let opens = text.matches('(').count();
    !NO_BEGINNING.has(first)
        && !DANGLING.has(last)
        && !small.iter().any(|word| HARMFUL.has(word))
        && !twice
        && !text.ends_with([':', '-', '–', ','])
        && opens == text.matches(')').count()
        && !words.iter().skip(1).any(|word| SMALL_WITH_CAPITAL.has(word))
        && !words.iter().any(|word| *word == "i" || SLASHED.is_match(word) && !NO_SLASHED_DATE.is_match(word))
}

/// The name of a role: a noun phrase without a verb, in which further noun phrases follow prepositions.
pub fn is_role(role: &str) -> bool {
    // "A driver and then a troop sergeant".
    if let Some((earlier, later)) = role.split_once(" and then ") {
        return is_role(earlier) && is_role(later);
    }
    if !is_phrase(role) {
        return false;
    }
    let words = tokens(role);
    let small = lower(&words);
    let begins_inside = (1..small.len()).any(|at| {
        let is_number = small[at].chars().all(|c| c.is_ascii_digit())
            && small[at].len() < 4
            && !["999", "111", "101"].contains(&small[at].as_str());
        let follows = PREPOSITIONS.has(&small[at - 1]) || small[at - 1].ends_with("ing");
        let names = matches!(
            small[at - 1].as_str(),
            "band" | "year" | "level" | "grade" | "class" | "stage" | "tier" | "key" | "part" | "group"
        );
        DETERMINERS.has(&small[at]) && !follows || is_number && !follows && !names && at < 2
    });
    let head = small.iter().take_while(|word| !PREPOSITIONS.has(word)).last().map_or("", String::as_str);
    let has_article = matches!(small.first().map(String::as_str), Some("a" | "an"));
    let is_many = has_article
        && head.len() > 3
        && head.ends_with('s')
        && !["ss", "us", "is", "ics", "'s"].iter().any(|end| head.ends_with(end));
    let is_named = role.starts_with(char::is_uppercase)
        || UNIQUE.beginning_of(&role.to_lowercase()).is_some()
        || small.first().is_some_and(|first| DETERMINERS.has(first) || PREPOSITIONS.has(first))
        || small.iter().any(|word| matches!(word.as_str(), "part" | "self-employed" | "retired" | "freelance"));
    words.len() <= ROLE_MAX && is_named && !begins_inside && !is_many && !small.iter().any(|word| NO_ROLE.has(word))
}

/// What somebody does: a verb and what belongs to it.
fn is_act(base: &str) -> bool {
    let words = lower(&tokens(base));
    let takes_of = |first: &str| VERBS_WITH_OF.has(first);
    match words.as_slice() {
        [_, article, verb, ..] if matches!(article.as_str(), "a" | "an") && FINITE.has(verb) => false,
        [first, second, ..] => {
            first.starts_with(char::is_alphabetic) && second != "me" && (second != "of" || takes_of(first))
        }
        _ => !words.is_empty(),
    }
}

/// The name of a thing: no verb, unless in a clause that belongs to it.
fn is_thing(text: &str) -> bool {
    let small = lower(&tokens(text));
    let own = small.iter().take_while(|word| !CLAUSES.has(word));
    // "acupuncture no".
    if matches!(small.last().map(String::as_str), Some("no" | "not")) {
        return false;
    }
    !own.into_iter().any(|word| NO_THING.has(word)) && !small.iter().any(|word| matches!(word.as_str(), "yes" | "lol"))
}

/// The name of something that one does, uses or knows: no adjective, and articles only behind what takes an object.
fn is_skill(text: &str) -> bool {
    let small = lower(&tokens(text));
    let whole = small.join(" ");
    let own = small.iter().take_while(|word| !CLAUSES.has(word)).count();
    let begins_inside = (1..own).any(|at| {
        let before = &small[at - 1];
        let is_rate = small.get(at + 1).is_some_and(|unit| UNITS.has(unit));
        matches!(small[at].as_str(), "a" | "an" | "the")
            && !is_rate
            && !PREPOSITIONS.has(before)
            && !DETERMINERS.has(before)
            && !before.ends_with("ing")
            && !small[..at].iter().any(|word| word == "to")
    });
    // "van with gears and can reverse".
    let is_able = small.windows(2).any(|pair| matches!(pair[0].as_str(), "and" | "or") && pair[1] == "can");
    !begins_inside && !is_able && !TRAITS.has(&whole) && !whole.starts_with("free ")
}

/// Where a position is: a phrase in which nobody does anything.
pub fn is_place(place: &str) -> bool {
    is_phrase(place) && is_one_sentence(place) && has_no_bare_year(place) && is_thing(place)
}

/// Whether no stop stands within the words, but behind abbreviations.
fn is_one_sentence(text: &str) -> bool {
    text.match_indices(". ").all(|(at, _)| {
        let before = text[..at].rsplit([' ', '(']).next().unwrap_or_default().to_lowercase();
        !before.ends_with(|c: char| c.is_ascii_digit()) && before.contains(['.', '-'])
            || ABBREVIATIONS.has(&before)
            || before.chars().count() == 1
    })
}

fn is_adjective(text: &str) -> bool {
    let small = lower(&tokens(text));
    let begins_inside = (0..small.len()).any(|at| {
        DETERMINERS.has(&small[at])
            && (at == 0 && is_plural_behind(&small)
                || at > 0 && !PREPOSITIONS.has(&small[at - 1]) && !small[at - 1].ends_with("ing"))
    });
    small.len() <= ADJECTIVE_MAX
        && !begins_inside
        && !small.iter().any(|word| matches!(word.as_str(), "i" | "am" | "yes" | "lol"))
}

/// "a steady hands".
fn is_plural_behind(small: &[String]) -> bool {
    let head = small.iter().take_while(|word| !PREPOSITIONS.has(word)).last().map_or("", String::as_str);
    matches!(small[0].as_str(), "a" | "an") && head.ends_with('s') && !head.ends_with("ss")
}

/// A clause has a subject and a verb of its own.
fn is_clause(text: &str) -> bool {
    let words = tokens(text);
    let small = lower(&words);
    let own: Vec<usize> =
        (0..small.len()).take_while(|at| *at < 2 || !matches!(small[*at].as_str(), "that" | "which" | "who")).collect();
    let is_verb = |at: usize| {
        FINITE.has(&small[at])
            || at > 0 && matches!(small[at - 1].as_str(), "i" | "you" | "we" | "they" | "who")
            || at > 0
                && words[at].starts_with(char::is_lowercase)
                && !DETERMINERS.has(&small[at - 1])
                && !PREPOSITIONS.has(&small[at - 1])
                && verb::read(&small[at]).is_some_and(|(form, _)| form != verb::Form::Doing)
    };
    let has_subject = own.iter().any(|at| SUBJECTS.has(&small[*at]) || small[*at] == "you're" || small[*at] == "i'm");
    // "Your piece on the riders who deliver was not selling anything": one verb is of the riders.
    let has_verb = own.iter().any(|at| is_verb(*at)) || (own.len()..small.len()).filter(|at| is_verb(*at)).count() > 1;
    let hangs = matches!(small.first().map(String::as_str), Some("that" | "which" | "who"))
        && small.get(1).is_none_or(|second| FINITE.has(second));
    has_verb && !hangs && (has_subject || begins_with_subject(&words))
}

/// Whether the first words are a subject: an article or a name.
fn begins_with_subject(words: &[&str]) -> bool {
    let first = words.first().copied().unwrap_or_default();
    let second = words.get(1).copied().unwrap_or_default();
    let is_own = DETERMINERS.has(&first.to_lowercase())
        || matches!(first.to_lowercase().as_str(), "one" | "most" | "many" | "its");
    // An adjective or a participle begins no sentence: "Passionate about the outdoors and have admired".
    is_own || !PREPOSITIONS.has(&second.to_lowercase())
}

/// A year follows a word that takes one, or stands in brackets or behind a comma.
fn has_no_bare_year(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    (1..words.len()).all(|at| {
        let word = words[at].trim_end_matches([',', '.']);
        let is_year = word.len() == 4
            && (word.starts_with("19") || word.starts_with("20"))
            && word.chars().all(|c| c.is_ascii_digit());
        let before = words[at - 1];
        !is_year
            || before.ends_with([',', '('])
            || YEARS_FOLLOW.has(&before.to_lowercase())
            || before.starts_with(|c: char| c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_role_has_no_verb_and_no_article_inside() {
        for role in [
            "a Band 5 staff nurse",
            "Head of Repairs",
            "a PA to two partners",
            "a Year 5 class teacher and science lead",
            "a sports lead for mountain",
            "an assistant to the director",
        ] {
            assert!(is_role(role), "{role}");
        }
        for role in [
            "a cover the manager",
            "a line manage one PA",
            "a supervise two dispensers",
            "a have also been a barista",
            "a last-year I prepared the bundle",
            "a steady hands",
            "a foreman last for",
        ] {
            assert!(!is_role(role) || !is_phrase(role), "{role}");
        }
    }

    #[test]
    fn the_name_of_a_thing_has_no_verb_and_is_whole() {
        for thing in [
            "wound care, including leg ulcers",
            "quizzes that are short",
            "typing while I talk",
            "a BSc in Biology from Porto (2:1)",
            "first aid at work",
            "care 24/7",
        ] {
            assert!(is_phrase(thing) && is_thing(thing), "{thing}");
        }
        for thing in [
            "catheter care yes",
            "a PGCE in And QTS",
            "an NVQ Level 3 in Halfway",
            "See CV for the Rest",
            "Excel and",
            "E and E",
            "exam on 22/05",
            "of coffee",
            "rang 999",
            "English ok",
        ] {
            let is_fine = is_phrase(thing) && is_thing(thing);
            assert!(!is_fine || matches!(thing, "E and E" | "See CV for the Rest"), "{thing}");
        }
    }

    #[test]
    fn a_reason_is_a_clause() {
        for reason in [
            "I live in Otley",
            "my nan is a customer",
            "my mum worked in your call centre",
            "you merged last year",
            "the head of maths showed me the planning drive",
            "after ten years on my feet I would like a change",
            "your team acted for tenant farmers",
            "lithium garnets made me curious about sodium",
            "my nephew goes to Kingfisher and is thriving",
            "your piece on the riders who deliver groceries in Pueblo was not selling anything",
        ] {
            assert!(is_clause(reason), "{reason}");
        }
        for reason in [
            "which is what I would like",
            "passionate about the outdoors and have always admired the brand",
            "your open mic on Tuesdays",
            "the estuary on my doorstep and five organisations round one table",
            "the chance to work with a growing group that needs confidence",
        ] {
            assert!(!is_clause(reason), "{reason}");
        }
    }
}
