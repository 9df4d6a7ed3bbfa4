//! Finds the salutation at the beginning of a completion.

use crate::words::list;

/// Written when the model gives no salutation.
pub(super) const DEFAULT_SALUTATION: &str = "Dear Hiring Manager,";

list!(SALUTATIONS = "compose/salutations");
list!(PREFACES = "compose/prefaces");

/// Most characters of a salutation: a longer line is a sentence that begins with such a word.
const SALUTATION_MAX: usize = 120;

/// What the beginning of a completion is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// More text is needed.
    Undecided,
    /// The first bytes, as many as this, do not belong to the letter.
    Skip(usize),
    /// A salutation, and the bytes that it took.
    Salutation { text: String, length: usize },
    /// The text begins without a salutation.
    None,
}

/// Looks at the text so far; `last` says that it is complete.
pub(super) fn read(text: &str, last: bool) -> Opening {
    let blank = text.len() - text.trim_start().len();
    if blank > 0 {
        return Opening::Skip(blank);
    }
    if text.is_empty() {
        return Opening::Undecided;
    }
    let (line, complete) = match text.split_once('\n') {
        Some((line, _)) => (line, true),
        None => (text, last),
    };
    let lower = line.to_lowercase();
    if PREFACES.beginning_of(&lower).is_some() {
        return if complete { Opening::Skip(line.len()) } else { Opening::Undecided };
    }
    if SALUTATIONS.beginning_of(&lower).is_some() {
        return salutation(line, complete);
    }
    let may_become = |start: &str| !complete && start.starts_with(lower.as_str());
    if SALUTATIONS.iter().chain(PREFACES.iter()).any(may_become) { Opening::Undecided } else { Opening::None }
}

/// A whole short line, or the part before the first comma or colon of a longer one.
fn salutation(line: &str, complete: bool) -> Opening {
    let end = line.find([',', ':']);
    let short = |text: &str| text.chars().count() <= SALUTATION_MAX;
    if complete && short(line) && end.is_none_or(|end| end + 1 == line.trim_end().len()) {
        let name = line.trim_end().trim_end_matches([',', ':', '.', '!']);
        return Opening::Salutation { text: format!("{name},"), length: line.len() };
    }
    match end {
        // A comma may belong to a name ("Dear Acme, Inc. team,"): wait for the end of the line.
        _ if !complete && short(line) => Opening::Undecided,
        Some(end) if short(&line[..end]) => {
            // A line that ends with a comma is one salutation; else the first comma ends it.
            let whole = line.trim_end();
            if complete && short(whole) && whole.ends_with([',', ':']) {
                return Opening::Salutation {
                    text: format!("{},", whole.trim_end_matches([',', ':'])),
                    length: line.len(),
                };
            }
            Opening::Salutation { text: format!("{},", &line[..end]), length: end + 1 }
        }
        _ => Opening::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, last: bool, expect: &Opening) {
        assert_eq!(&read(text, last), expect, "{text:?}");
    }

    fn found(text: &str, length: usize) -> Opening {
        Opening::Salutation { text: text.to_owned(), length }
    }

    #[test]
    fn a_line_with_a_salutation_is_taken() {
        check("Dear Hiring Manager,\n\nI", false, &found("Dear Hiring Manager,", 20));
        check("Dear Hiring Manager:\n", false, &found("Dear Hiring Manager,", 20));
        check("Hello\nI", false, &found("Hello,", 5));
        check("Dear Acme, Inc. team,\n", false, &found("Dear Acme, Inc. team,", 21));
    }

    #[test]
    fn a_salutation_on_the_line_of_the_first_sentence_is_cut_off() {
        let line = format!("Dear team, {}\n", "I would like to work with you. ".repeat(5));
        check(&line, false, &found("Dear team,", 10));
    }

    #[test]
    fn text_without_a_salutation_is_told_early() {
        check("Ple", false, &Opening::None);
        check("De", false, &Opening::Undecided);
        check("De", true, &Opening::None);
        check("Dear Hiring", false, &Opening::Undecided);
    }

    #[test]
    fn prefaces_and_blanks_are_skipped() {
        check("  \n Dear", false, &Opening::Skip(4));
        check("Subject: Job\nDear", false, &Opening::Skip(12));
        check("```\nDear", false, &Opening::Skip(3));
    }
}
