//! Puts the preposition between what was done, and where or for whom: "packed sandwiches Greencore".

use super::names::{is_lower, is_name, is_town};
use crate::facts::article::with_article;
use crate::facts::lexicon::bare;
use crate::facts::spell;
use crate::facts::verb;
use crate::words::list;

list!(DEEDS = "facts/deeds_for_others");
list!(ORGANISATIONS = "facts/organisations");
list!(PLACES = "facts/places");

/// Words behind which a name belongs to them.
const BEFORE_NAMES: [&str; 22] = [
    "at", "in", "for", "with", "on", "to", "of", "the", "a", "an", "and", "or", "from", "by", "near", "through", "via",
    "as", "called", "into", "than", "my",
];
const NAME_WORDS_MAX: usize = 4;

/// The text with the preposition that it lacks before the name at its end; `None` where it lacks none.
pub fn joined(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let first = bare(words.first()?);
    let is_deed = verb::read(text).is_some();
    let name_from = (1..words.len()).filter(|at| words.len() - at <= NAME_WORDS_MAX).find(|at| {
        let name = words[*at..].join(" ");
        is_where(&name, &first)
    })?;
    let before = words[name_from - 1];
    if BEFORE_NAMES.contains(&before.to_lowercase().as_str()) || !is_lower(before) || before.ends_with(',') {
        return None;
    }
    // "Strawberry farm Kent" is no deed.
    if !is_deed && !before.ends_with("ing") {
        return None;
    }
    let name = words[name_from..].join(" ");
    let what = words[..name_from].join(" ");
    Some(format!("{what} {}", located(&name, &first)))
}

/// Whether a name at the end of a deed says where it was done.
fn is_where(name: &str, deed: &str) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    if spell::is_language(&name.to_lowercase()) || spell::software(&name.to_lowercase()).is_some() {
        return false;
    }
    let last = bare(words[words.len() - 1]);
    let begins = is_name(words[0]) && words[0].len() > 1;
    let is_kind = begins && words.len() > 1 && (ORGANISATIONS.has(&last) || PLACES.pair_of(&last).is_some());
    let is_known = spell::is_employer(name) || is_town(name);
    let is_unknown = words.len() == 1
        && begins
        && name.len() > 4
        && name.chars().all(char::is_alphabetic)
        && !name.chars().skip(1).all(char::is_uppercase)
        && !spell::is_ordinary(&name.to_lowercase())
        && DEEDS.pair_of(&base(deed)).is_some();
    is_known || is_kind || is_unknown
}

fn located(name: &str, deed: &str) -> String {
    let words: Vec<&str> = name.split(' ').collect();
    if is_town(name) {
        return format!("in {name}");
    }
    // "The Asos warehouse".
    let last = words[words.len() - 1];
    let is_kind = words.len() > 1 && is_lower(last) && PLACES.pair_of(last).is_some();
    let name = if is_kind { format!("the {name}") } else { spell::with_the(name) };
    format!("{} {name}", DEEDS.pair_of(&base(deed)).unwrap_or("at"))
}

fn base(deed: &str) -> String {
    verb::read(deed).map_or_else(|| deed.to_owned(), |(_, act)| act.base)
}

/// A deed with the articles and the words of the family that it lacks: "helped dad with fishing boat".
pub fn with_articles(text: &str) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let kin = ["dad", "mum", "uncle", "aunt", "auntie", "grandad", "nan", "gran", "brother", "sister"];
    for at in (1..words.len()).rev() {
        let before = words[at - 1].to_lowercase();
        let follows = ["helped", "helping", "help", "with", "for", "assisted", "assisting", "supported"]
            .contains(&before.as_str());
        if follows && kin.contains(&words[at].as_str()) {
            words.insert(at, "my".to_owned());
        }
    }
    with_object(&mut words);
    let Some(at) = words.iter().rposition(|word| ["with", "in", "on", "at"].contains(&word.as_str())) else {
        return words.join(" ");
    };
    let phrase = words[at + 1..].join(" ");
    let head = words.last().map(|word| bare(word)).unwrap_or_default();
    // "At Oxfam shop".
    let is_named = words.len() - at == 3 && is_name(&words[at + 1]) && is_lower(&head) && words[at + 2] == head;
    if is_named && words[at] == "at" && PLACES.pair_of(&head).is_some() {
        return format!("{} the {phrase}", words[..=at].join(" "));
    }
    let is_plain = !phrase.is_empty()
        && words.len() - at < 5
        && is_lower(&phrase)
        && phrase.chars().all(|c| c.is_alphabetic() || c == ' ' || c == '-');
    // "On neighbours farm".
    if let [owner, thing] = &words[at + 1..]
        && let Some(one) = owner.strip_suffix('s').filter(|_| PLACES.pair_of(thing).is_some())
        && ["neighbour", "friend", "farmer", "relative", "cousin"].contains(&one)
    {
        return format!("{} a {one}'s {thing}", words[..=at].join(" "));
    }
    let is_thing =
        THINGS.contains(&head.as_str()) || PLACES.pair_of(&head).is_some() && !ALONE.contains(&head.as_str());
    if !is_plain
        || !is_thing
        || ["the", "a", "an", "my", "his", "her", "our", "their", "this"]
            .iter()
            .any(|word| phrase.starts_with(&format!("{word} ")))
    {
        return words.join(" ");
    }
    let is_of_family = phrase.starts_with("family ") || words[..at].iter().any(|word| kin.contains(&word.as_str()));
    let phrase = if is_of_family { format!("the {phrase}") } else { with_article(&phrase) };
    format!("{} {phrase}", words[..=at].join(" "))
}

/// "Built booking app for a club": a thing that somebody made.
fn with_object(words: &mut Vec<String>) {
    let is_made = words.first().is_some_and(|first| {
        [
            "built",
            "made",
            "wrote",
            "created",
            "developed",
            "designed",
            "building",
            "making",
            "writing",
            "creating",
            "developing",
            "designing",
        ]
        .contains(&first.as_str())
    });
    let end = words
        .iter()
        .position(|word| {
            ["for", "to", "in", "with", "using", "that", "which", "on", "at", "as"].contains(&word.as_str())
        })
        .unwrap_or(words.len());
    let is_plain = |word: &String| {
        word.chars().all(|c| c.is_alphabetic() || c == '-')
            && !["a", "an", "the", "my", "our", "and", "their"].contains(&word.as_str())
    };
    if is_made && (2..6).contains(&end) && MADE.contains(&words[end - 1].as_str()) && words[1..end].iter().all(is_plain)
    {
        let object = with_article(&words[1..end].join(" "));
        words.splice(1..end, object.split(' ').map(str::to_owned));
    }
}

/// Things that somebody makes, of which there is one.
const MADE: [&str; 20] = [
    "app",
    "website",
    "site",
    "tool",
    "system",
    "game",
    "spreadsheet",
    "database",
    "dashboard",
    "bot",
    "robot",
    "program",
    "script",
    "newsletter",
    "blog",
    "plugin",
    "shed",
    "extension",
    "model",
    "library",
];

/// Places that stand without an article behind "in" or "at".
const ALONE: [&str; 18] = [
    "house",
    "home",
    "site",
    "field",
    "bank",
    "port",
    "school",
    "college",
    "university",
    "church",
    "prison",
    "hospital",
    "room",
    "group",
    "team",
    "till",
    "base",
    "theatre",
];

/// Things of which there is one, beside places.
const THINGS: [&str; 12] = [
    "boat",
    "van",
    "business",
    "website",
    "newsletter",
    "stall",
    "round",
    "lorry",
    "project",
    "campaign",
    "magazine",
    "hub",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_behind_a_deed_gets_its_preposition() {
        for (typed, expect) in [
            ("packed sandwiches Greencore", "packed sandwiches at Greencore"),
            ("picked orders Asos warehouse", "picked orders at the Asos warehouse"),
            ("stacked shelves Tesco", "stacked shelves at Tesco"),
            ("delivered parcels Evri", "delivered parcels for Evri"),
            ("cleaned offices ISS", "cleaned offices for ISS"),
            ("parcel sorting DPD", "parcel sorting at DPD"),
            ("waited tables Pizza Express", "waited tables at Pizza Express"),
            ("taught swimming Leeds", "taught swimming in Leeds"),
        ] {
            assert_eq!(joined(typed).as_deref(), Some(expect), "{typed}");
        }
        for typed in ["taught English", "built websites in React", "worked at Tesco", "wrote Python", "led Year 4"] {
            assert_eq!(joined(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_deed_gets_the_articles_that_it_lacks() {
        for (typed, expect) in [
            ("helped dad with fishing boat", "helped my dad with the fishing boat"),
            ("helped out in family takeaway", "helped out in the family takeaway"),
            ("worked in warehouse", "worked in a warehouse"),
            ("worked in the warehouse", "worked in the warehouse"),
            ("built court booking app for my club", "built a court booking app for my club"),
            ("brought repairs in house", "brought repairs in house"),
            ("lambing on neighbours farm", "lambing on a neighbour's farm"),
            ("helped with homework", "helped with homework"),
        ] {
            assert_eq!(with_articles(typed), expect, "{typed}");
        }
    }
}
