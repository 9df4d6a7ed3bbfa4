//! Writes shorthand out, and gives names their spelling.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::tokens::Tokens;
use crate::pattern::pattern;
use crate::words::list;

list!(WRITTEN_OUT = "spell/written_out");
list!(KEPT_WITH_SLASH = "spell/kept_with_slash");
list!(MONTHS_DAYS = "spell/months_days");
list!(LANGUAGES = "spell/languages");
list!(PLACES = "spell/places");
list!(EMPLOYERS = "spell/employers");
list!(SOFTWARE = "spell/software");
list!(ACRONYMS = "spell/acronyms");
list!(pub(super) EVERYDAY = "spell/everyday");
list!(SOFTWARE_ALONE = "spell/software_alone");
list!(PLACES_LIKE_WORDS = "spell/places_like_words");
list!(PLACES_WITH_IN = "spell/places_with_in");
list!(PLACE_FOLLOWERS = "spell/place_followers");
list!(KIN = "spell/kin");
list!(SHORT_MONTHS = "spell/short_months");

// A figure and a unit without a space between them: "3yrs", "18mths", "2.5hrs".
pattern!(UNIT = r"(?i)\b(\d+(?:\.\d+)?\+?)-?(yrs?|years?|mths?|months?|wks?|weeks?|hrs?|hours?|mins?)\b");

// "w/" and "@" that cling to the next word.
pattern!(CLINGING_WITH = r"(?i)(^|\s)w/\s*([^\s/]{2})");
pattern!(CLINGING_AT = r"(^|\s)@\s*(\S)");
pattern!(INCLUDING = r"(\S\s|\()(?:inc|incl)\.?:?\s+(\S)");
pattern!(AND = r"(\s)(?:&|\+)(\s)");
pattern!(ABOUT = r"(^|\s)(?:~|c\.)\s?(\d)");
pattern!(MILLION = r"(?i)([£$€]\d+(?:\.\d+)?)\s?(m|mn|mil|bn)\b");
pattern!(THOUSAND = r"(?i)(^|\w+\s|\s)([£$€]?\d{1,3})k\b(\s+\w+)?");
/// What stands before a race, and behind it where that is none: "the 10k", "ran a 5k", but "a 10k budget".
const BEFORE_RACES: [&str; 10] = ["a", "annual", "charity", "did", "my", "ran", "run", "running", "the", "to"];
const NO_RACES: [&str; 10] =
    ["budget", "followers", "fund", "grant", "loan", "people", "readers", "subscribers", "users", "views"];

/// "4k followers" are 4,000, but "the 10k" and "the Lymm 10k" are races.
fn thousands(found: &regex::Captures<'_>) -> String {
    let before = found[1].trim_end();
    let behind = found.get(3).map_or("", |word| word.as_str());
    let is_verb = before.to_lowercase().ends_with("ed") || before.eq_ignore_ascii_case("raise");
    let is_named =
        before.starts_with(char::is_uppercase) && !is_verb || BEFORE_RACES.contains(&&*before.to_lowercase());
    let is_race = is_named && ["5", "10"].contains(&&found[2]) && !NO_RACES.contains(&behind.trim());
    if is_race { found[0].to_owned() } else { format!("{}{},000{behind}", &found[1], &found[2]) }
}

/// Longest entry of a list, in words.
const LONGEST: usize = 5;

/// What words in lower case are spelt as.
static SPELLINGS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let names = [&MONTHS_DAYS, &LANGUAGES, &PLACES, &EMPLOYERS, &SOFTWARE, &ACRONYMS];
    let spelt = names.into_iter().flat_map(|list| list.iter()).map(|name| (name.to_lowercase(), name));
    let everyday = |word: &String| EVERYDAY.has(word);
    let mut all: HashMap<String, &'static str> = spelt.filter(|(word, _)| !everyday(word)).collect();
    // "may" and "march" need a date beside them.
    all.retain(|word, _| !matches!(word.as_str(), "may" | "march"));
    all.extend(WRITTEN_OUT.pairs().map(|(short, long)| (short.to_owned(), long)));
    all
});

static ALONE: LazyLock<HashMap<String, &'static str>> =
    LazyLock::new(|| SOFTWARE_ALONE.iter().map(|name| (name.to_lowercase(), name)).collect());

/// Whether a word, in any case, is the name of a thing, place or language.
#[must_use]
pub fn is_name(word: &str) -> bool {
    SPELLINGS.get(&word.to_lowercase()).is_some_and(|spelling| spelling.chars().any(char::is_uppercase))
}

/// Whether a text is the name of a town, a county or a country, however it is typed; one that is an everyday word
/// as well needs its capital.
#[must_use]
pub fn is_place(text: &str) -> bool {
    let lower = text.to_lowercase();
    PLACES_LIKE_WORDS.has(text)
        || PLACES_WITH_IN.has(&lower)
        || PLACES.iter().any(|place| place.to_lowercase() == lower)
}

/// Whether a word in lower case is a language, or a people.
#[must_use]
pub fn is_language(lower: &str) -> bool {
    LANGUAGES.iter().any(|language| language.to_lowercase() == lower)
}

/// The software that words in lower case name.
#[must_use]
pub fn software(lower: &str) -> Option<&'static str> {
    let spelt = WRITTEN_OUT.pair_of(lower).filter(|name| SOFTWARE.has(name) || SOFTWARE_ALONE.has(name));
    let listed = || SOFTWARE.iter().chain(SOFTWARE_ALONE.iter()).find(|name| name.to_lowercase() == lower);
    spelt.or_else(listed)
}

/// How a name is spelt, for one that the lists hold.
pub(super) fn spelling(lower: &str) -> Option<&'static str> {
    SPELLINGS.get(lower).copied()
}

/// The text with straight apostrophes, and with words for the marks between words.
pub(super) fn plain_marks(text: &str) -> String {
    let straight = text.replace(['’', '‘', '`', '´'], "'").replace(['“', '”'], "\"");
    let mut plain: Cow<str> = straight.replace(['→', '⇒'], " to ").into();
    let steps = [
        (&*UNIT, "$1 $2"),
        (&*CLINGING_WITH, "${1}with $2"),
        (&*CLINGING_AT, "${1}at $2"),
        (&*AND, "${1}and$2"),
        (&*ABOUT, "${1}about $2"),
        (&*INCLUDING, "${1}including $2"),
    ];
    for (pattern, replacement) in steps {
        plain = pattern.replace_all(&plain, replacement).into_owned().into();
    }
    plain = THOUSAND.replace_all(&plain, thousands).into_owned().into();
    let worded = |found: &regex::Captures| {
        let unit = if found[2].to_lowercase() == "bn" { "billion" } else { "million" };
        format!("{} {unit}", &found[1])
    };
    MILLION.replace_all(&plain, worded).into_owned()
}

/// Writes shorthand out and spells names as they spell themselves.
pub(super) fn write_out(tokens: &mut Tokens) {
    part(tokens);
    let mut at = 0;
    while at < tokens.0.len() {
        at = longest(tokens, at).or_else(|| by_context(tokens, at)).or_else(|| within(tokens, at)).unwrap_or(at + 1);
    }
    // "wells cathedral" is one name.
    for at in 1..tokens.0.len() {
        let before = tokens.before(at);
        let is_placed = tokens.0[at - 1].is_capitalised() && (PLACES_WITH_IN.has(&before) || is_place(&before));
        if is_placed && PLACE_FOLLOWERS.has(&tokens.lower(Some(at))) {
            let name = upper(&tokens.0[at].core);
            tokens.replace(at, 1, &name);
        }
    }
}

/// Takes "picker/packer" and "till&stock" apart.
fn part(tokens: &mut Tokens) {
    let mut at = 0;
    while at < tokens.0.len() {
        let lower = tokens.lower(Some(at));
        let is_kept = KEPT_WITH_SLASH.has(&lower) || SPELLINGS.contains_key(&lower) || lower.contains("//");
        let core = tokens.0[at].core.clone();
        let parts: Vec<&str> = core.split(['/', '&', '+']).collect();
        let are_words = parts.iter().all(|part| part.chars().filter(|c| c.is_alphabetic()).count() > 1);
        if !is_kept && parts.len() > 1 && are_words {
            let (last, before) = (parts[parts.len() - 1], parts[..parts.len() - 1].join(", "));
            let end = tokens.replace(at, 1, &format!("{before} and {last}"));
            for token in &mut tokens.0[at..end] {
                token.is_settled = false;
                if let Some(bare) = token.core.strip_suffix(',').map(str::to_owned) {
                    token.core = bare;
                    token.tail = String::from(",");
                }
            }
            at = end - 1;
        }
        at += 1;
    }
}

/// Replaces the longest known run of words at `at`.
fn longest(tokens: &mut Tokens, at: usize) -> Option<usize> {
    for length in (1..=LONGEST).rev() {
        if !tokens.is_run(at, length) {
            continue;
        }
        let words: Vec<String> = (at..at + length).map(|at| tokens.lower(Some(at))).collect();
        let key = words.join(" ");
        // "B.E." and "approx." keep their stop in the lists.
        let tail = &tokens.0[at + length - 1].tail;
        let dotted =
            tail.strip_prefix('.').map(str::to_owned).filter(|_| WRITTEN_OUT.pair_of(&format!("{key}.")).is_some());
        if let Some(spelling) =
            SPELLINGS.get(&key).filter(|_| dotted.is_some() && at + length < tokens.0.len() && length == 1)
        {
            tokens.0[at + length - 1].tail = dotted.unwrap_or_default();
            return Some(tokens.replace(at, length, spelling));
        }
        if let Some(spelling) = SPELLINGS.get(&key).filter(|_| fits(tokens, at, &key)) {
            return Some(tokens.replace(at, length, spelling));
        }
    }
    None
}

/// What stands beside a powered pallet truck.
const WAREHOUSE: [&str; 9] =
    ["counterbalance", "flt", "forklift", "llop", "pallet", "powered", "reach", "scanner", "truck"];

/// Whether the words around a known word let it mean what the list says.
fn fits(tokens: &Tokens, at: usize, key: &str) -> bool {
    let (before, after) = (tokens.before(at), tokens.after(at));
    match key {
        "polish" => {
            !["nail", "floor", "shoe", "car", "furniture", "to", "i", "metal"].contains(&before.as_str())
                && after != "remover"
        }
        "excel" => !["to", "i", "you", "also", "can"].contains(&before.as_str()) || after.is_empty(),
        "boots" => {
            !["safety", "steel", "work", "my", "walking", "ski", "in", "football", "toe"].contains(&before.as_str())
        }
        "inc" | "inc." => !after.is_empty() || tokens.0[at].tail == ":",
        "exp" => before != "half",
        "hr" => !before.starts_with(|c: char| c.is_ascii_digit()),
        "next" | "gap" => before == "at",
        "node" => before != "lymph",
        // A builder reads a level, and a warehouse has powered pallet trucks.
        "a level" => !["read", "use", "using", "set"].contains(&before.as_str()),
        "ppt" => {
            let beside = [at.checked_sub(1), Some(at + 1)].map(|at| tokens.lower(at));
            !beside.iter().any(|word| WAREHOUSE.contains(&word.as_str()))
        }
        "ortho" => after != "vision",
        _ => true,
    }
}

/// Replaces a word whose sense depends on its neighbours.
fn by_context(tokens: &mut Tokens, at: usize) -> Option<usize> {
    let (before, word, after) = (tokens.before(at), tokens.lower(Some(at)), tokens.after(at));
    let spelt: Option<String> = match word.as_str() {
        "i" if !matches!(before.as_str(), "part" | "level" | "phase" | "type") => Some("I".to_owned()),
        "w" if !after.is_empty() && !before.is_empty() || word == "w/" => Some("with".to_owned()),
        "st" | "st." if after.chars().count() > 3 && !matches!(after.as_str(), "from" | "with" | "since") => {
            Some(saint(tokens, at))
        }
        "st" if !before.is_empty() => Some("Street".to_owned()),
        "rd" if !before.is_empty() && tokens.0[at - 1].is_capitalised() => Some("Road".to_owned()),
        "min" if figure(&before) => Some("minutes".to_owned()),
        "hr" if figure(&before) => Some("hour".to_owned()),
        _ if PLACES_WITH_IN.has(&word) && is_placed(tokens, at) => Some(upper(&word)),
        _ if KIN.has(word.trim_end_matches('s')) && word.ends_with('s') => kin(tokens, at, &word, &before, &after),
        _ => month(&word, &before, &after)
            .or_else(|| ALONE.get(&word).filter(|_| tokens.is_entry(at, 1)).map(|name| (*name).to_owned())),
    };
    spelt.map(|spelt| tokens.replace(at, if spelt.starts_with("St ") { 2 } else { 1 }, &spelt))
}

/// Spells a word part by part: "ukrainian-english", "tesco's", "apis".
fn within(tokens: &mut Tokens, at: usize) -> Option<usize> {
    let core = tokens.0[at].core.clone();
    let lower = core.to_lowercase();
    if let Some((owner, rest)) = lower.split_once('\'').filter(|(_, rest)| matches!(*rest, "s" | "")) {
        let name = SPELLINGS.get(owner)?;
        return Some(tokens.replace(at, 1, &format!("{name}'{rest}")));
    }
    if lower.contains('-') {
        let parts: Vec<String> = core
            .split('-')
            .map(|part| {
                SPELLINGS
                    .get(&part.to_lowercase())
                    .filter(|name| is_name(name))
                    .map_or(part.to_owned(), |name| (*name).to_owned())
            })
            .collect();
        return (parts.join("-") != core).then(|| tokens.replace(at, 1, &parts.join("-")));
    }
    let singular = lower.strip_suffix('s').filter(|word| !EVERYDAY.has(word) && !EVERYDAY.has(&lower))?;
    let acronym = ACRONYMS.iter().find(|acronym| acronym.to_lowercase() == singular)?;
    Some(tokens.replace(at, 1, &format!("{acronym}s")))
}

/// "st marks" is St Mark's; "st james" stays without an apostrophe.
fn saint(tokens: &Tokens, at: usize) -> String {
    let name = tokens.after(at);
    let with_own_s = ["james", "thomas", "nicholas", "francis", "agnes", "louis", "hilds", "barnabas", "matthias"];
    let spelt = match name.strip_suffix('s') {
        Some(saint) if !name.contains('\'') && !with_own_s.contains(&name.as_str()) && saint.len() > 2 => {
            format!("{saint}'s")
        }
        _ => name,
    };
    format!("St {}", upper(&spelt))
}

/// "my nans a customer" is "my nan is a customer", "my uncles garage" is "my uncle's garage".
fn kin(tokens: &Tokens, at: usize, word: &str, before: &str, after: &str) -> Option<String> {
    if !["my", "her", "his", "our"].contains(&before) || after.is_empty() || tokens.0[at].core.contains('\'') {
        return None;
    }
    let person = word.strip_suffix('s')?;
    let is_plural = ["are", "were", "have", "and", "who", "live", "work", "both", "or"].contains(&after)
        || ["after", "before", "when", "with", "for", "during", "while", "every", "to", "too", "by"].contains(&after);
    let is_verb =
        ["a", "an", "the", "in", "at", "on", "been", "there", "from", "one", "now", "still", "also", "always"]
            .contains(&after);
    match (is_plural, is_verb) {
        (true, _) => None,
        (_, true) => Some(format!("{person} is")),
        _ => Some(format!("{person}'s")),
    }
}

fn month(word: &str, before: &str, after: &str) -> Option<String> {
    let long = SHORT_MONTHS.pair_of(word.trim_end_matches('.'))?;
    let is_date = |word: &str| word.chars().next().is_some_and(|c| c.is_ascii_digit()) && word.len() < 5;
    let leads = [
        "in", "since", "from", "until", "till", "to", "by", "due", "this", "next", "last", "early", "late", "mid",
        "of", "for",
    ];
    // "in may" is a month, "I may" is not; "sat" and "sun" want a figure or a sign of their week.
    let is_time = is_date(before)
        || is_date(after)
        || leads.contains(&before) && word != "may"
        || word == "may" && ["in", "since", "by", "until", "due", "for"].contains(&before);
    let is_day = long.ends_with("day");
    let days = ["on", "every", "and", "or", "to", "free", "except", "any"];
    let is_weekly = is_day
        && (days.contains(&before) || days.contains(&after) && after != "on" || SHORT_MONTHS.pair_of(after).is_some());
    (if is_day { is_weekly } else { is_time }).then(|| long.to_owned())
}

fn is_placed(tokens: &Tokens, at: usize) -> bool {
    let before = tokens.before(at);
    let before = before.as_str();
    match tokens.lower(Some(at)).as_str() {
        "reading" => {
            before == "from"
                || before == "near"
                || (before == "of" && at > 1 && tokens.before(at - 1) == "university")
                || (before == "in"
                    && at > 1
                    && matches!(tokens.before(at - 1).as_str(), "live" | "living" | "based" | "shop" | "school"))
        }
        "deal" | "settle" | "split" | "down" | "stone" | "street" | "sale" | "sandwich" | "china"
            if before == "in" || before == "from" =>
        {
            tokens.after(at).is_empty()
        }
        "deal" | "settle" | "split" | "down" | "stone" | "street" | "sale" | "sandwich" => false,
        _ => {
            matches!(before, "in" | "from" | "near" | "to" | "of" | "at")
                && (before != "to" || tokens.after(at).is_empty())
        }
    }
}

fn figure(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_digit() || c == '.') || super::tokens::is_number_word(word)
}

pub(super) fn upper(word: &str) -> String {
    crate::facts::spelling::upper_first(word)
}
