//! Words that make little of what they stand beside: "a bit of Airflow" is said as little as it is, and "VNA - never" not at
//! all.

use super::plain;
use super::tool;
use crate::facts::fact::{Kind, Words};
use crate::facts::spell::{is_language, put_right};
use crate::pattern::pattern;

pattern!(
    HEDGED = r"(?i)^(?:i (?:know|have|do) )?(?:just |only )?(?:an? )?(?:(?:little|tiny|small) )?(?:bits?(?: of)?|(?:touch|smattering|dash|spot) of) (.+)$|^(?:some|a little|little|basic|beginner|elementary|introductory) (.+)$"
);
pattern!(
    LOW_END = r"(?i)[\s,(:=–—-]+(?:a |an |at |very |the |only |just )*(?:little bit|bit(?: of)?|little|small|beginner(?:'?s)?(?: level)?|basics?|basic (?:level|only|use)|tutorial level|novice(?: level)?|introductory(?: level)?|elementary|entry level)\)?$"
);
pattern!(PLACE_END = r"(?i)[\s,(–—-]+(?:in a home lab|at home|self study)\)?$");
// "Widely read" and "sight-read" tell no such thing: before a bare verb there must be a mark.
pattern!(
    UNTRIED = concat!(
        r"(?i)[\s,(:=–—-]+(?:never|none|no|nope|not (?:used|tried|yet|really|much|great|good).*|had a (?:go|try)|so[- ]?so",
        r"|(?:bit |a bit |very )?rusty|limited|wasn't for me)\)?$",
        r"|(?:[,(:=–—]|\s-)\s*(?:only )?(?:read|seen|watched|tried)(?: (?:about )?it)?(?: (?:only|once|so far|mostly))*\)?$",
        r"|\s(?:only (?:read|seen|watched|tried)|(?:read|seen|watched|tried) (?:it )?only)\)?$",
        r"|\((?:[^)]* )?(?:trial|induction|elective|module|tried)(?: [^)]*)?\)$|\bdid a (?:course )?(?:day|weekend)\b",
    )
);
pattern!(BASICS = r"(?i)^(.+?) (?:the )?basics$");

/// Whether an entry names what was hardly tried, or is not good: "VNA - never", "Sage - seen it only".
pub(super) fn is_untried(text: &str) -> bool {
    UNTRIED.is_match(text)
}

/// What an entry of a low degree says: "Excel - basic", "R: beginner", "a bit of Airflow".
pub(super) fn basics(text: &str) -> Option<(Kind, Words)> {
    let rest = if let Some(found) = HEDGED.captures(text) {
        let rest = (1..3).find_map(|at| found.get(at))?.as_str().trim();
        Some(LOW_END.replace(rest, "").into_owned()).filter(|rest| is_tool(rest))?
    } else {
        let rest = LOW_END.replace(text, "");
        (rest.len() < text.len() && !rest.is_empty()).then(|| rest.into_owned())?
    };
    let name = put_right(&PLACE_END.replace(&rest, ""));
    let is_sound = name.split(' ').count() < 4 && !is_language(&name.to_lowercase()) && !name.contains(['(', ')', ':']);
    let kind = if is_tool(&name) { Kind::Tool } else { Kind::Skill };
    let name = if kind == Kind::Tool { name } else { super::lower_first(&name) };
    (is_sound && (kind == Kind::Tool || plain::is_sound(&name)))
        .then(|| (kind, Words::Clause(format!("I know the basics of {name}"))))
}

/// The entry without the place where a tool was learnt: "Terraform in a home lab".
pub(super) fn placeless(text: &str) -> Option<String> {
    let rest = PLACE_END.replace(text, "");
    let is_whole = rest.matches('(').count() == rest.matches(')').count();
    (rest.len() < text.len() && is_whole && !rest.is_empty() && (is_tool(&rest) || !BASICS.is_match(text)))
        .then(|| rest.into_owned())
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
    fn a_low_degree_is_said_as_low_as_it_is() {
        let clause = |text| match basics(text) {
            Some((_, Words::Clause(clause))) => Some(clause),
            _ => None,
        };
        for (text, expect) in [
            ("a bit of Airflow", "I know the basics of Airflow"),
            ("some Terraform", "I know the basics of Terraform"),
            ("basic Excel", "I know the basics of Excel"),
            ("bit of python", "I know the basics of Python"),
            ("SketchUp - basic", "I know the basics of SketchUp"),
            ("R: beginner", "I know the basics of R"),
            ("Excel (basic)", "I know the basics of Excel"),
            ("latte art little", "I know the basics of latte art"),
        ] {
            assert_eq!(clause(text).as_deref(), Some(expect), "{text}");
        }
        for text in ["some French", "basic plumbing", "basic first aid", "some evenings", "Excel", "home baking"] {
            assert_eq!(clause(text), None, "{text}");
        }
        for text in [
            "VNA - never",
            "Sage - seen it only",
            "TIG had a go",
            "spelling so so",
            "EMIS (rusty)",
            "Dovetail (trial)",
            "dry stone wall - did a course day",
        ] {
            assert!(is_untried(text), "{text}");
        }
        for text in
            ["read aloud", "Excel", "widely read", "can sight-read", "first aid (3 day)", "babysitting (weekend)"]
        {
            assert!(!is_untried(text), "{text}");
        }
        assert_eq!(placeless("Terraform in a home lab").as_deref(), Some("Terraform"));
    }

    #[test]
    fn some_of_an_activity_is_some() {
        let Some((_, Words::Clause(clause))) = some("bit of landscaping") else { panic!("landscaping") };
        assert_eq!(clause, "I have done some landscaping");
        assert!(some("a bit of French").is_none() && some("touch typing").is_none());
        assert!(is_hedged("little bit of french") && !is_hedged("touch typing"));
    }
}
