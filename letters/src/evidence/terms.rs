//! Words as evidence compares them: in small letters, without endings, and with one name for one thing.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::words::list;

list!(LEVELLED = "evidence/levelled");
list!(STOPS = "evidence/stops");
list!(SAME = "evidence/same");
list!(WEAK = "evidence/weak");

/// Most words of a phrase that has another name.
const PHRASE_MAX: usize = 6;

/// Phrases and the name that stands for each, as stems.
static NAMES: LazyLock<HashMap<Vec<String>, Vec<String>>> =
    LazyLock::new(|| SAME.pairs().map(|(phrase, name)| (stems(phrase), stems(name))).collect());

/// The stems of a text, without function words; a phrase of `words/evidence/same.txt` becomes its name.
#[must_use]
pub fn terms(text: &str) -> Vec<String> {
    let stems = stems(text);
    let (mut named, mut at) = (Vec::new(), 0);
    while at < stems.len() {
        let longest = PHRASE_MAX.min(stems.len() - at);
        let found = (1..=longest).rev().find_map(|length| Some((length, NAMES.get(&stems[at..at + length])?)));
        if let Some((length, name)) = found {
            named.extend(name.iter().cloned());
            at += length;
        } else {
            named.push(stems[at].clone());
            at += 1;
        }
    }
    named
}

/// The terms without those that only frame a requirement ("experience", "good"); all of them where nothing else is left.
#[must_use]
pub fn content(terms: &[String]) -> Vec<String> {
    let telling: Vec<String> = terms.iter().filter(|term| !is_weak(term)).cloned().collect();
    if telling.is_empty() { terms.to_vec() } else { telling }
}

/// Whether a term only frames a requirement.
#[must_use]
pub fn is_weak(term: &str) -> bool {
    static STEMS: LazyLock<HashSet<String>> = LazyLock::new(|| WEAK.iter().map(stem).collect());
    STEMS.contains(term) || is_number(term)
}

/// Whether a term is a number.
#[must_use]
pub fn is_number(term: &str) -> bool {
    term.starts_with(|c: char| c.is_ascii_digit())
        && term.trim_end_matches(['k', 'm', '+']).chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// Whether `part` stands in `whole`, word behind word.
#[must_use]
pub fn contains(whole: &[String], part: &[String]) -> bool {
    !part.is_empty() && whole.windows(part.len()).any(|window| window == part)
}

fn stems(text: &str) -> Vec<String> {
    tokens(text).iter().filter(|token| !STOPS.has(token)).map(|token| stem(token)).collect()
}

/// The words of a text in small letters; "L2", "NVQ2" and "A levels" become "level 2", "nvq level 2" and "alevel".
fn tokens(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for raw in raw_words(text) {
        let lower = raw.to_lowercase();
        let (letters, digits) = lower.split_at(lower.find(|c: char| c.is_ascii_digit()).unwrap_or(lower.len()));
        let is_level = matches!(letters, "l" | "lvl" | "lv" | "level" | "nvq" | "svq") && digits.len() == 1;
        match lower.as_str() {
            // In capitals, "IT" is a trade and not a pronoun.
            "it" if raw == "IT" => found.push("ict".to_owned()),
            "lvl" | "lev" | "level" | "levels" | "lvls"
                if found.last().is_some_and(|last| ["a", "o", "as"].contains(&last.as_str())) =>
            {
                let kind = found.pop().unwrap_or_default();
                found.push(format!("{kind}level"));
            }
            _ if is_level => {
                if letters.ends_with("vq") {
                    found.push("nvq".to_owned());
                }
                found.extend(["level".to_owned(), digits.to_owned()]);
            }
            // Year 5 is another group than Year 6, and not a length of time.
            _ if letters.is_empty()
                && digits.len() < 3
                && found.last().is_some_and(|last| matches!(last.as_str(), "year" | "yr" | "stage" | "band")) =>
            {
                let group = found.pop().unwrap_or_default().replace("yr", "year");
                found.push(format!("{group}{lower}"));
            }
            // "NVQ 2" is "NVQ level 2", and "CACHE 3" is at level 3.
            _ if letters.is_empty() && digits.len() == 1 && found.last().is_some_and(|last| LEVELLED.has(last)) => {
                found.extend(["level".to_owned(), lower]);
            }
            _ => found.push(lower),
        }
    }
    found
}

/// Runs of letters and digits, with the signs of "C++", "C#" and "C+E", and stops between digits.
fn raw_words(text: &str) -> Vec<String> {
    let text = text.replace(['’', '\''], "");
    let characters: Vec<char> = text.chars().collect();
    let mut found = vec![String::new()];
    for (at, &character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| characters[at]);
        let after = characters.get(at + 1).copied();
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        let is_single = found.last().is_some_and(|word| word.chars().count() == 1 || word.ends_with('+'));
        let belongs = character.is_alphanumeric()
            || (character == '.' || character == ':' || character == ',') && digit(before) && digit(after)
            || "+#".contains(character) && is_single && (letter(before) || before == Some('+'));
        if belongs {
            if let Some(word) = found.last_mut().filter(|_| character != ',') {
                word.push(character);
            }
        } else if found.last().is_some_and(|word| !word.is_empty()) {
            found.push(String::new());
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

/// A word without its ending. The rules are rough, but both sides of a comparison follow them.
#[must_use]
pub fn stem(word: &str) -> String {
    // Customs are no customers.
    if word == "customs" {
        return word.to_owned();
    }
    let bare = word.replace("licens", "licenc").replace("isat", "izat").replace("ise", "ize");
    let bare = plural(&bare);
    // Not what is public, and no place.
    if bare == "publication" || bare == "placement" {
        return bare;
    }
    let root = shorn(&bare, "ing", 3).or_else(|| shorn(&bare, "ed", 3)).map(|root| mended(&root));
    let root = root.unwrap_or(bare);
    let root = ["ation", "ate", "ment"]
        .iter()
        .find_map(|ending| shorn(&root, ending, 5 - usize::from(*ending == "ment")))
        .or_else(|| shorn(&root, "ion", 5))
        .or_else(|| (!root.ends_with("eer")).then(|| shorn(&root, "er", 4)).flatten().map(|root| undoubled(&root)))
        .unwrap_or(root);
    shorn(&root, "e", 4).unwrap_or(root)
}

fn shorn(word: &str, ending: &str, least: usize) -> Option<String> {
    let root = word.strip_suffix(ending)?;
    (root.chars().count() >= least && root.contains(['a', 'e', 'i', 'o', 'u', 'y'])).then(|| root.to_owned())
}

fn plural(word: &str) -> String {
    if let Some(root) = word.strip_suffix("ies").filter(|root| root.len() > 1) {
        return format!("{root}y");
    }
    let hisses = ["xes", "ches", "shes", "sses"].iter().any(|ending| word.ends_with(ending));
    let keeps = ["ss", "us", "is"].iter().any(|ending| word.ends_with(ending)) || word.chars().count() < 4;
    match word {
        _ if hisses => word[..word.len() - 2].to_owned(),
        _ if keeps => word.to_owned(),
        _ => word.strip_suffix('s').unwrap_or(word).to_owned(),
    }
}

/// A root behind which "-ing" stood: "plann" is "plan", and "mak" is "make".
fn mended(root: &str) -> String {
    let letters: Vec<char> = root.chars().collect();
    let vowel = |c: char| "aeiou".contains(c);
    match letters[..] {
        [first, middle, last] if !vowel(first) && vowel(middle) && !vowel(last) && !"wxy".contains(last) => {
            format!("{root}e")
        }
        _ => undoubled(root),
    }
}

fn undoubled(root: &str) -> String {
    let mut letters = root.chars().rev();
    match (letters.next(), letters.next()) {
        (Some(last), Some(before)) if last == before && !"aeioulsfz".contains(last) => {
            root.strip_suffix(last).unwrap_or(root).to_owned()
        }
        _ => root.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_do_not_make_another_word() {
        let same = |one: &str, other: &str| assert_eq!(stem(one), stem(other));
        same("planning", "plan");
        same("listener", "listening");
        same("management", "managing");
        same("caring", "care");
        same("cases", "case");
        same("nursing", "nurse");
        same("licensed", "licence");
        same("negotiation", "negotiate");
        same("organisation", "organization");
        same("fitter", "fitting");
        assert_ne!(stem("career"), stem("care"));
        assert_ne!(stem("carer"), stem("car"));
        assert_ne!(stem("customs"), stem("customer"));
        assert_ne!(stem("placement"), stem("place"));
    }

    #[test]
    fn shorthand_and_names_are_one_thing() {
        let same = |one: &str, other: &str| assert_eq!(terms(one), terms(other), "{one} | {other}");
        same("L2 food hygiene", "level 2 in food hygiene");
        same("NVQ2", "nvq level 2");
        same("A-levels", "a lvl");
        same("drivers' hours", "drivers hours");
        same("CACHE 3", "CACHE level 3");
        assert_eq!(terms("C++, C# and C+E"), ["c++", "c#", "c+e"]);
        assert_eq!(terms("IT"), ["ict"]);
    }

    #[test]
    fn a_name_has_no_other_name() {
        let odd = SAME.pairs().filter(|(phrase, name)| {
            terms(name) != stems(name) || stems(phrase).len() > PHRASE_MAX || stems(phrase).is_empty()
        });
        assert_eq!(odd.collect::<Vec<_>>(), []);
    }
}
