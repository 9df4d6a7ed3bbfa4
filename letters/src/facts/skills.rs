//! What somebody can do, and what they are like: lists mix both.

use super::article::with_article;
use super::experience::{lower_first, own_sentence};
use super::lexicon::is_role;
use super::list::{entries, is_in, joined, listed};
use super::tidy::{unquoted, without_stop, words};

/// Words for what somebody is like, lower case.
const TRAITS: &str = "\
    accurate, persuasive, upbeat, thick-skinned, tidy, quiet, safe, chatty, clean, smart, bubbly, mature, sensible, adaptable, ambitious, approachable, articulate, attentive, bilingual, calm, careful, caring, charismatic, \
    cheerful, committed, compassionate, confident, conscientious, considerate, cooperative, creative, curious, \
    dedicated, dependable, determined, detail-oriented, diligent, disciplined, driven, eager, easygoing, efficient, \
    empathetic, energetic, enthusiastic, fast, flexible, focused, friendly, fun, hard-working, hardworking, helpful, \
    honest, independent, innovative, inquisitive, kind, logical, loyal, methodical, meticulous, motivated, \
    multilingual, open-minded, organised, organized, outgoing, patient, persistent, polite, positive, proactive, \
    professional, punctual, quick, reliable, resilient, resourceful, responsible, self-motivated, sociable, strong, \
    thorough, trustworthy, versatile, well-organised";
/// Words before a trait, lower case.
const DEGREES: &str = "\
    very, really, quite, highly, always, extremely, super, so, naturally";
/// Beginnings of what somebody is rather than has, lower case.
const BEING: &str = "good at, great at, good with, great with, brilliant with, fluent in, able to, willing to, happy to, keen to, comfortable with, \
    experienced in, experienced with, confident with, confident in, used to, not afraid, calm under, eager to, quick to, proficient in, skilled in, \
    trained in, on time, at ease with, native in, competent in, not, always, thick skinned, early to";
/// Last words of nouns for somebody that are not roles, lower case.
const PERSONS: &str =
    "riser, learner, player, communicator, person, solver, speaker, grafter, driver, worker, listener, organiser";
/// Verbs that people begin a skill with, and the same of somebody else, lower case.
const VERBS: [(&str, &str); 22] = [
    ("can", "can"),
    ("speak", "speaks"),
    ("speaks", "speaks"),
    ("stay", "stays"),
    ("stays", "stays"),
    ("love", "loves"),
    ("loves", "loves"),
    ("like", "likes"),
    ("likes", "likes"),
    ("enjoy", "enjoys"),
    ("enjoys", "enjoys"),
    ("know", "knows"),
    ("knows", "knows"),
    ("have", "has"),
    ("has", "has"),
    ("learn", "learns"),
    ("learns", "learns"),
    ("work", "works"),
    ("works", "works"),
    ("understand", "understands"),
    ("understands", "understands"),
    ("never", "never"),
];

/// Skills and traits of the applicant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skills {
    /// Nouns, as a list: follows "with".
    pub list: Option<String>,
    /// Adjectives and the like, as a list: follows "I am".
    pub traits: Option<String>,
    /// The applicant's own sentence, without its last stop; then there is nothing else.
    pub sentence: Option<String>,
}

impl Skills {
    /// Takes a field apart; `text` is one tidy line, not empty.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = without_stop(unquoted(text));
        if let Some(sentence) = own_sentence(text) {
            return Self { sentence: Some(sentence), ..Self::default() };
        }
        let parted = text.replace(". ", ", ").replace(" + ", ", ");
        let split = apart(&parted);
        let (being, having): (Vec<&str>, Vec<&str>) =
            split.iter().map(String::as_str).partition(|entry| is_trait(entry));
        let traits: Vec<String> = being.into_iter().map(as_trait).collect();
        let list: Vec<String> = having.into_iter().map(as_noun).collect();
        let some = |list: Vec<String>| (!list.is_empty()).then(|| joined(&list));
        Self { list: some(list), traits: some(traits), sentence: None }
    }
}

/// The entries; two that only an "and" joins are two, unless one of them is a pair by itself.
fn apart(text: &str) -> Vec<String> {
    let parts = entries(text);
    let mut split = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let is_last = index + 1 == parts.len();
        match part.split_once(" and ").or_else(|| part.split_once(" & ")) {
            Some((one, other))
                if is_last && words(one) <= 3 && words(other) <= 3 && !part.contains('(') && !one.ends_with("Word") =>
            {
                split.extend([one.trim().to_owned(), other.trim().to_owned()]);
            }
            _ => split.push((*part).to_owned()),
        }
    }
    split
}

fn begins_with(text: &str, beginnings: &'static str) -> bool {
    let lower = text.to_lowercase();
    listed(beginnings)
        .any(|beginning| lower.strip_prefix(beginning).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
}

/// Whether an entry says what somebody is like.
fn is_trait(entry: &str) -> bool {
    let lower = entry.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().filter(|word| !is_in(DEGREES, word)).collect();
    match words.as_slice() {
        [] => false,
        [one] => is_in(TRAITS, one) || is_in(PERSONS, one),
        ["hard", "working"] => true,
        [first, .., last] => {
            let is_short = words.len() <= 5;
            let goes_on = is_in("under, with, in, at, and, about, to, but", words[1]);
            begins_with(entry, BEING)
                || as_third_person(entry).is_some()
                || (is_in(TRAITS, first) && goes_on)
                || (is_short && (is_in(PERSONS, last) || (is_role(last) && is_in(TRAITS, first))))
        }
    }
}

/// How a trait follows "I am".
fn as_trait(entry: &str) -> String {
    if let Some(clause) = as_third_person(entry) {
        return format!("someone who {clause}");
    }
    let lower = lower_first(entry);
    let last = lower.rsplit(' ').next().unwrap_or_default();
    let is_somebody = is_in(PERSONS, last) || (is_role(last) && lower.contains(' '));
    if is_somebody && !begins_with(entry, BEING) { with_article(&lower) } else { lower }
}

/// `speaks Welsh` of an entry that begins with a verb.
fn as_third_person(entry: &str) -> Option<String> {
    let (first, rest) = entry.split_once(' ')?;
    let first = first.to_lowercase();
    let (_, third) = VERBS.iter().find(|(verb, _)| *verb == first)?;
    // "work ethic" is a noun.
    let is_noun = matches!(first.as_str(), "work" | "like") && words(rest) < 3;
    (!is_noun).then(|| format!("{third} {rest}"))
}

/// How a skill stands in a list of nouns: "good communication skills" keeps its words, "Good" its small letter.
fn as_noun(entry: &str) -> String {
    const SMALL: &str = "\
        good, great, strong, excellent, basic, advanced, some, fluent, conversational, intermediate, knowledge, \
        attention";
    let first = entry.split_whitespace().next().unwrap_or_default();
    if is_in(SMALL, &first.to_lowercase()) { lower_first(entry) } else { entry.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, list: Option<&str>, traits: Option<&str>, sentence: Option<&str>) {
        let own = |text: Option<&str>| text.map(str::to_owned);
        assert_eq!(
            Skills::of(text),
            Skills { list: own(list), traits: own(traits), sentence: own(sentence) },
            "{text}"
        );
    }

    #[test]
    fn skills_and_traits_are_told_apart() {
        check("python", Some("python"), None, None);
        check("python, SQL, Excel", Some("python, SQL and Excel"), None, None);
        check("hardworking, punctual, team player", None, Some("hardworking, punctual and a team player"), None);
        check("Python, very organised; fast learner", Some("Python"), Some("very organised and a fast learner"), None);
        check("Good communication and Excel", Some("good communication and Excel"), None, None);
        check("Microsoft Office (Word, Excel), typing", Some("Microsoft Office (Word, Excel) and typing"), None, None);
        check("fluent in Polish", None, Some("fluent in Polish"), None);
    }

    #[test]
    fn own_sentences_stay() {
        check(
            "i am good with people and fluent in Polish.",
            None,
            None,
            Some("I am good with people and fluent in Polish"),
        );
        check(
            "Excel, can drive, speaks Welsh",
            Some("Excel"),
            Some("someone who can drive and someone who speaks Welsh"),
            None,
        );
        check(
            "love animals. very patient + calm under pressure",
            None,
            Some("someone who loves animals, very patient and calm under pressure"),
            None,
        );
        check("good with my hands, work ethic", Some("work ethic"), Some("good with my hands"), None);
    }
}
