//! Recognises the line with which a model closes its letter, and the remarks that models add.

use crate::words::list;

list!(CLOSINGS = "compose/closings");
list!(REMARKS = "compose/remarks");

/// Most characters of a name that follows a closing on its line.
const NAME_MAX: usize = 40;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// More of the line is needed.
    Undecided,
    /// The letter ends before this line.
    Closing,
    /// The line belongs to the letter.
    Text,
}

/// Judges a line without leading blanks; `complete` when its end is known.
pub(super) fn judge(line: &str, complete: bool) -> Verdict {
    let lower = line.to_lowercase();
    if REMARKS.beginning_of(&lower).is_some() {
        return Verdict::Closing;
    }
    let may_become = |start: &str| start.len() > lower.len() && start.starts_with(lower.as_str());
    if !complete && REMARKS.iter().chain(CLOSINGS.iter()).any(may_become) {
        return Verdict::Undecided;
    }
    let mut verdict = Verdict::Text;
    for closing in CLOSINGS.iter() {
        match lower.strip_prefix(closing).map(|rest| judge_rest(closing, rest, complete)) {
            Some(Verdict::Closing) => return Verdict::Closing,
            Some(Verdict::Undecided) => verdict = Verdict::Undecided,
            Some(Verdict::Text) | None => {}
        }
    }
    verdict
}

/// Judges what follows a closing on its line: nothing, punctuation, or a comma and a name.
fn judge_rest(closing: &str, rest: &str, complete: bool) -> Verdict {
    // "Thank you." is a sentence of the letter.
    let is_thanks = closing.contains("thank");
    let ends = |mark: char| mark == ',' || mark == '!' || (mark == '.' && !is_thanks);
    let Some(name) = rest.trim_start().strip_prefix(ends) else {
        return match (rest.trim().is_empty(), complete) {
            (true, true) => Verdict::Closing,
            (true, false) => Verdict::Undecided,
            (false, _) => Verdict::Text,
        };
    };
    let is_short = name.chars().count() <= NAME_MAX;
    match complete {
        false if is_short => Verdict::Undecided,
        // A sentence ends like one; a name does not.
        true if is_short && !name.trim_end().ends_with(['.', '!', '?']) => Verdict::Closing,
        _ => Verdict::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expect: Verdict) {
        assert_eq!(judge(line, true), expect, "{line:?}");
        if expect == Verdict::Text {
            return;
        }
        // Every beginning of a closing is held back.
        for end in 1..line.len() {
            assert_ne!(judge(&line[..end], false), Verdict::Text, "{:?}", &line[..end]);
        }
    }

    #[test]
    fn closings_are_recognised() {
        for line in [
            "Sincerely,",
            "Yours faithfully",
            "Best regards,",
            "Kind regards, Jane Doe",
            "Thank you!",
            "[Your Name]",
            "Word count: 210",
            "--- end",
        ] {
            check(line, Verdict::Closing);
        }
    }

    #[test]
    fn sentences_that_begin_like_a_closing_are_text() {
        for line in [
            "Best practice is what I care about.",
            "Thank you.",
            "Thank you for your time and consideration.",
            "Thank you, and I hope we can talk soon.",
            "Thanks to my work at Trello, I know how to plan.",
            "With kind colleagues I learned to listen.",
            "Regards matter less than results.",
        ] {
            check(line, Verdict::Text);
        }
    }

    #[test]
    fn a_sentence_is_let_go_as_soon_as_it_cannot_be_a_closing() {
        assert_eq!(judge("Thank you", false), Verdict::Undecided);
        assert_eq!(judge("Thank you f", false), Verdict::Text);
        assert_eq!(judge("I", false), Verdict::Text);
    }
}
