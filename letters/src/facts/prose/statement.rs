//! Recognises sentences about something else than "I" that hang on the sentence before them: "It comes to fifteen hours a
//! week", "The hall has about 25 regular hirers", "Feedback averaged 4.6 out of 5".

use super::whole::{fault, fits};
use crate::facts::lexicon::bare;
use crate::facts::verb::{self, Form};
use crate::words::list;

list!(SUBJECTS = "prose/subjects");
list!(NOT_IN_SUBJECTS = "prose/not_in_subjects");
list!(FINITE = "prose/finite");

/// Fewest words of such a sentence, and most words before its verb.
const WORDS_MIN: usize = 4;
const SUBJECT_MAX: usize = 7;
/// Most words of a subject that no determiner begins.
const NOUN_MAX: usize = 4;

/// Whether a text is a sentence with a subject of its own and a verb, which a letter can repeat.
pub fn is_statement(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let first = bare(words[0]);
    let is_subject = SUBJECTS.has(&first);
    // Behind a pronoun a word in "-ed" is a verb, whether or not it is known: "They asked me back".
    let is_pronoun = ["he", "it", "she", "they", "we"].contains(&first.as_str());
    let is_done = is_pronoun && words.get(1).is_some_and(|word| word.len() > 4 && word.ends_with("ed"));
    let verb = words.iter().skip(1).take(SUBJECT_MAX).position(|word| is_finite(word, is_subject)).map(|at| at + 1);
    let verb = if is_done { Some(1) } else { verb };
    let Some(verb) = verb.filter(|_| words.len() >= WORDS_MIN) else { return false };
    // A mark before the verb parts a note from another.
    let is_joined = !words[..verb].iter().any(|word| word.ends_with([',', ':', ';']));
    // "Cabin crew with Jet2 then Asda": a note may hold a verb as well, but not behind a noun alone.
    let is_noun = |word: &&str| {
        let word = bare(word);
        !NOT_IN_SUBJECTS.has(&word) && !FINITE.has(&word) && !word.chars().any(|c| c.is_ascii_digit())
    };
    let is_done = verb::read(&first).is_some_and(|(form, act)| form != Form::Base && act.base != first);
    let is_named = is_subject || verb <= NOUN_MAX && !is_done && words[..verb].iter().all(is_noun);
    is_joined
        && is_named
        && verb + 1 < words.len()
        && text.starts_with(char::is_uppercase)
        && fits(&text.replace('/', "-"))
        && !text.contains(" / ")
        && fault(text).is_none()
}

fn is_finite(word: &str, is_subject: bool) -> bool {
    let word = bare(word);
    let is_third = || {
        verb::read(&word).is_some_and(|(form, act)| match form {
            Form::Past => !matches!(word.as_str(), "based" | "called" | "led" | "run" | "set" | "needed" | "used"),
            Form::Base => word == act.base && word != "work" || word.ends_with("es"),
            Form::Doing => false,
        })
    };
    FINITE.has(&word) || is_subject && is_third()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_with_a_subject_of_their_own_are_told_from_notes() {
        for text in [
            "It comes to about fifteen hours a week",
            "The hall has about 25 regular hirers, from the Brownies to the bowls club",
            "Feedback averaged 4.6 out of 5",
            "There are two boys in the playground with EHCPs and I stay with them when it is too noisy",
            "Task completion went from 61% to 83% and calls about it dropped by about a third",
            "We do about 900 samples a week",
            "They asked me back for three weeks in the summer",
            "She moved into Cartref Annwyl in November and I am ready to work again",
        ] {
            assert!(is_statement(text), "{text}");
        }
        for text in [
            "Three deployments to the Gulf",
            "Team of 6 on my shift",
            "Retail assistant, where I was trained",
            "Reception desk, visitor passes, patrols",
            "Cabin crew with Jet2 2015-2020 was made redundant",
            "Was excluded myself in Year 9",
            "In UK first job was Greencore sandwiches",
            "Quiet November to February so that is why",
            "Worked in Folly Farm every summer",
            "The Alchemist, Dishoom",
        ] {
            assert!(!is_statement(text), "{text}");
        }
    }
}
