//! Which words of a sentence the applicant states as a fact about themselves.
//!
//! Word by word: "I hold ..." or "my work ..." begins a statement, and a word of the employer, of a wish, of a denial or
//! of somebody else ends it. Stricter than [`super::claims`], which is about figures: every word of a letter would be
//! looked at here, and most words of a first person sentence claim nothing.

use std::sync::LazyLock;

use super::vocabulary::{Words, list};
use super::word::Word;

/// Verbs with which an applicant states a fact.
static FACTS: LazyLock<Words> = LazyLock::new(|| {
    list(
        "bring offer hold held possess own gained earned obtained completed acquired built developed work \
         worked speak know use used led lead manage managed ran run trained train studied study graduated \
         qualified passed served teach taught operate operated drive drove practise practised practiced spent \
         delivered handle handled performed carried maintain maintained design designed wrote created \
         programmed coded cook cooked repair repaired install installed organised organized coordinated \
         supervise supervised specialise specialize interned volunteered joined meet satisfy fulfil fulfill \
         exceed match",
    )
});

/// After "I have": what was only looked at, or is not there.
static NOT_OWNED: LazyLock<Words> = LazyLock::new(|| {
    list(
        "read noted noticed considered kept seen heard thought decided applied wanted wished hoped planned \
         looked followed admired understood learned learnt yet to tried",
    )
});

/// After "I am": states of mind, and what is only about to be.
static STATES: LazyLock<Words> = LazyLock::new(|| {
    list(
        "able applying asking attracted aware certain confident convinced curious delighted drawn eager \
         excited glad grateful happy hoping impressed interested keen learning looking motivated open \
         planning pleased prepared ready seeking studying sure taking thrilled training trying willing \
         writing hopeful determined",
    )
});

/// After "my": what is not a fact about work.
static WISHES: LazyLock<Words> = LazyLock::new(|| {
    list(
        "aim ambition application attention attraction curiosity desire dream enthusiasm eyes future goal \
         hope intention interest letter next passion plan understanding view wish",
    )
});

/// Words after which the applicant no longer states a fact about themselves.
static ENDS: LazyLock<Words> = LazyLock::new(|| {
    list(
        "you your yours employer posting advert advertisement description listing vacancy requirement \
         requirements required require requires requiring ask asks asked seek seeks seeking looking look \
         preference preferences prefer preferred wish wishes hope hoping want would could should might may \
         will shall cannot learn learning towards toward interest interested curious keen eager ready willing \
         open happy glad not no never without nor lack if whether how why what who whose which where that \
         relate relates importance value values matter matters showed shown prepared prepares they their its \
         his her this involves focus emphasis passion",
    )
});

/// Words that may stand between "I" and its verb.
static BETWEEN: LazyLock<Words> = LazyLock::new(|| {
    list("also already now always often still therefore thus even then just long myself both once do too did")
});

/// Whether each word belongs to a statement of the applicant about themselves.
pub(super) fn stated(words: &[Word<'_>]) -> Vec<bool> {
    let speaks = words.iter().any(|word| matches!(word.lower.as_str(), "i" | "i'm" | "i've" | "my"));
    let mut found = Vec::with_capacity(words.len());
    let mut is_fact = false;
    while let Some(word) = words.get(found.len()) {
        if let Some((opens_fact, length)) = opening(words, found.len(), speaks) {
            is_fact = opens_fact;
            found.resize((found.len() + length).min(words.len()), is_fact);
        } else {
            is_fact &= !ENDS.contains(word.lower.as_str());
            found.push(is_fact);
        }
    }
    found
}

/// Whether a statement begins at this word: whether it is one of fact, and how many words it opens with.
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
        "my" => Some((!rest.iter().take(3).any(|word| WISHES.contains(word.lower.as_str())), 1)),
        "having" | "holding" if at == 0 => Some((speaks, 1)),
        "with" | "as"
            if at == 0 && rest.first().is_some_and(|next| ["a", "an", "my"].contains(&next.lower.as_str())) =>
        {
            Some((speaks, 1))
        }
        _ => None,
    }
}

/// Splits off the words that may stand before a verb.
fn adverbs(words: &[Word<'_>]) -> usize {
    words.iter().take_while(|word| BETWEEN.contains(word.lower.as_str()) || word.lower.ends_with("ly")).count()
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
        lower => (FACTS.contains(lower), 0),
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
        Some(lower) => (!NOT_OWNED.contains(lower), skipped),
        None => (false, skipped),
    }
}

/// What comes after "I am".
fn state(rest: &[Word<'_>]) -> (bool, usize) {
    let skipped = adverbs(rest);
    (rest.get(skipped).is_some_and(|word| !STATES.contains(word.lower.as_str())), skipped)
}

/// What comes after "I would": only what is brought along is there already.
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
