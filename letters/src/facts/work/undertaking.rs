//! Reads work that is named by what it is rather than by what somebody was: "bar work", "nights at BP", "army, 9 years".

use crate::facts::article::with_article;
use crate::facts::fact::{Act, Kind, Time, Words};
use crate::facts::lexicon::bare;
use crate::facts::spell;
use crate::words::list;

use super::employer;
use super::names::is_town;
use super::position::place_of;

list!(FIELDS = "facts/work_fields");
list!(FORCES = "facts/forces");
list!(PLACEMENTS = "facts/placements");
list!(PLACES = "facts/places");
list!(AREAS = "facts/areas");
list!(ORGANISATIONS = "facts/organisations");
list!(COURSES = "facts/courses");
list!(UNIVERSITIES = "facts/universities");
list!(CHORES = "facts/chores");
list!(ACTIVITY_ENDS = "facts/activity_ends");

/// Reads an entry as work with a name: "bar work", "a 10-week placement with district nurses", "nights at BP".
pub fn named(text: &str, time: Option<&Time>, is_now: bool) -> Option<(Kind, Words)> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    if is_clause(&lower) {
        return None;
    }
    let is_institution =
        ["university", "college", "school", "hospital", "institute"].iter().any(|word| lower.contains(word));
    let (what, rest) = words.split_at(place_begins(&lower, &words));
    let what_lower = what.join(" ").to_lowercase();
    let last = what_lower.rsplit(' ').next().unwrap_or_default();
    let placement = PLACEMENTS
        .iter()
        .find(|noun| what_lower == *noun || what_lower.ends_with(&format!(" {noun}")))
        .filter(|_| !is_institution || !rest.is_empty());
    // "Placement year IBM Hursley": the name follows at once.
    let inner =
        PLACEMENTS.iter().filter(|noun| what_lower.starts_with(noun)).last().map(|noun| noun.split(' ').count());
    let place = match (rest, inner) {
        ([], Some(count)) if placement.is_none() && count < words.len() => place_behind(&words[count..])?,
        ([], _) => String::new(),
        (rest, _) => place_of(&rest.join(" "))?,
    };
    // A name alone says nothing: "Placements: ..."
    let is_bare =
        what.len() <= placement.map_or(1, |noun| noun.split(' ').count()) && place.is_empty() && time.is_none();
    if is_bare && (placement.is_some() || ["job", "jobs", "placements"].contains(&last))
        || what_lower.ends_with(" job") && place.is_empty() && time.is_none() && what.len() < 3
    {
        return None;
    }
    let (kind, verb, object) = if let Some(noun) = placement.or_else(|| {
        inner.and_then(|count| {
            PLACEMENTS.iter().find(|noun| noun.split(' ').count() == count && what_lower.starts_with(noun))
        })
    }) {
        let what = what_lower.find(noun).map_or(what.join(" "), |at| text[..at + noun.len()].to_owned());
        let is_mass = ["work experience", "research", "voluntary work", "freelance work"].contains(&noun);
        (
            Kind::Placement,
            "do",
            if is_mass {
                super::position::quiet(&what)
            } else {
                with_article(&hyphened(&super::position::quiet(&what)))
            },
        )
    } else if ["nights", "days", "weekends", "evenings", "earlies", "lates", "shifts"].contains(&what_lower.as_str())
        && !rest.is_empty()
    {
        (Kind::Job, "work", what_lower.clone())
    } else if last == "work" && what.len() > 1 {
        (Kind::Job, "do", what.join(" "))
    } else if ["job", "round"].contains(&last) && what.len() > 1 {
        (Kind::Job, "have", with_article(&what.join(" ")))
    } else if let Some(force) = FORCES.pair_of(&lower) {
        (Kind::Job, "serve", served(force))
    } else if let Some(area) = AREAS.pair_of(&what_lower) {
        (Kind::Job, "work", area.to_owned())
    } else if rest.is_empty() && spell::is_employer(text) {
        (Kind::Job, "work", format!("at {text}"))
    } else if CHORES.has(of_its_kind(&what_lower)) {
        (Kind::Job, "do", what_lower.clone())
    } else if rest.is_empty() && FIELDS.has(&lower) {
        (Kind::Job, "work", format!("in {lower}"))
    } else {
        return None;
    };
    // "A gap year" is spent or taken rather than done.
    let verb = if object.ends_with("gap year") { "take" } else { verb };
    Some((kind, timed(act(verb, &[&object, &place, time.map_or("", Time::words)]), time, is_now)))
}

/// The place that follows a placement at once, or the name at its beginning.
fn place_behind(words: &[&str]) -> Option<String> {
    let named = words.iter().take_while(|word| super::names::is_name(word)).count();
    place_of(&words.join(" ")).or_else(|| place_of(&words[..named].join(" ")))
}

/// "Agency cleaning" is cleaning: how it was done stands before it.
fn of_its_kind(what: &str) -> &str {
    let kinds = [
        "agency ",
        "seasonal ",
        "casual ",
        "freelance ",
        "contract ",
        "temporary ",
        "voluntary ",
        "private ",
        "part-time ",
        "full-time ",
        "self-employed ",
        "domestic ",
        "commercial ",
        "industrial ",
        "mobile ",
        "office ",
        "cash in hand ",
        "unpaid ",
        "relief ",
        "wedding ",
    ];
    kinds.iter().find_map(|kind| what.strip_prefix(kind)).unwrap_or(what)
}

/// What goes on has been done for its time.
fn timed(words: Words, time: Option<&Time>, is_now: bool) -> Words {
    match words {
        Words::Act(act) if is_now && matches!(time, Some(Time::For(_))) => {
            let base =
                if act.past.starts_with("have ") { act.past.clone() } else { format!("have {}", done(&act.past)) };
            Words::Act(Act { base, ..act })
        }
        words => words,
    }
}

/// The past as "have" takes it: "done bar work".
fn done(past: &str) -> String {
    past.strip_prefix("did ").map_or_else(|| past.to_owned(), |rest| format!("done {rest}"))
}

/// Where the words turn to a place; the "in" of "year in industry" is none.
fn place_begins(lower: &str, words: &[&str]) -> usize {
    let within = PLACEMENTS.iter().filter(|noun| lower.starts_with(noun)).map(|noun| noun.split(' ').count()).max();
    let within = within.unwrap_or(0);
    let is_preposition = |word: &&str| ["at", "in", "for", "with", "on"].contains(&word.to_lowercase().as_str());
    words.iter().skip(within).position(is_preposition).map_or(words.len(), |at| at + within)
}

fn served(force: &str) -> String {
    let is_corps = ["Engineers", "Signals", "Corps", "Rifles", "REME"].iter().any(|word| force.contains(word));
    format!("{} {force}", if is_corps { "with" } else { "in" })
}

/// Whether a text begins like a clause, which names no work.
fn is_clause(lower: &str) -> bool {
    let first = lower.split(' ').next().map(bare).unwrap_or_default();
    CLAUSES.contains(&first.as_str())
}

const CLAUSES: [&str; 19] = [
    "need", "needs", "looking", "seeking", "want", "wants", "after", "before", "during", "then", "while", "left",
    "started", "spent", "served", "attended", "did", "held", "i",
];

/// Reads an entry as something that one did for somebody, or somewhere: "sports massage for the juniors", "quality
/// inspection at a subcontractor".
pub fn activity(text: &str, time: Option<&Time>) -> Option<Words> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let head = words.iter().position(|word| ["at", "for", "with", "in"].contains(word))?;
    let (what, rest) = words.split_at(head);
    let is_plain = |word: &&str| word.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '\'');
    let last = what.last()?;
    // A plural, or a noun that one cannot do, would need a verb of its own.
    if what.first().is_some_and(|word| crate::facts::lexicon::is_doing(word)) {
        return None;
    }
    let is_named = !last.ends_with('s') && ACTIVITY_ENDS.iter().any(|end| last.ends_with(end));
    if what.len() > 4 || !is_named || !what.iter().all(is_plain) {
        return None;
    }
    let place = place_of(&rest.join(" "))?;
    Some(act("do", &[&super::position::quiet(&what.join(" ")), &place, time.map_or("", Time::words)]))
}

/// Reads an entry as the place where somebody worked, for a time: "Tesco, three years". Without a time it could be
/// anything, unless its last word names a kind of place.
pub fn place(text: &str, time: Option<&Time>, is_now: bool) -> Option<Words> {
    place_alone(text, time).map(|words| timed(words, time, is_now))
}

fn place_alone(text: &str, time: Option<&Time>) -> Option<Words> {
    // "HMS Albion 2013-2018".
    if text.starts_with("HMS ") && time.is_some() && text.split(' ').count() < 4 {
        return Some(act("serve", &[&format!("on {text}"), time.map_or("", Time::words)]));
    }
    // "On the tills at B&M".
    if let Some((area, name)) = text.split_once(" at ")
        && let Some((preposition @ ("on" | "in" | "behind"), kind)) = area.split_once(' ')
        && AREAS.pair_of(kind.trim_start_matches("the ")).is_some()
        && name.starts_with(char::is_uppercase)
    {
        let place = format!("{preposition} {kind} at {}", spell::with_the(name));
        return Some(act("work", &[&place, time.map_or("", Time::words)]));
    }
    // "Various retail jobs".
    if let Some(field) = text.strip_suffix(" jobs").filter(|field| is_field(field)) {
        return Some(act("work", &[&format!("in {} jobs", field.to_lowercase()), time.map_or("", Time::words)]));
    }
    // "Fifteen years in retail".
    if let Some(field) = text.strip_prefix("in ").filter(|field| time.is_some() && is_field(field)) {
        return Some(act("work", &[&format!("in {}", field.to_lowercase()), time.map_or("", Time::words)]));
    }
    let employer = employer::with_part(text);
    if let Some(place) = employer.filter(|_| !matches!(time, Some(Time::During(when)) if !when.starts_with("from"))) {
        return Some(act("work", &[&place, time.map_or("", Time::words)]));
    }
    let place = place_of(text)?;
    let name = ["at ", "with ", "for ", "in "].iter().find_map(|lead| text.strip_prefix(lead)).unwrap_or(text);
    let is_place_of_its_own = text.starts_with("at ") && text.split_once(" in ").is_some_and(|(_, town)| is_town(town));
    if (name.contains(" at ") || name.contains(" in ")) && !spell::is_employer(name) && !is_place_of_its_own {
        return None;
    }
    let is_dated = text.starts_with("at ") || spell::is_employer(name);
    if matches!(time, Some(Time::During(when)) if !when.starts_with("from")) && !is_dated {
        return None;
    }
    if place.starts_with("in the family ") {
        return Some(act("work", &[&place, time.map_or("", Time::words)]));
    }
    // "41 years at Cammell Laird and then BAE Systems".
    let is_at = ["at ", "with ", "for "]
        .iter()
        .any(|lead| text.strip_prefix(lead).is_some_and(|name| name.starts_with(char::is_uppercase)))
        && time.is_some();
    if !is_surely_named(text) && !is_at && !place.contains(" in ") {
        return None;
    }
    let is_place = text.split_whitespace().next_back().is_some_and(|word| PLACES.pair_of(&bare(word)).is_some());
    let has_capital = text.starts_with(char::is_uppercase);
    (time.is_some() || is_place && has_capital && text.contains(' '))
        .then(|| act("work", &[&place, time.map_or("", Time::words)]))
}

/// Whether a text names fields of work, or kinds of places in general: "retail and hospitality", "care homes".
fn is_field(text: &str) -> bool {
    let lower = text.to_lowercase();
    let parts: Vec<&str> = lower.split(" and ").flat_map(|part| part.split(", ")).collect();
    parts.iter().all(|part| {
        let last = part.split(' ').next_back().unwrap_or_default();
        FIELDS.has(part) || last.strip_suffix('s').is_some_and(|one| PLACES.pair_of(one).is_some()) || FIELDS.has(last)
    })
}

/// The place of a name of which what follows shows that somebody worked there.
pub fn named_place(text: &str) -> Option<Words> {
    if let Some(place) = employer::with_part(text) {
        return Some(act("work", &[&place]));
    }
    let is_course = text.split_whitespace().any(|word| COURSES.has(&bare(word)));
    let place = place_of(text).filter(|_| !is_course && !text.contains(|c: char| c.is_ascii_digit()))?;
    Some(act("work", &[&place]))
}

/// Whether a text is surely the name of an employer or a place: one that is known, one with a word that only such names
/// have, or a longer name of which no word means something else.
fn is_surely_named(text: &str) -> bool {
    let text = ["at ", "for ", "in ", "with "].iter().find_map(|lead| text.strip_prefix(lead)).unwrap_or(text);
    let words: Vec<String> =
        text.split_whitespace().map(bare).filter(|word| !["and", "then"].contains(&word.as_str())).collect();
    let is_known = spell::is_employer(text)
        || spell::is_place(text)
        || words.iter().any(|word| ORGANISATIONS.has(word))
        || words.last().is_some_and(|word| PLACES.pair_of(word).is_some())
        || words.first().is_some_and(|word| spell::is_employer(word));
    let is_plain = |word: &String| {
        spell::is_ordinary(word)
            || crate::facts::lexicon::is_role(word)
            || COURSES.has(word)
            || DAYS.iter().any(|day| word.starts_with(day)) && word.len() < 10
    };
    let is_short = |word: &str| word.len() < 5 && word.chars().all(char::is_uppercase);
    is_known || words.len() > 1 && !words.iter().any(is_plain) && !text.split(' ').any(is_short)
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// "10 week" as "10-week".
fn hyphened(text: &str) -> String {
    let mut text = text.to_owned();
    for unit in ["week", "month", "day", "year", "hour"] {
        if let Some(at) = text.find(&format!(" {unit} ")) {
            let number = text[..at].rsplit(' ').next().unwrap_or_default();
            if number.parse::<f32>().is_ok()
                || ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "one"].contains(&number)
            {
                text.replace_range(at..=at, "-");
            }
        }
    }
    text
}

/// Whether a place is one where somebody may have been a student.
fn is_institution(place: &str) -> bool {
    let Some(name) = place.strip_prefix("at ") else { return false };
    let name = name.split(" in ").next().unwrap_or(name);
    name.ends_with(" College")
        || name.ends_with(" University")
        || name.contains("University of ")
        || UNIVERSITIES.has(&name.to_lowercase())
}

fn act(verb: &str, parts: &[&str]) -> Words {
    let object = parts.join(" ");
    let object = object.split_whitespace().collect::<Vec<_>>().join(" ");
    // Who names a college and no role may have studied or worked there.
    if verb == "work" && parts.first().is_some_and(|place| is_institution(place)) {
        return Words::Act(Act {
            base: format!("am {object}"),
            past: format!("was {object}"),
            doing: format!("being {object}"),
        });
    }
    let goes_on = parts.iter().any(|part| part.starts_with("since "));
    let (past, doing) = match verb {
        "work" if goes_on => ("have worked", "working"),
        "do" if goes_on => ("have done", "doing"),
        "serve" if goes_on => ("have served", "serving"),
        _ if goes_on => ("have had", "having"),
        "work" => ("worked", "working"),
        "do" => ("did", "doing"),
        "serve" => ("served", "serving"),
        _ => ("had", "having"),
    };
    let (past, doing) = if verb == "take" { ("took", "taking") } else { (past, doing) };
    let base = if goes_on { past } else { verb };
    Words::Act(Act {
        base: format!("{base} {object}"),
        past: format!("{past} {object}"),
        doing: format!("{doing} {object}"),
    })
}
