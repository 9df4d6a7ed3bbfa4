//! Tells a verb with what it acts on from nouns that are spelt like it: "run the rota", but no "till, freezer, bakery".

use crate::facts::fact::Act;
use crate::facts::lexicon::bare;
use crate::facts::list::joined;
use crate::facts::time;
use crate::facts::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;

list!(NOUNS = "facts/verbs_like_nouns");
list!(OBJECTS = "facts/beginnings_of_objects");

const PARTICLES: [&str; 12] = ["up", "out", "down", "off", "in", "on", "with", "to", "for", "at", "from", "about"];
const MODALS: [&str; 6] = ["do", "have", "did", "had", "am", "was"];

/// Past forms that are nothing else, though they do not end as others do.
const IRREGULAR: [&str; 9] = ["ran", "taught", "built", "wrote", "sold", "drove", "kept", "grew", "swept"];

/// Whether the words are surely a verb in this form and its object. In what is past, a verb without its past form is a
/// noun.
pub fn is_surely_done(words: &[&str], form: Form, is_now: bool) -> bool {
    let [first, second, ..] = words else { return false };
    let (first, next) = (bare(first), second.to_lowercase());
    let is_times = |word: &&str| word.strip_prefix('x').is_some_and(|rest| rest.parse::<u16>().is_ok());
    if words.iter().any(|word| is_shorthand(word) || is_times(word)) || form == Form::Base && !is_now {
        return false;
    }
    // "Cash up", "called 111": too little to be said.
    let is_particle = PARTICLES.contains(&bare(&next).as_str());
    if words.len() == 2 && (is_particle || second.starts_with(|c: char| c.is_ascii_digit())) {
        return false;
    }
    // "Accounting and finance" are nouns, "training and supervising staff" are verbs.
    if matches!(next.as_str(), "and" | "or" | "&") {
        let third = words.get(2).and_then(|word| verb::read(word)).map(|(form, _)| form);
        return third == Some(form) && words.len() > 3;
    }
    let is_plural = next.ends_with('s') && !next.ends_with("ss") && next.len() > 3;
    let is_name =
        second.starts_with(char::is_uppercase) || second.starts_with(|c: char| c.is_ascii_digit() || c == '£');
    let is_noun = NOUNS.has(&first);
    let has_object =
        OBJECTS.has(&next) || PARTICLES.contains(&bare(&next).as_str()) || MODALS.contains(&first.as_str());
    let is_list = second.ends_with(',');
    match form {
        Form::Base => has_object || !is_noun && (is_name || is_plural && words.len() < 6),
        Form::Doing => {
            has_object || is_plural || words.iter().skip(2).take(1).any(|word| is_plural_noun(word)) && !is_noun
        }
        Form::Past => {
            has_object
                || is_name
                || is_plural
                || is_list
                || !is_noun && words.len() > 2 && (first.ends_with("ed") || IRREGULAR.contains(&first.as_str()))
        }
    }
}

pattern!(BRACKET = r" ?\((?P<inner>[^()]+)\)");
pattern!(PLAIN = r"^[\p{L}\p{N}][\p{L}\p{N} &'.-]*$");

/// The text of a deed with what stands in brackets as part of it: "first-fixed a house (chasing, clipping cable)". A
/// time, a size and a shift are read from the brackets.
pub fn with_brackets(text: &str) -> String {
    let is_deed = verb::read(text).is_some_and(|(form, _)| form != Form::Base) && !text.starts_with("worked");
    if !is_deed {
        return text.to_owned();
    }
    BRACKET
        .replace_all(text, |found: &regex::Captures<'_>| {
            let parts: Vec<&str> = found["inner"].split([',', ';']).map(str::trim).collect();
            let are_plain = parts.iter().all(|part| PLAIN.is_match(part) && part.split(' ').count() < 6);
            let says_when = parts.iter().any(|part| time::find(part).is_some());
            let is_doing = |part: &&str| {
                let first = part.split(' ').next().unwrap_or_default();
                first.len() > 4 && first.ends_with("ing")
            };
            let is_end = text.ends_with(&found[0]);
            match () {
                () if !are_plain || says_when => found[0].to_owned(),
                () if is_end && parts.iter().all(is_doing) => format!(", {}", joined(&parts)),
                // An abbreviation in capitals would be cut out again.
                () => format!(" [{}]", joined(&parts)),
            }
        })
        .into_owned()
}

/// "Responsible for two generators", "in charge of the bar".
pub fn charge(text: &str) -> Option<Act> {
    let leads = ["responsible for ", "in charge of ", "accountable for "];
    leads.iter().find(|lead| text.to_lowercase().starts_with(**lead) && text.len() > lead.len() + 2)?;
    let rest = text.split_once(' ').map(|(first, rest)| format!("{} {rest}", first.to_lowercase()))?;
    Some(Act { base: format!("am {rest}"), past: format!("was {rest}"), doing: format!("being {rest}") })
}

/// "I was promoted": nobody promotes oneself.
pub fn promoted(act: Act) -> Act {
    match act.past.strip_prefix("promoted to ") {
        Some(rest) => Act {
            base: format!("am promoted to {rest}"),
            past: format!("was promoted to {rest}"),
            doing: format!("being promoted to {rest}"),
        },
        None => act,
    }
}

fn is_plural_noun(word: &str) -> bool {
    let word = bare(word);
    word.len() > 3 && word.ends_with('s') && !word.ends_with("ss")
}

/// "wldnt", "sgt": letters of a word that no sentence can hold.
fn is_shorthand(word: &str) -> bool {
    let core = word.trim_matches(|c: char| !c.is_alphanumeric());
    core.len() > 2 && core.chars().all(|c| c.is_ascii_lowercase()) && !core.contains(['a', 'e', 'i', 'o', 'u', 'y'])
}
