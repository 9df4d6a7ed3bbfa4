//! What somebody is happy to do or to bear: "not bothered about early starts", "no problem with nights".

use crate::facts::fact::{Kind, Words};
use crate::pattern::pattern;
use crate::words::list;

list!(USED_TO = "skill/used_to");

// The condition behind the words of acceptance, and before them.
pattern!(
    ACCEPTS = concat!(
        r"(?i)^(?:i am |i'm |im |am )?(?:quite |very |really |always |more than |totally |perfectly )?",
        r"(?:not (?:bothered|fussed|worried|fazed|put off|phased) (?:about|by|with|if it is|if its)|(?:do not|don't|dont|doesn't|doesnt|does not|i do not|i don't|i dont) (?:mind|care about)",
        r"|no (?:problem|problems|issue|issues|bother|objection|trouble) (?:with|to|about|doing)|(?:happy|fine|ok|okay|good|comfortable|cool|at ease|all right|alright) with)\s+(.+)$",
    )
);
pattern!(
    ACCEPTED = r"(?i)^(.+?)[\s,:–-]+(?:(?:is |are )?(?:no|not a|not an) (?:problem|issue|bother|worry|trouble|hassle)s?|(?:does not|doesn't|doesnt|do not|don't|dont) (?:bother|faze|phase|worry|scare) me|(?:is |are )(?:ok|okay|fine|all right|alright|good)(?: with me| by me)?|(?:no )?prob(?:lem)?s? at all)$"
);
pattern!(
    PLAIN = r"(?i)^(?:the |a |an |any )?(?:[\p{L}\d][\p{L}\d'-]*)(?: [\p{L}\d][\p{L}\d'-]*){0,5}(?:(?:,| or| and) [\p{L}\d' -]+)?$"
);
pattern!(
    TIMES = r"(?i)\b(?:starts?|shifts?|nights?|weekends?|hours|days|mornings?|evenings?|holidays?|sundays?|saturdays?|overtime|lates|earlies|on[- ]call|rotas?|standby)\b"
);
pattern!(
    HAPPY_TO =
        r"(?i)^(?:i am |i'm |im )?((?:more than |always |quite )?(?:happy|willing|prepared|keen) to [a-z]+(?: .+)?)$"
);
// A skill or a person is what one is good at or with, not what one puts up with.
pattern!(
    NOT_BORNE = r"(?i)^(?:people|kids|children|animals|dogs|cats|customers|elderly|older|computers?|money|numbers|maths|excel|word|it|my hands|hands|the public|technology|i|im|that|if)\b"
);

/// Reads an entry as what somebody accepts.
pub(super) fn read(text: &str) -> Option<(Kind, Words)> {
    let found = ACCEPTS.captures(text).or_else(|| ACCEPTED.captures(text))?;
    let what = found[1].trim();
    if !PLAIN.is_match(what) || what.starts_with(|c: char| c.is_ascii_digit()) || NOT_BORNE.is_match(what) {
        return None;
    }
    let lower = text.to_lowercase();
    // "Good with" and "comfortable with" are said of what one knows as well.
    let names_skill =
        ["good with", "comfortable with", "fine with", "at ease with"].iter().any(|lead| lower.contains(lead));
    if names_skill && !TIMES.is_match(what) && !USED_TO.has(&what.to_lowercase()) {
        return None;
    }
    let what = what.trim_start_matches("doing ").trim_start_matches("working ").to_owned();
    let kind = if TIMES.is_match(&what) { Kind::Free } else { Kind::Trait };
    let what = super::lower_first(&what);
    if kind == Kind::Trait && !USED_TO.has(&what.to_lowercase()) {
        return Some((kind, Words::Clause(format!("I do not mind {what}"))));
    }
    let clause = match what.as_str() {
        "days" | "nights" | "days and nights" | "nights and days" | "lates" | "earlies" => {
            format!("I am happy to work {what}")
        }
        "weekends"
        | "the weekend"
        | "bank holidays"
        | "evenings"
        | "overtime"
        | "shifts"
        | "saturdays"
        | "sundays"
        | "weekends and bank holidays"
        | "weekends and evenings"
        | "evenings and weekends"
        | "nights and weekends" => {
            format!("I am happy to work {}", what.replace("saturdays", "Saturdays").replace("sundays", "Sundays"))
        }
        _ => format!("I am happy with {what}"),
    };
    Some((kind, Words::Clause(clause)))
}

/// "Happy to travel", "willing to relocate": a whole wish.
pub(super) fn happy_to(text: &str) -> Option<(Kind, Words)> {
    let found = HAPPY_TO.captures(text)?;
    let is_whole = (3..14).contains(&text.split(' ').count()) && super::plain::is_plain(text) && !text.ends_with(" to");
    let learns = text.to_lowercase().contains(" to learn");
    (is_whole && !learns).then(|| (Kind::Trait, Words::Clause(format!("I am {}", super::lower_first(&found[1])))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_accepted_is_no_weakness() {
        let check = |text: &str, expect: &str| {
            let Some((_, Words::Clause(clause))) = read(text).or_else(|| happy_to(text)) else { panic!("{text}") };
            assert_eq!(clause, expect, "{text}");
        };
        check("not bothered about early starts", "I am happy with early starts");
        check("don't mind weekends", "I am happy to work weekends");
        check("no problem with nights", "I am happy to work nights");
        check("happy with shift work", "I am happy with shift work");
        check("early starts no problem", "I am happy with early starts");
        check("blood doesn't bother me", "I do not mind blood");
        check("not bothered about getting dirty", "I do not mind getting dirty");
        check("fine with unsocial hours", "I am happy with unsocial hours");
        check("ok with heights", "I am happy with heights");
        check("happy to travel", "I am happy to travel");
        check("willing to relocate for the post", "I am willing to relocate for the post");
        for text in
            ["good with people", "fine with Excel", "comfortable with customers", "can do electrics", "happy to learn"]
        {
            assert!(read(text).or_else(|| happy_to(text)).is_none(), "{text}");
        }
    }
}
