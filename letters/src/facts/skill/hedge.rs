//! Words that make little of a tool, which is named without them: "a bit of Airflow" is Airflow.

use super::tool;
use crate::facts::fact::{Kind, Words};
use crate::facts::spell::{is_language, put_right};
use crate::pattern::pattern;

pattern!(
    HEDGED = r"(?i)^(?:i (?:know|have|do) )?(?:just |only )?(?:an? )?(?:(?:little|tiny|small) )?(?:bits?(?: of)?|(?:touch|smattering|dash|spot) of) (.+)$|^(?:some|a little|little|basic|beginner|elementary|introductory) (.+)$"
);
pattern!(
    LEFT_BEHIND = r"(?i)[\s,(–—-]+(?:a )?(?:little|small|so so|beginner(?: level)?|basics?|(?:very |the )?basics?|in a home lab|at home|self study|introductory|entry level)\)?$"
);
pattern!(BASICS = r"(?i)^(.+?) (?:the )?basics$");

/// The entry without words that make little of a tool; `None` where it names none surely.
pub(super) fn unhedged(text: &str) -> Option<String> {
    if let Some(found) = HEDGED.captures(text) {
        let rest = (1..3).find_map(|at| found.get(at))?.as_str().trim();
        let rest = LEFT_BEHIND.replace(rest, "");
        return is_tool(&rest).then(|| rest.into_owned());
    }
    // "Eurocode 2 basics", "latte art little".
    let rest = LEFT_BEHIND.replace(text, "");
    let is_named = rest.chars().any(|c| c.is_ascii_digit()) || is_tool(&rest) || !BASICS.is_match(text);
    let is_whole = rest.matches('(').count() == rest.matches(')').count();
    (rest.len() < text.len() && is_whole && !rest.is_empty() && is_named).then(|| rest.into_owned())
}

fn is_tool(text: &str) -> bool {
    let right = put_right(text);
    let first = right.split(' ').next().unwrap_or_default();
    // "Basic Excel modelling" is done with Excel.
    !is_language(&right.to_lowercase())
        && (tool::surely(&right).is_some()
            || right.split(' ').count() < 4 && first.len() > 2 && tool::surely(first).is_some())
}

/// Whether an entry makes little of what is no tool: "a little bit of French".
pub(super) fn is_hedged(text: &str) -> bool {
    HEDGED.captures(text).is_some_and(|found| found.get(1).is_some())
}

/// "Bit of landscaping": what somebody has done some of.
pub(super) fn some(text: &str) -> Option<(Kind, Words)> {
    let found = HEDGED.captures(text)?;
    let rest = found.get(1)?.as_str().trim();
    let right = put_right(rest);
    let last = right.rsplit(' ').next()?;
    let is_activity =
        last.ends_with("ing") && last.len() > 5 && !matches!(last, "training" | "understanding" | "nothing");
    (is_activity && right.split(' ').count() < 4 && super::plain::is_sound(&right))
        .then(|| (Kind::Skill, Words::Clause(format!("I have done some {}", super::lower_first(&right)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_loses_what_makes_little_of_it() {
        for (text, expect) in [
            ("a bit of Airflow", Some("Airflow")),
            ("a bit Airflow", Some("Airflow")),
            ("some Terraform", Some("Terraform")),
            ("basic Excel", Some("Excel")),
            ("bit of python", Some("python")),
            ("latte art little", Some("latte art")),
            ("eurocode 2 basics", Some("eurocode 2")),
            ("some French", None),
            ("basic plumbing", None),
            ("basic first aid", None),
            ("some evenings", None),
        ] {
            assert_eq!(unhedged(text).as_deref(), expect, "{text}");
        }
        let Some((_, Words::Clause(clause))) = some("bit of landscaping") else { panic!("landscaping") };
        assert_eq!(clause, "I have done some landscaping");
        assert!(some("a bit of French").is_none() && some("touch typing").is_none());
        assert!(is_hedged("little bit of french") && !is_hedged("touch typing"));
    }
}
