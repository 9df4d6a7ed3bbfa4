//! Tells of an award whether a part of it is still missing.

use crate::pattern::pattern;

// What is missing of a course: "theory done, practical left", "two modules to go".
pattern!(
    MISSING = concat!(
        r"(?i)\b(?:assignments?|audits?|chapters?|credits|expedition|residential|dissertation|driving|exams?|hours|hrs|modules?|months|papers?|parts?",
        r"|placements?|portfolio|practicals?|semesters?|terms?|tests?|theory|thesis|units?|viva|weeks|written|years?|yrs?)",
        r" (?:is |are )?(?:still )?(?:left|missing|outstanding|remaining|to (?:come|complete|do|finish|go|hand in|pass|sit|submit|take))\b",
        r"|\b(?:half|nearly|almost|part|mostly) (?:done|finished|way|through|complete)\b|\b\d+ (?:out )?of \d+ (?:credits|exams|modules|papers|parts|units)\b",
    )
);

/// Whether what was typed of an award says that a part of it is missing.
pub fn lacks_part(typed: &str) -> bool {
    MISSING.is_match(typed)
}
