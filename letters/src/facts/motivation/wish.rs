//! Says a wish as a letter says it: "want to" as "would like to", each verb with its subject, and what has lasted in the
//! perfect.

use crate::facts::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;

list!(STATES = "motivation/states");

pattern!(ITS = r"(?i)^its (our|my|your|the|a|an|local|close|near|nearby|only|just|where|what|who|time|good|great)\b");
pattern!(SINCE_EVENT = r"(?i) since (?:i|my|we|the) ");
pattern!(TO_UK = r"\b(to|in|from|of) (UK|US|USA|EU|NHS)\b");

// "Have worked the line seven years" lacks its "for".
pattern!(
    LENGTH = r"(?i)\b(have|has) (.*?\w)(,? )((?:two|three|four|five|six|seven|eight|nine|ten|\d+) (?:years|months))\b"
);
pattern!(BEFORE_LENGTH = r"(?i)\b(?:for|over|after|past|last|of|about|than|nearly|almost|in|within|around)$");
pattern!(CHANCE = r"(?i)^(?:the |a )?(?:chance|opportunity) to (.+)$");

/// The notes of a reason before they are read.
#[must_use]
pub fn prepared(text: &str) -> String {
    let text = ITS.replace(text, "it is $1");
    let text = TO_UK.replace_all(&text, "$1 the $2");
    let text = CHANCE.replace(&text, "I would like the chance to $1");
    match text.split_once(' ') {
        Some((first, rest)) if first.eq_ignore_ascii_case("would") => format!("I would {rest}"),
        _ => text.into_owned(),
    }
}

/// A clause about the applicant as a letter says it.
#[must_use]
pub fn polite(clause: &str) -> String {
    let clause = lasted(clause).unwrap_or_else(|| clause.to_owned());
    let with_subject = lengths(&parted(&clause).replace("heard good about", "heard good things about"));
    match with_subject.strip_prefix("I want to ") {
        Some(rest) => format!("I would like to {rest}"),
        None => with_subject,
    }
}

/// "I have worked the line seven years" lacks its "for".
fn lengths(clause: &str) -> String {
    let worded = |found: &regex::Captures<'_>| {
        let link = if BEFORE_LENGTH.is_match(&found[2]) { "" } else { "for " };
        format!("{} {}{}{link}{}", &found[1], &found[2], &found[3], &found[4])
    };
    LENGTH.replace(clause, worded).into_owned()
}

/// "I use Monzo since I came here" has lasted: "I have used Monzo since I came here".
pub fn lasted(clause: &str) -> Option<String> {
    let rest = clause.strip_prefix("I ").filter(|_| SINCE_EVENT.is_match(clause))?;
    let (own, others) = rest.find(" and ").map_or((rest, ""), |at| rest.split_at(at));
    let (form, act) = verb::read(own)?;
    let verb = act.base.split(' ').next()?;
    let is_known = verb != "know" && act.past.split(' ').next().is_some_and(|past| past.ends_with("ed"));
    (form == Form::Base && is_known).then(|| format!("I have {}{others}", act.past))
}

/// "I want to nurse here and know the staff" wants only the first: "..., and I know the staff".
fn parted(clause: &str) -> String {
    let is_wish = ["I want ", "I would like ", "I have "].iter().any(|lead| clause.starts_with(lead));
    let found = clause.match_indices(" and ").find(|(at, and)| {
        let verb = clause[at + and.len()..].split(' ').next().unwrap_or_default();
        STATES.has(verb) || matches!(verb, "am" | "think")
    });
    match found.filter(|_| is_wish) {
        Some((at, and)) => format!("{}, and I {}", clause[..at].trim_end_matches(','), &clause[at + and.len()..]),
        None => clause.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_polite_and_each_verb_has_its_subject() {
        assert_eq!(
            polite("I want to nurse at Cardiff next year and know the ward staff"),
            "I would like to nurse at Cardiff next year, and I know the ward staff"
        );
        assert_eq!(
            polite("I use Monzo since I came to the UK and like the open explanations"),
            "I have used Monzo since I came to the UK, and I like the open explanations"
        );
        assert_eq!(polite("I want a bigger team"), "I want a bigger team");
        assert_eq!(
            polite("I have worked the Colne line seven years from the back cab"),
            "I have worked the Colne line for seven years from the back cab"
        );
        assert_eq!(polite("I have lived here for ten years"), "I have lived here for ten years");
        assert_eq!(polite("I have heard good about your training"), "I have heard good things about your training");
    }

    #[test]
    fn notes_get_the_words_that_they_lack() {
        assert_eq!(prepared("its our own surgery"), "it is our own surgery");
        assert_eq!(prepared("chance to do ACPT"), "I would like the chance to do ACPT");
        assert_eq!(prepared("Would like to build that"), "I would like to build that");
        assert_eq!(prepared("I came to UK in 2021"), "I came to the UK in 2021");
        assert_eq!(prepared("its staff were kind"), "its staff were kind");
    }
}
