//! Judges whether the words of a fact can stand in a sentence. What cannot was not read surely, and no sentence says it.

use crate::pattern::pattern;
use crate::words::list;

list!(UNSOUND = "facts/unsound");

// "I am on placement at B", "I ride on".
pattern!(ENDS_OPEN = r"\bat [A-Z](?:$|[,.]| [^&])|^I \w+ (?:on|at|in|of|for|to)$");
// A time as a form has it: "with 03/2021–present".
pattern!(BARE_TIME = r"(?i)\b\d{1,2}/(?:19|20)\d\d ?[–—-]|\b(?:19|20)\d\d ?[–—-] ?(?:present|date|now)\b");

/// Whether a text holds no marks of lists, programs or questions, closes its brackets, and has no two words side by side
/// that no writer puts there.
#[must_use]
pub fn reads(text: &str) -> bool {
    let marks = ['<', '>', '|', '=', '{', '}', '[', ']', '?', '!', '\\', '*', '_', '@', '~', ';'];
    let parts = [" - ", " – ", " — ", ": ", "..", " ,", "( ", " )", "()", " am (", " was ("];
    // "An A level" has no two articles, "cared for at home" no two prepositions side by side.
    let plain = text
        .replace("A level", "A-level")
        .replace(" cared for at", " nursed at")
        .replace(" looked for in", " sought in");
    let lower = format!(" {} ", plain.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase());
    // A* is a grade.
    let text = &*text.replace("A*", "A").replace("D*", "D").replace("distinction*", "distinction");
    let is_whole = text.matches('(').count() == text.matches(')').count();
    is_whole
        && !ENDS_OPEN.is_match(text)
        && !BARE_TIME.is_match(text)
        && !text.contains(marks)
        && !parts.iter().any(|part| text.contains(part))
        && !UNSOUND.iter().any(|pair| lower.contains(&format!(" {pair} ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_read_is_told() {
        for text in
            ["an A level in English", "a BSc in Biology (2:1, 2025)", "wound care, including leg ulcers", "R&D", "C++"]
        {
            assert!(reads(text), "{text}");
        }
        for text in [
            "a cook at a your kitchen",
            "RTITB - certificates",
            "from in 2022",
            "with 03/2021–present",
            "why me?",
            "a > b",
            "one (two",
        ] {
            assert!(!reads(text), "{text}");
        }
    }
}
