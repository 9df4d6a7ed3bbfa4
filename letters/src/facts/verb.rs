//! Verbs: recognised in any of their forms, and put into the one that a sentence needs.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fact::Act;
use super::lexicon::bare;
use crate::words::list;

list!(VERBS = "facts/verbs");

/// The form in which a verb was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// "order", "orders".
    Base,
    /// "ordered".
    Past,
    /// "ordering".
    Doing,
}

/// The forms of a verb.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Verb {
    base: String,
    past: String,
    doing: String,
}

/// Every form of every verb that is known. A form that two verbs share belongs to the first.
static FORMS: LazyLock<HashMap<String, (Form, Verb)>> = LazyLock::new(|| {
    let mut forms = HashMap::new();
    for entry in VERBS.iter() {
        let verb = entry.split_once(" = ").and_then(|(base, rest)| {
            let (past, doing) = rest.split_once(' ')?;
            Some(Verb { base: base.to_owned(), past: past.to_owned(), doing: doing.to_owned() })
        });
        let verb = verb.unwrap_or_else(|| regular(entry));
        let third = third_person(&verb.base);
        for (form, text) in [
            (Form::Base, verb.base.clone()),
            (Form::Past, verb.past.clone()),
            (Form::Doing, verb.doing.clone()),
            (Form::Base, third),
        ] {
            forms.entry(text).or_insert_with(|| (form, verb.clone()));
        }
    }
    forms
});

/// What a phrase that begins with a verb says somebody does, and the form in which it was typed; `None` when it does
/// not begin with a verb. Further verbs after "and" and commas follow the first.
#[must_use]
pub fn read(phrase: &str) -> Option<(Form, Act)> {
    let first = phrase.split_whitespace().next()?;
    let (form, _) = FORMS.get(&bare(first))?;
    let words: Vec<&str> = phrase.split(' ').collect();
    let change = |wanted: Form| -> String {
        let mut changed = Vec::with_capacity(words.len());
        for (at, word) in words.iter().enumerate() {
            let is_verb_place = at == 0 || matches!(words[at - 1], "and" | "or") || words[at - 1].ends_with(',');
            let verb = is_verb_place.then(|| FORMS.get(&bare(word))).flatten();
            match verb {
                // A later word is a verb only in the form of the first, so that nouns stay as they are.
                Some((found, verb)) if at == 0 || (found == form && is_followed_by_object(&words, at)) => {
                    let tail = word.trim_start_matches(char::is_alphanumeric).trim_start_matches('-');
                    let text = match wanted {
                        Form::Base => &verb.base,
                        Form::Past => &verb.past,
                        Form::Doing => &verb.doing,
                    };
                    let tail = if tail.chars().any(char::is_alphanumeric) { "" } else { tail };
                    changed.push(format!("{text}{tail}"));
                }
                _ => changed.push((*word).to_owned()),
            }
        }
        changed.join(" ")
    };
    Some((*form, Act { base: change(Form::Base), past: change(Form::Past), doing: change(Form::Doing) }))
}

/// The base of a verb in any of its forms; `None` for a word that is none.
#[must_use]
pub fn base(word: &str) -> Option<&'static str> {
    FORMS.get(word).map(|(_, verb)| verb.base.as_str())
}

/// The form of a verb that a word is; `None` for a word that is none.
#[must_use]
pub fn form(word: &str) -> Option<Form> {
    FORMS.get(word).map(|(form, _)| *form)
}

/// Whether the word at `at` can be a verb with something behind it: forms in "-ed" and "-ing" always can.
fn is_followed_by_object(words: &[&str], at: usize) -> bool {
    let word = bare(words[at]);
    word.ends_with("ed") || word.ends_with("ing") || (at + 1 < words.len() && !words[at].ends_with(','))
}

fn regular(base: &str) -> Verb {
    let stem = base.strip_suffix('e');
    let ends_in_consonant_y = base.ends_with('y') && !base.ends_with(['a', 'e', 'o', 'u']) && {
        let before = base.chars().rev().nth(1);
        before.is_some_and(|c| !"aeiou".contains(c))
    };
    let past = if ends_in_consonant_y {
        format!("{}ied", &base[..base.len() - 1])
    } else if stem.is_some() {
        format!("{base}d")
    } else {
        format!("{base}ed")
    };
    let doing = match stem {
        Some(stem) if !base.ends_with("ee") && !base.ends_with("oe") && !base.ends_with("ye") => format!("{stem}ing"),
        _ => format!("{base}ing"),
    };
    Verb { base: base.to_owned(), past, doing }
}

fn third_person(base: &str) -> String {
    let before_last = base.chars().rev().nth(1);
    if base.ends_with('y') && before_last.is_some_and(|c| !"aeiou".contains(c)) {
        format!("{}ies", &base[..base.len() - 1])
    } else if ["s", "x", "z", "ch", "sh", "o"].iter().any(|end| base.ends_with(end)) {
        format!("{base}es")
    } else {
        format!("{base}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_is_put_into_each_form() {
        let check = |typed: &str, base: &str, past: &str, doing: &str| {
            let (_, act) = read(typed).expect(typed);
            assert_eq!((act.base.as_str(), act.past.as_str(), act.doing.as_str()), (base, past, doing), "{typed}");
        };
        check(
            "do fish and meat orders",
            "do fish and meat orders",
            "did fish and meat orders",
            "doing fish and meat orders",
        );
        check("managing a team of six", "manage a team of six", "managed a team of six", "managing a team of six");
        check(
            "trained and supervised staff",
            "train and supervise staff",
            "trained and supervised staff",
            "training and supervising staff",
        );
        check("ran the pass", "run the pass", "ran the pass", "running the pass");
        check("carries stock", "carry stock", "carried stock", "carrying stock");
    }

    #[test]
    fn a_noun_is_no_verb() {
        assert_eq!(read("nights"), None);
        assert_eq!(read("barista at Costa"), None);
    }
}
