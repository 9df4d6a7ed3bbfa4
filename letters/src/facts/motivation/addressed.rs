//! Speaks to the employer whom the form only names: "Lancashire has kept its model" is "you have kept your model".

use crate::facts::lexicon::bare;
use crate::facts::spell::is_ordinary;
use crate::facts::verb::{self, Form};

/// The clause with "you" in the place of the company, if it begins with its name.
#[must_use]
pub fn addressed(clause: &str, company: &str) -> Option<String> {
    let company = company.strip_prefix("the ").unwrap_or(company);
    let words: Vec<&str> = company.split(' ').collect();
    // The longest part of the name that the clause begins with.
    let (name, rest) = (1..=words.len()).rev().find_map(|length| {
        let name = words[..length].join(" ");
        let start = clause.strip_prefix("the ").filter(|rest| rest.starts_with(&name)).unwrap_or(clause);
        let rest = start.strip_prefix(&name)?;
        let is_name = name.len() > 3 && name.starts_with(char::is_uppercase) && !is_ordinary(&bare(words[length - 1]));
        let ends = rest.starts_with(' ') || rest.starts_with("'s ") || rest.starts_with("’s ");
        (is_name && ends).then(|| (name, rest.to_owned()))
    })?;
    if let Some(owned) = rest.strip_prefix("'s ").or_else(|| rest.strip_prefix("’s ")) {
        return Some(format!("your {owned}"));
    }
    let rest = rest.trim_start();
    let first = rest.split(' ').next()?;
    let behind = &rest[first.len()..];
    let told = plural(first);
    // "St Christopher's nurses"
    let is_owner = name.ends_with("'s") && !matches!(first, "has" | "is" | "was" | "does");
    if is_owner {
        return Some(format!("your {rest}"));
    }
    let is_verb = told.is_some() || verb::read(first).is_some_and(|(form, _)| form == Form::Past);
    if !is_verb {
        return None;
    }
    let mut said: Vec<String> = Vec::new();
    for word in behind.split_whitespace() {
        let after_and = said.last().is_some_and(|last| last == "and");
        said.push(match word {
            "its" | "their" => "your".to_owned(),
            word if after_and => plural(word).unwrap_or_else(|| word.to_owned()),
            word => word.to_owned(),
        });
    }
    Some(format!("you {} {}", told.unwrap_or_else(|| first.to_owned()), said.join(" ")))
}

/// A verb as it follows "you": "has" is "have", "caps" is "cap".
fn plural(verb: &str) -> Option<String> {
    match verb {
        "has" => return Some("have".to_owned()),
        "is" => return Some("are".to_owned()),
        "was" => return Some("were".to_owned()),
        "does" => return Some("do".to_owned()),
        _ => {}
    }
    let (form, act) = verb::read(verb)?;
    (form == Form::Base && verb.ends_with('s') && act.base != verb).then_some(act.base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_employer_who_is_named_is_spoken_to() {
        let check = |clause: &str, company: &str, expect: Option<&str>| {
            assert_eq!(addressed(clause, company).as_deref(), expect, "{clause}");
        };
        check(
            "Lancashire has kept its Family Safeguarding model going and caps ASYE caseloads",
            "Lancashire County Council",
            Some("you have kept your Family Safeguarding model going and cap ASYE caseloads"),
        );
        check("Arup published its method", "Arup", Some("you published your method"));
        check("Oxfam's work in Yemen saved my village", "Oxfam", Some("your work in Yemen saved my village"));
        check(
            "St Christopher's nurses cared for my father",
            "St Christopher's Hospice",
            Some("your nurses cared for my father"),
        );
        check("my father was cared for by nurses", "St Christopher's Hospice", None);
        check("the school taught me", "The School of Life", None);
        check("I have used Monzo for years", "Monzo", None);
    }
}
