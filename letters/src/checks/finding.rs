//! What a rule finds in a letter: in bytes for the rules, in characters for readers of the check.

use std::ops::Range;

use crds::request::{Check, Mark};

/// Most characters of a message, as the resource allows it.
const MESSAGE_MAX: usize = 1_000;
/// Most marks of a check, as the resource allows it.
const MARKS_MAX: usize = 16;

/// A fault, and the bytes of the letter that show it (none where something is missing).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    message: String,
    marks: Vec<Range<usize>>,
}

impl Finding {
    /// A fault that no words of the letter show, such as something missing.
    pub(super) fn missing(message: impl Into<String>) -> Self {
        Self { message: message.into(), marks: Vec::new() }
    }

    /// A fault that these words of the letter show.
    pub(super) fn words(message: impl Into<String>, marks: Vec<Range<usize>>) -> Self {
        Self { message: message.into(), marks }
    }

    /// A fault that these words of the letter show, which are quoted at the end of `message`; `None` when there are none.
    pub(super) fn named(message: &str, letter: &str, marks: Vec<Range<usize>>) -> Option<Self> {
        let mut names: Vec<String> = Vec::new();
        for mark in &marks {
            let name = format!("\"{}\"", letter[mark.clone()].split_whitespace().collect::<Vec<_>>().join(" "));
            if !names.contains(&name) {
                names.push(name);
            }
        }
        (!marks.is_empty()).then(|| Self::words(format!("{message}: {}.", names.join(", ")), marks))
    }

    /// The check that the status of a request holds.
    pub(super) fn into_check(self, name: &str, letter: &str) -> Check {
        let message = self.message.chars().take(MESSAGE_MAX).collect();
        Check { name: name.to_owned(), passed: false, message, marks: characters(letter, self.marks) }
    }
}

/// Byte ranges as ranges of characters: sorted, overlapping ones merged, at most [`MARKS_MAX`].
fn characters(letter: &str, mut ranges: Vec<Range<usize>>) -> Vec<Mark> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match apart.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    let offset = |byte: usize| letter[..byte].chars().count() as i32;
    apart.truncate(MARKS_MAX);
    apart.into_iter().map(|range| Mark { start: offset(range.start), end: offset(range.end) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_count_characters_and_do_not_overlap() {
        let letter = "🙂 é abc def";
        let check = |bytes: &[(usize, usize)], expect: &[(i32, i32)]| {
            let marks = characters(letter, bytes.iter().map(|(start, end)| *start..*end).collect());
            assert_eq!(marks.iter().map(|mark| (mark.start, mark.end)).collect::<Vec<_>>(), expect);
        };
        check(&[], &[]);
        check(&[(8, 11)], &[(4, 7)]);
        check(&[(12, 15), (8, 11)], &[(4, 7), (8, 11)]);
        check(&[(8, 13), (9, 15), (8, 11)], &[(4, 11)]);
        check(&[(0, 4); 40], &[(0, 1)]);
    }

    #[test]
    fn a_check_has_no_more_marks_than_the_resource_holds() {
        let letter = "x ".repeat(40);
        let ranges = (0..40).map(|at| at * 2..at * 2 + 1).collect();
        assert_eq!(characters(&letter, ranges).len(), MARKS_MAX);
    }
}
