//! Entries whose shape tells what they say: measures, training, covers of a kitchen, things that stand for a deed, names of
//! techniques and of products.

use super::character;
use crate::facts::fact::{Kind, Words};
use crate::facts::spell::{self, put_right};
use crate::pattern::pattern;
use crate::words::list;

list!(WORDED = "skill/worded");

// "Worcester and Vaillant trained", "120 covers", "self-taught on CDS", "court reporting x8 visits".
pattern!(TRAINED = r"(?i)^([\w&+ -]{2,40}) (trained|qualified|certified|accredited)$");
pattern!(COVERS = r"(?i)^((?:up to |about |over )?\d{2,3}\+? covers)(?: a (?:night|day|service))?$");
pattern!(SELF_TAUGHT = r"(?i)^self[- ]taught (?:on|in|with|at)? ?(.+)$");
pattern!(TIMES = r"(?i)\s+x\s?\d+(?: \w+)?$");
pattern!(OWN_COUNT = r"(?i)^(my |a )?own (\w+),? (?:about|approx\.?|roughly|around) (\d+)$");
pattern!(
    SPEED = r"(?i)^(?:(audio typing|touch typing|typing|shorthand|type|copy typing|i can type)[\s,(@]*(?:at )?)?(\d{2,3})\s?(?:wpm|words per minute|words a minute)\)?$"
);
pattern!(GOOD = r"(?i)^([\w'-]+(?: [\w'-]+)?) (?:gd|v gd|good|very good)$");
pattern!(SCORE = r"(?i)^(?:english )?(IELTS|TOEFL)\s+(\d+(?:\.\d)?)$");

/// The entry without how often it was done: "court reporting x8 visits".
pub(super) fn without_times(text: &str) -> String {
    TIMES.replace(text, "").into_owned()
}

/// What is named by a thing alone: "rotas", "phones".
pub(super) fn worded(lower: &str) -> Option<(Kind, Words)> {
    WORDED.pair_of(lower).map(|doing| (Kind::Skill, Words::Thing(doing.to_owned())))
}

/// What its shape tells: training, covers of a kitchen, what somebody taught himself or herself.
pub(super) fn shaped(text: &str) -> Option<(Kind, Words)> {
    let clause = |kind, clause: String| Some((kind, Words::Clause(clause)));
    if let Some(found) = TRAINED.captures(text).filter(|found| character::adjective(&found[1]).is_none()) {
        return clause(Kind::Trait, format!("I am {} {}", &found[1], found[2].to_lowercase()));
    }
    if let Some(found) = COVERS.captures(text) {
        return clause(Kind::Skill, format!("I am used to {}", found[1].to_lowercase()));
    }
    if let Some(found) = SELF_TAUGHT.captures(text) {
        return clause(Kind::Skill, format!("I have taught myself {}", &found[1]));
    }
    if let Some(found) = OWN_COUNT.captures(text) {
        return clause(Kind::Own, format!("I have about {} {} of my own", &found[3], found[2].to_lowercase()));
    }
    None
}

/// "typing 60wpm", "IELTS 7.5", "maths gd".
pub(super) fn measured(text: &str) -> Option<(Kind, Words)> {
    if let Some(found) = GOOD.captures(text).filter(|found| !spell::is_language(&found[1].to_lowercase())) {
        return Some((Kind::Skill, Words::Clause(format!("I am good at {}", put_right(&found[1])))));
    }
    if let Some(found) = SPEED.captures(text) {
        let what = found.get(1).map_or("typing", |what| what.as_str()).to_lowercase();
        let what = if matches!(what.as_str(), "type" | "i can type") { "typing" } else { &what };
        return Some((Kind::Skill, Words::Thing(format!("{what} at {} words a minute", &found[2]))));
    }
    let found = SCORE.captures(text)?;
    Some((
        Kind::Grade,
        Words::Thing(format!("an {} score of {}", found[1].to_uppercase(), &found[2]).replace("an TOEFL", "a TOEFL")),
    ))
}

/// Whether a word is an abbreviation of a field or technique: "HPLC", "GD&T", "GLMs".
pub(super) fn is_technical(word: &str) -> bool {
    let bare = word.strip_suffix('s').unwrap_or(word);
    let capitals = bare.chars().filter(char::is_ascii_uppercase).count();
    capitals > 1 && bare.len() > 2 && !bare.chars().any(char::is_lowercase)
}

/// Whether a word is spelt as only products are: `TEMPro`, `PowerFactory`.
pub(super) fn is_product(word: &str) -> bool {
    let has_capital_inside =
        word.char_indices().skip(1).any(|(at, c)| c.is_uppercase() && word[..at].ends_with(char::is_lowercase));
    word.starts_with(char::is_uppercase)
        && word.ends_with(char::is_lowercase)
        && (has_capital_inside || word.chars().filter(|c| c.is_uppercase()).count() > 2)
        && word.chars().all(char::is_alphanumeric)
        && !word.ends_with('s')
}
