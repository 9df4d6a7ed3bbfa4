//! What makes a clause of a reason whole: a verb, the right beginning, the words for the family.

use crate::facts::lexicon::bare;
use crate::facts::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;

list!(BEGINNINGS = "motivation/beginnings");
list!(SUBJECTS = "motivation/subjects");
list!(DANGLING = "motivation/dangling");
list!(VERBS = "motivation/wants");
list!(KIN = "spell/kin");
list!(SHORTHAND = "checks/shorthand");

pattern!(
    AHEAD = r"(?i)^it (?:is|was|would be|has been) (?:always )?(?:my |a |an )?(?:dream|hope|ambition|honour|pleasure|wish|privilege) to |^it is (?:not often|rare(?:ly)?|seldom|unusual) (?:that |to )"
);

/// "looked after mum" is "looked after my mum".
pub fn families(text: &str) -> String {
    let owners = [
        "my", "your", "his", "her", "our", "their", "a", "the", "and", "or", "of", "two", "three", "old", "late",
        "little", "best", "another", "no", "every", "good", "great", "older", "younger", "school", "family",
    ];
    let mut said: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let lower = bare(word).replace("'s", "");
        let before = said.last().map(|word| bare(word)).unwrap_or_default();
        let close = [
            "mum",
            "dad",
            "nan",
            "gran",
            "grandad",
            "grandma",
            "granddad",
            "mam",
            "nana",
            "nanna",
            "grandfather",
            "grandmother",
            "brother",
            "sister",
        ];
        let is_bare = close.contains(&lower.as_str()) && !owners.contains(&before.as_str()) && !before.ends_with("'s");
        said.push(if is_bare { format!("my {}", word.to_lowercase()) } else { word.to_owned() });
    }
    said.join(" ")
}

/// Who is not named before is the employer: "they have been good to my mum" is "you have been good to my mum".
pub fn to_employer(clause: &str) -> String {
    pattern!(OURS = r"^it is (our|my) ");
    let clause = OURS.replace(clause, "you are $1 ");
    let words: Vec<&str> = clause.split(' ').collect();
    let Some(at) = words.iter().position(|word| matches!(bare(word).as_str(), "they" | "them" | "their" | "theirs"))
    else {
        return clause.into_owned();
    };
    let names_many = (0..at).any(|place| {
        let word = bare(words[place]);
        let is_many = word.ends_with('s') && word.len() > 3 && !word.ends_with("ss") && !word.ends_with("was");
        let is_noun = verb::read(&word).is_none()
            || place > 0 && matches!(bare(words[place - 1]).as_str(), "the" | "my" | "your" | "our" | "two" | "all");
        is_many && is_noun
            || matches!(word.as_str(), "people" | "children" | "staff" | "kids" | "team" | "who" | "family")
    });
    if names_many {
        return clause.into_owned();
    }
    let turned = words.iter().map(|word| match bare(word).as_str() {
        "they" | "them" => word.replace("they", "you").replace("them", "you").replace("They", "you"),
        "their" => word.replace("their", "your").replace("Their", "your"),
        "theirs" => word.replace("theirs", "yours"),
        _ => (*word).to_owned(),
    });
    turned.collect::<Vec<_>>().join(" ")
}

/// Whether a word may follow an adjective that describes somebody: "good at", "keen to".
pub fn is_link(word: &str) -> bool {
    ["about", "and", "at", "by", "enough", "for", "in", "of", "on", "that", "to", "with"].contains(&word)
}

/// Whether a text has a verb that its subject can govern.
pub fn has_verb(text: &str) -> bool {
    let count = text.split_whitespace().count();
    let part = text.split(", because").next().unwrap_or(text).split(" because").next().unwrap_or(text);
    part.split_whitespace().enumerate().skip(1).any(|(at, word)| {
        let lower = bare(word);
        // A last word that could be a verb is a noun: "the orange maps".
        if at + 1 == count && !matches!(lower.as_str(), "is" | "are" | "was" | "were") {
            return false;
        }
        matches!(
            lower.as_str(),
            "is" | "are"
                | "was"
                | "were"
                | "am"
                | "has"
                | "have"
                | "had"
                | "do"
                | "does"
                | "did"
                | "can"
                | "could"
                | "will"
                | "would"
                | "should"
        ) || verb::read(&lower).is_some_and(|(form, _)| form != Form::Doing)
            || at > 1 && lower.ends_with("ed") && lower.len() > 5
    })
}

/// Whether a text that begins with a noun goes on with a sure verb: "the yard is shutting".
pub fn has_verb_after_noun(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().map(bare).collect();
    let starts_well = !words[0].ends_with("ing")
        && !words[0].ends_with("ed")
        && words[0].chars().all(|c| c.is_alphabetic() || c == '\'' || c == '-');
    let verb = words.iter().skip(1).take(5).position(|word| {
        matches!(word.as_str(), "is" | "are" | "was" | "were" | "has" | "have" | "had")
            || word.ends_with("ed") && word.len() > 4
            || matches!(
                word.as_str(),
                "taught"
                    | "got"
                    | "gave"
                    | "came"
                    | "made"
                    | "kept"
                    | "brought"
                    | "took"
                    | "sells"
                    | "sell"
                    | "means"
                    | "runs"
            )
    });
    let is_adjective = crate::facts::lexicon::is_role(&words[0]) && words.len() < 4;
    starts_well && verb.is_some() && !is_adjective
}

/// The text with a small first letter, unless its first word is a name or "I".
pub fn lower_start(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default();
    let known = SUBJECTS.has(&bare(first))
        || VERBS.has(&bare(first))
        || KIN.has(&bare(first))
        || matches!(first, "Looking" | "Hoping" | "Been");
    if first == "I" || !known { text.to_owned() } else { crate::facts::spelling::lower_first(text) }
}

/// Whether a clause can stand by itself.
pub fn is_clean(clause: &str) -> bool {
    let words: Vec<String> = clause.split_whitespace().map(bare).collect();
    let dangles = words.first().is_some_and(|first| DANGLING.has(first));
    let ends_open = words.last().is_some_and(|last| {
        matches!(last.as_str(), "and" | "but" | "or" | "the" | "a" | "of" | "to" | "with" | "because" | "my")
    });
    let contracts = clause.contains("n't")
        || clause.contains("'m ")
        || clause.contains("'ve ")
        || clause.contains("'re ")
        || clause.contains("'ll ");
    !dangles && !ends_open && !contracts
}

/// Whether a part of the field is a sentence that was written out, rather than notes.
pub fn is_written(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_small_i = words.iter().any(|word| matches!(*word, "i" | "im" | "ive" | "id" | "u" | "ur"));
    let is_shorthand = words.iter().any(|word| {
        *word != "I" && !word.chars().any(char::is_uppercase) && SHORTHAND.has(&bare(word))
            || word.contains(['&', '/', '=', '+', '@'])
    });
    text.starts_with(char::is_uppercase)
        && (4..45).contains(&words.len())
        && !is_small_i
        && !is_shorthand
        && has_subject(&words)
        && text.matches('(').count() == text.matches(')').count()
}

/// Whether a part of the field was typed as a sentence of prose, however it begins: with a stop behind it, and a verb that
/// no note would have. "Half of the parents I met were told to speak English."
pub fn is_prose(field: &str, sentence: &crate::facts::pieces::Piece) -> bool {
    let text = &sentence.text;
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_closed = field[sentence.span.end..].starts_with('.') || field[..sentence.span.end].ends_with('.');
    let finite = ["is", "are", "was", "were", "had", "has", "have", "did", "kept", "gave", "took", "made", "would"];
    let has_finite = words.iter().skip(2).any(|word| finite.contains(&bare(word).as_str()));
    let first = bare(words.first().copied().unwrap_or_default());
    let lacks_subject = verb::read(&first).is_some() || first.ends_with("ing") || finite.contains(&first.as_str());
    let is_clause =
        ["because", "having", "but", "so", "and", "which", "who", "not", "no", "never"].contains(&first.as_str());
    let is_small = words.iter().any(|word| matches!(*word, "i" | "im" | "ive" | "id" | "u" | "ur"));
    text.starts_with(char::is_uppercase)
        && (6..45).contains(&words.len())
        && is_closed
        && has_finite
        && !lacks_subject
        && !is_clause
        && !is_small
        && !text.contains(['&', '/', '=', '+', '@', ':'])
        && text.matches('(').count() == text.matches(')').count()
}

/// Whether a clause leans on the one before it: without that, "I went there" has no "there".
pub fn leans(clause: &str) -> bool {
    let words: Vec<String> = clause.split_whitespace().map(bare).collect();
    let leaning = ["it", "that", "there", "them", "they", "he", "she", "this", "too", "again", "opposite", "those"];
    points_back(clause) || words.iter().take(12).any(|word| leaning.contains(&word.as_str()) && word != "that")
}

/// Whether a verb stands behind a subject: a pronoun, a determiner with its noun, or a name.
fn has_subject(words: &[&str]) -> bool {
    let first = bare(words[0]);
    let begins = SUBJECTS.has(&first)
        || KIN.has(&first)
        || BEGINNINGS.has(&first)
        || matches!(
            first.as_str(),
            "dr" | "he"
                | "she"
                | "it"
                | "they"
                | "this"
                | "that"
                | "these"
                | "those"
                | "we"
                | "i"
                | "i'd"
                | "i'm"
                | "i've"
                | "it's"
                | "mr"
                | "mrs"
                | "ms"
                | "that's"
                | "you're"
                | "you've"
        );
    let is_name = !crate::facts::spell::is_ordinary(&first)
        && !crate::facts::lexicon::is_doing(&first)
        && verb::read(&first).is_none()
        && words.len() > 5;
    let finite = words.iter().skip(1).any(|word| {
        let lower = bare(word);
        matches!(
            lower.as_str(),
            "is" | "are"
                | "was"
                | "were"
                | "am"
                | "has"
                | "have"
                | "had"
                | "did"
                | "does"
                | "do"
                | "can"
                | "will"
                | "would"
                | "went"
                | "rents"
                | "got"
        ) || verb::read(&lower).is_some_and(|(form, _)| form != Form::Doing)
            || lower.ends_with("ed") && lower.len() > 4
    });
    let contracts = words[0].contains('\'') || words[0].contains('’');
    (begins || is_name) && (finite || contracts)
}

/// Whether a clause speaks of what only the sentence before it names.
pub fn points_back(clause: &str) -> bool {
    // "It is my dream to" points to what follows.
    if AHEAD.is_match(clause) {
        return false;
    }
    let first = clause.split(' ').next().map(bare).unwrap_or_default();
    let words: Vec<String> = clause.split_whitespace().take(4).map(bare).collect();
    matches!(first.as_str(), "that" | "this" | "it" | "they" | "he" | "she" | "those" | "these" | "both" | "which")
        || words.iter().skip(1).any(|word| matches!(word.as_str(), "them"))
}

/// The sentence with a small first letter, unless its first word is a name or "I".
pub fn lower_written(text: &str) -> String {
    let first = text.split_whitespace().next().map(bare).unwrap_or_default();
    let is_plain = SUBJECTS.has(&first) && !matches!(first.as_str(), "i" | "mr" | "mrs" | "ms" | "dr")
        || BEGINNINGS.has(&first)
        || matches!(
            first.as_str(),
            "he" | "it" | "my" | "our" | "she" | "that" | "they" | "this" | "we" | "you" | "your"
        );
    match text.strip_prefix("A ") {
        Some(rest) => format!("a {rest}"),
        None if is_plain => crate::facts::spelling::lower_first(text),
        None => text.to_owned(),
    }
}
