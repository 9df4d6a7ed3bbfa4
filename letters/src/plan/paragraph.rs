//! Puts the sentences of a paragraph together: two that belong together become one.

use super::moves::Move;
use super::sentence::{Link, Sentence};
use crate::facts::spelling::lower_first;

/// Most words of two planned sentences in one.
const WORDS_MAX: usize = 32;
/// Most words of two that an "and" joins.
const WORDS_OF_AND_MAX: usize = 26;

/// First words of a sentence that have their capital only there.
const SMALL: [&str; 22] = [
    "A", "After", "An", "At", "Before", "During", "For", "He", "In", "It", "Last", "My", "On", "Our", "She", "Since",
    "The", "There", "They", "This", "When", "While",
];

/// The text of a paragraph.
pub fn paragraph(sentences: &[(&Sentence, String)]) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut is_joined = false;
    for (sentence, text) in sentences.iter().filter(|(_, text)| !text.is_empty()) {
        let one = texts.last().filter(|_| !is_joined).and_then(|before| joined(before, sentence, text));
        is_joined = one.is_some();
        match (one, texts.last_mut()) {
            (Some(one), Some(last)) => *last = one,
            _ => texts.push(text.clone()),
        }
    }
    texts.join(" ")
}

/// A sentence and the one that hangs together with it as one, unless that would be hard to read.
pub fn joined(before: &str, sentence: &Sentence, text: &str) -> Option<String> {
    let head = before.strip_suffix('.').filter(|head| !head.contains(". "))?;
    let is_list = |text: &str| text.contains(", and ") || text.contains(" where ");
    let one = match sentence.link {
        Link::Apart => return None,
        Link::Where => format!("{head}, where {}", subject(sentence, text)?),
        Link::And if is_list(head) || is_list(text) => return None,
        Link::And if let Some(one) = of_one_subject(head, text) => one,
        Link::And => format!("{head}, and {}", subject(sentence, text).unwrap_or_else(|| continued(sentence, text))),
    };
    let most = if sentence.link == Link::And { WORDS_OF_AND_MAX } else { WORDS_MAX };
    let is_short = one.split_whitespace().count() <= most && !text.trim_end_matches('.').contains(". ");
    is_short.then_some(one)
}

/// "I am calm with crowds and a first aider": two short sentences about what somebody is have one subject.
fn of_one_subject(head: &str, text: &str) -> Option<String> {
    let leads = ["I am ", "I'm ", "I was ", "I have ", "I've ", "I speak "];
    let lead = leads.into_iter().find(|lead| head.starts_with(lead) && text.starts_with(lead))?;
    let is_state = matches!(lead, "I am " | "I'm " | "I speak ");
    let is_plain = |rest: &str| {
        let first = rest.split(' ').next().unwrap_or_default();
        let is_verb = first.ends_with("ing") || first.ends_with("ed") || ["also", "able"].contains(&first);
        // "I have been", "I was free": only things that are had and what somebody was follow one another.
        let is_thing = is_state || matches!(first, "a" | "an" | "the") || first.starts_with(char::is_uppercase);
        let most = if is_state { 6 } else { 11 };
        rest.split(' ').count() < most
            && !is_verb
            && is_thing
            && ![" and ", ", "].iter().any(|mark| rest.contains(mark))
    };
    let (before, rest) = (&head[lead.len()..], text[lead.len()..].trim_end_matches('.'));
    // "Honest and good at maths": nobody is good at honest.
    let reaches = |text: &str| [" at ", " with "].iter().any(|link| text.contains(link));
    (is_plain(before) && is_plain(rest)).then(|| {
        if reaches(before) && !reaches(rest) {
            format!("{lead}{rest} and {before}.")
        } else {
            format!("{head} and {rest}.")
        }
    })
}

/// What was done, from its subject on: "I ran the bar."
fn subject(sentence: &Sentence, text: &str) -> Option<String> {
    let is_act = matches!(
        sentence.step,
        Move::Duties | Move::DutiesThere | Move::Feats | Move::FeatsAlso | Move::FeatsThere | Move::FeatsHere
    );
    if !is_act {
        return None;
    }
    let acts = sentence.words.first()?;
    let from = text.find(acts.as_str()).map(|at| &text[at..]);
    Some(format!("I {}", from.map_or_else(|| format!("{acts}."), str::to_owned)))
}

/// A sentence as it reads behind an "and".
fn continued(sentence: &Sentence, text: &str) -> String {
    let begins = |words: &&String| text.to_lowercase().starts_with(&words.to_lowercase());
    let is_small = |text: &str| SMALL.contains(&text.split(' ').next().unwrap_or_default());
    match sentence.words.iter().find(begins) {
        Some(words) if is_small(words) => lower_first(text),
        Some(words) => format!("{words}{}", &text[words.len()..]),
        None if text.starts_with("I ") || text.starts_with("I'") => text.to_owned(),
        None => lower_first(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acts(step: Move, acts: &str, link: Link) -> Sentence {
        Sentence::new(step, [acts.to_owned()]).linked(link)
    }

    #[test]
    fn what_belongs_together_is_one_sentence() {
        let run = acts(Move::DutiesThere, "run the bar", Link::Where);
        let cook = "I have been a cook at the Crown since 2020.";
        assert_eq!(
            joined(cook, &run, "In this role, I run the bar.").unwrap(),
            "I have been a cook at the Crown since 2020, where I run the bar."
        );
        let tools = acts(Move::Skill, "SuDS", Link::And);
        assert_eq!(
            joined("You ask for drains.", &tools, "SuDS is one of my skills.").unwrap(),
            "You ask for drains, and SuDS is one of my skills."
        );
        let skills = acts(Move::Skills, "coving and tiling", Link::And);
        assert_eq!(
            joined("You ask for plastering.", &skills, "Coving and tiling are among my skills.").unwrap(),
            "You ask for plastering, and coving and tiling are among my skills."
        );
    }

    #[test]
    fn a_third_sentence_and_a_long_one_stay_apart() {
        let one = acts(Move::Tools, "Xero", Link::And);
        let parts = [
            (&one, "I know tax.".to_owned()),
            (&one, "I can use Xero.".to_owned()),
            (&one, "I can use Sage.".to_owned()),
        ];
        assert_eq!(paragraph(&parts), "I know tax, and I can use Xero. I can use Sage.");
        let long =
            "I was a buyer at a mill in the north of the county for a good many years until it had to close for good.";
        assert!(joined(long, &one, "I can use Xero, Sage, Excel and a few more.").is_none());
    }
}
