//! Decides which words of a sentence the applicant states as a fact about themselves.
//!
//! Sentences are read word by word: "I hold ..." or "my work ..." begins a statement, and a word about the employer, a
//! wish, a denial or another person ends it. This is stricter than [`super::claims`], which looks at figures only: here
//! every word is judged, and most words of a sentence in the first person claim nothing.

use super::word::Word;
use crate::words::list;

list!(FACT_VERBS = "checks/fact_verbs");
list!(NOT_OWNED = "checks/not_owned");
list!(STATES = "checks/states");
list!(WISHES = "checks/wishes");
list!(ENDS = "checks/statement_ends");
list!(ADVERBS = "checks/statement_adverbs");

/// For each word, whether it belongs to a statement of the applicant about themselves.
pub(super) fn stated(words: &[Word<'_>]) -> Vec<bool> {
    let speaks = words.iter().any(|word| matches!(word.lower.as_str(), "i" | "i'm" | "i've" | "my"));
    let mut found = Vec::with_capacity(words.len());
    let mut is_fact = false;
    while let Some(word) = words.get(found.len()) {
        if let Some((opens_fact, length)) = opening(words, found.len(), speaks) {
            is_fact = opens_fact;
            found.resize((found.len() + length).min(words.len()), is_fact);
        } else {
            is_fact &= !ENDS.has(&word.lower);
            found.push(is_fact);
        }
    }
    found
}

/// The beginning of a statement at this word, if there is one: whether it states a fact, and how many words open it.
fn opening(words: &[Word<'_>], at: usize, speaks: bool) -> Option<(bool, usize)> {
    let rest = &words[at + 1..];
    let opens = |(fact, length): (bool, usize)| Some((fact, length + 1));
    let doubted = at > 0 && ["if", "whether", "when", "how", "should"].contains(&words[at - 1].lower.as_str());
    match words[at].lower.as_str() {
        "i" | "i've" | "i'm" | "i'd" | "i'll" if doubted => Some((false, 1)),
        "i" => opens(verb(rest)),
        "i've" => opens(owned(rest)),
        "i'm" => opens(state(rest)),
        "i'd" | "i'll" => opens(promised(rest)),
        "my" => Some((!rest.iter().take(3).any(|word| WISHES.has(&word.lower)), 1)),
        "having" | "holding" if at == 0 => Some((speaks, 1)),
        "with" | "as"
            if at == 0 && rest.first().is_some_and(|next| ["a", "an", "my"].contains(&next.lower.as_str())) =>
        {
            Some((speaks, 1))
        }
        _ => None,
    }
}

/// The number of words that stand before the verb.
fn adverbs(words: &[Word<'_>]) -> usize {
    words.iter().take_while(|word| ADVERBS.has(&word.lower) || word.lower.ends_with("ly")).count()
}

/// What comes after "I".
fn verb(rest: &[Word<'_>]) -> (bool, usize) {
    let skipped = adverbs(rest);
    let Some(verb) = rest.get(skipped) else { return (false, skipped) };
    let (after, length) = (&rest[skipped + 1..], skipped + 1);
    let (fact, more) = match verb.lower.as_str() {
        "have" | "had" => owned(after),
        "am" | "was" => state(after),
        "would" | "could" | "can" | "will" => promised(after),
        lower => (FACT_VERBS.has(lower), 0),
    };
    (fact, length + more)
}

/// What comes after "I have".
fn owned(rest: &[Word<'_>]) -> (bool, usize) {
    let skipped = adverbs(rest);
    match rest.get(skipped).map(|word| word.lower.as_str()) {
        Some("been") => {
            let (fact, more) = state(&rest[skipped + 1..]);
            (fact, skipped + 1 + more)
        }
        Some(lower) => (!NOT_OWNED.has(lower), skipped),
        None => (false, skipped),
    }
}

/// What comes after "I am".
fn state(rest: &[Word<'_>]) -> (bool, usize) {
    let skipped = adverbs(rest);
    (rest.get(skipped).is_some_and(|word| !STATES.has(&word.lower)), skipped)
}

/// What comes after "I would": only what the applicant would bring exists already.
fn promised(rest: &[Word<'_>]) -> (bool, usize) {
    let skipped = adverbs(rest);
    let brought = ["bring", "offer", "speak", "drive", "operate"];
    let fact = rest.get(skipped).is_some_and(|word| brought.contains(&word.lower.as_str()));
    (fact, skipped + usize::from(fact))
}

#[cfg(test)]
mod tests {
    use super::super::word::words;
    use super::*;

    fn check(sentence: &str, expect: bool) {
        let words = words(sentence, 0);
        let at = words.iter().position(|word| word.lower == "welding").expect("the sentence is about welding");
        assert_eq!(stated(&words)[at], expect, "{sentence}");
    }

    #[test]
    fn facts_about_oneself_are_stated() {
        check("I have welding experience.", true);
        check("As you ask, I bring welding and patience.", true);
        check("I have also completed a course in welding.", true);
        check("I am trained in welding.", true);
        check("I've been welding for years.", true);
        check("My background includes welding.", true);
        check("I would bring welding to the workshop.", true);
        check("With a certificate in welding, I can start at once.", true);
        check("I currently work in welding.", true);
        check("I fully meet the welding standard.", true);
    }

    #[test]
    fn wishes_and_denials_state_nothing() {
        check("You ask for welding.", false);
        check("I noticed that you ask for welding.", false);
        check("I have read about welding at the plant.", false);
        check("I would like to learn welding.", false);
        check("I have no welding certificate.", false);
        check("I do not have welding experience.", false);
        check("I am keen on welding.", false);
        check("I am looking for work in welding.", false);
        check("My interest in welding is real.", false);
        check("My work has shown me why welding matters.", false);
        check("I have worked beside people who knew welding.", false);
        check("I hope to earn a welding certificate.", false);
        check("Welding is new to me.", false);
        check("If I have welding experience by then, good.", false);
        check("I wonder how my record in stock control relates to welding.", false);
    }
}
