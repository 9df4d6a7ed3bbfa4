//! Fields that one knows.

use super::plain::is_sound;
use super::tool;
use crate::facts::fact::{Kind, Words};
use crate::pattern::pattern;
use crate::words::list;

list!(KNOWLEDGE = "skill/knowledge");
list!(KNOWLEDGE_NAMES = "skill/knowledge_names");
list!(KNOWLEDGE_ENDS = "skill/knowledge_ends");
list!(KNOWLEDGE_OPENERS = "skill/knowledge_openers");

pattern!(BASICS = r"(?i)^(.+?) basics$");

/// Fields that one knows: "drivers' hours", "employment law".
pub(super) fn read(text: &str, lower: &str) -> Option<(Kind, Words)> {
    let opener = KNOWLEDGE_OPENERS.beginning_of(lower).map_or(0, str::len);
    let (rest, lower_rest) = (text.get(opener..)?, lower.get(opener..)?);
    let thing = |text: String| Some((Kind::Knowledge, Words::Thing(text)));
    if let Some(name) = KNOWLEDGE_NAMES.pair_of(lower_rest) {
        return thing(name.to_owned());
    }
    if KNOWLEDGE.has(lower_rest) {
        return thing(rest.to_owned());
    }
    if let Some(found) = BASICS.captures(text) {
        return thing(format!("the basics of {}", &found[1]));
    }
    let words: Vec<&str> = lower_rest.split_whitespace().collect();
    let is_field = words.len() > 1 && words.last().is_some_and(|last| KNOWLEDGE_ENDS.has(last));
    (is_sound(rest)
        && words.len() < 9
        && (is_field && opener == 0 && !lower.ends_with(" knowledge") || opener > 0 && tool::surely(rest).is_none()))
    .then(|| (Kind::Knowledge, Words::Thing(rest.to_owned())))
}
