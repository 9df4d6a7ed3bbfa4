//! Reads lists as people type them, and words them as sentences do.

use super::tidy::without_stop;

/// The entries of a list, separated by commas, semicolons, bars, bullets, line breaks, or slashes between spaces, but
/// not within brackets. A leading "and" is dropped.
#[must_use]
pub fn entries(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (at, character) in text.char_indices() {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let parts = match character {
            ',' => !is_in_number(text, at),
            ';' | '|' | '•' | '·' | '\n' => true,
            '/' => text[..at].ends_with(' ') && text[at + 1..].starts_with(' '),
            _ => false,
        };
        if parts && depth == 0 {
            found.push(&text[start..at]);
            start = at + character.len_utf8();
        }
    }
    found.push(&text[start..]);
    let bare = found.into_iter().map(|entry| {
        let entry = without_stop(entry.trim());
        ["and ", "And ", "& ", "plus ", "also "]
            .iter()
            .find_map(|word| entry.strip_prefix(word))
            .unwrap_or(entry)
            .trim()
    });
    bare.filter(|entry| entry.chars().any(char::is_alphanumeric)).collect()
}

/// Whether the comma at `at` separates thousands.
fn is_in_number(text: &str, at: usize) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    digit(text[..at].chars().next_back()) && digit(text[at + 1..].chars().next())
}

/// `a`, `a and b`, `a, b and c`, whether or not the last entry holds an "and" of its own.
#[must_use]
pub fn joined<T: AsRef<str>>(entries: &[T]) -> String {
    let entries: Vec<&str> = entries.iter().map(AsRef::as_ref).collect();
    match entries.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_taken_apart() {
        let check = |text: &str, expect: &[&str]| assert_eq!(entries(text), expect, "{text}");
        check("python", &["python"]);
        check("python, SQL; R | Excel", &["python", "SQL", "R", "Excel"]);
        check("Office (Word, Excel), and typing.", &["Office (Word, Excel)", "typing"]);
        check("a budget of 2,000, planning", &["a budget of 2,000", "planning"]);
        check("TCP/IP, cash / tills", &["TCP/IP", "cash", "tills"]);
        check(", ,", &[]);
    }

    #[test]
    fn lists_are_named_in_a_sentence() {
        assert_eq!(joined(&["a"]), "a");
        assert_eq!(joined(&["a", "b"]), "a and b");
        assert_eq!(joined(&["a", "b", "c"]), "a, b and c");
        assert_eq!(joined(&["Office (Word, Excel)", "typing"]), "Office (Word, Excel) and typing");
    }
}
