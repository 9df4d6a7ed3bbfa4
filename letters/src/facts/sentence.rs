//! Whole sentences in the first person: what was written as English stays as it was written.

use super::fact::{Kind, Why, Words};
use super::screen::screen;
use super::spell::{is_language, put_right};
use super::verb::{self, Form};
use super::verdict::is_denied;
use crate::pattern::pattern;

pattern!(
    SUBJECT = r"^(?:(?:For|In|At|On|During|Since|As|After|Before) [^,;]{3,40},? )?(?:I|My [\w' -]+?) (?:am|is|are|have|can|could|was|were|[a-z]+)\b"
);
pattern!(CONTRACTED = r"(?i)\b(i)['’](m|ve|d|ll)\b");
// What it points back to stands in no sentence of its own.
pattern!(
    POINTS_BACK =
        r"(?i)^(?:it|they|them|this|that|these|those|he|she|both)\b|\b(?:and|which) (?:they|it) (?:is|are|was|were)\b"
);

/// Most words of a sentence that is kept whole.
const WORDS_MAX: usize = 34;

/// Whether a block is a sentence in the first person rather than an entry that begins with "I have".
#[must_use]
pub fn is_sentence(block: &str) -> bool {
    let text = written_out(block);
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_short = words.len() < 4 && !words.iter().any(|word| matches!(*word, "speak" | "drive"));
    if words.len() < 3 || is_short || !SUBJECT.is_match(&text) {
        return false;
    }
    // A list that begins with an "I" is a list: "I can read a level, strong, up at 5".
    if !goes_on(&text) {
        return false;
    }
    if words[0] != "I" && words[0] != "My" {
        return words.len() > 6;
    }
    if words[0] == "My" {
        return words.iter().any(|word| matches!(*word, "is" | "are" | "was" | "has" | "have"));
    }
    match words[1] {
        // "I have strong Excel" is an entry, "I have built" is a sentence.
        "have" => words.len() > 3 && is_participle(words[2]) || words[2] == "been" || words.len() > 8,
        "got" => false,
        "am" | "can" | "was" | "would" | "could" | "did" | "do" | "had" | "will" | "want" | "use" | "know"
        | "speak" | "work" | "drive" => true,
        verb => verb::read(verb).is_some_and(|(form, _)| form != Form::Doing),
    }
}

/// Whether the parts between commas make one sentence: the last goes on with a link or with "I", or itself lists things.
fn goes_on(text: &str) -> bool {
    let parts: Vec<&str> = text.split(", ").collect();
    let Some((last, others)) = parts.split_last().filter(|(_, others)| !others.is_empty()) else { return true };
    let links = [
        "and ",
        "or ",
        "but ",
        "for ",
        "with ",
        "which ",
        "where ",
        "who ",
        "when ",
        "because ",
        "so ",
        "though ",
        "although ",
        "as ",
        "in ",
        "at ",
        "from ",
        "including ",
        "since ",
        "mostly ",
        "all ",
    ];
    let is_linked = |part: &str| links.iter().any(|link| part.starts_with(link)) || part.starts_with("I ");
    is_linked(last)
        || last.contains(" and ")
        || others.iter().skip(1).all(|part| is_linked(part)) && last.split(' ').count() > 5
}

fn is_participle(word: &str) -> bool {
    matches!(
        word,
        "been"
            | "run"
            | "written"
            | "led"
            | "built"
            | "taught"
            | "done"
            | "given"
            | "taken"
            | "driven"
            | "grown"
            | "spoken"
            | "also"
            | "already"
    ) || verb::read(word).is_some_and(|(form, _)| form == Form::Past)
}

/// The sentence without its turn to what the applicant cannot do; `None` when nothing of it can be said.
#[must_use]
pub fn read(block: &str) -> Option<(Kind, Words)> {
    let mut text = written_out(block);
    while is_weak(&text) {
        let at = turns(&text)
            .into_iter()
            .rev()
            .find(|&at| is_weak(&text[at..]) || is_weak(text[at..].trim_start_matches([',', ';', ' '])))?;
        text = text[..at].trim_end_matches([',', ';', ' ']).to_owned();
    }
    let is_cut = text.len() < block.trim().len();
    let text = put_sentence_right(&text);
    if is_cut && text.starts_with("I have ") && text.split_whitespace().count() < 4 {
        return None;
    }
    let words = text.split_whitespace().count();
    let is_whole =
        !text.contains(['=', '?', '"', '|', '<', '>']) && text.matches('(').count() == text.matches(')').count();
    if !(3..=WORDS_MAX).contains(&words) || !is_whole || POINTS_BACK.is_match(&text) {
        return None;
    }
    Some((kind(&text), Words::Clause(text)))
}

fn is_weak(text: &str) -> bool {
    let lower = text.to_lowercase();
    let bare = lower.trim_start_matches([',', ';', ' ']);
    let bare = ["but ", "and ", "though ", "although ", "while ", "however "]
        .iter()
        .find_map(|lead| bare.strip_prefix(lead))
        .unwrap_or(bare);
    pattern!(
        WEAK = r"\b(?:not|never|n't|cannot|nervous|poor|little experience|limited|only (?:used|done|watched|seen)|would need|will need|need to|still learning|get by|read about|no experience|some|basic level|for my own amusement|yet to|working on|lapsed|expired|unfinished|(?:have|had|with) no|want to (?:get|learn|improve)|looking for|getting (?:alright|better|there|ok)|long[- ]term plan)\b|\b(?:which|who|and) (?:he|she|they)\b"
    );
    // "I know when to stop", "not only", "not afraid" are no weaknesses.
    pattern!(
        STRONG = r"\bnot only\b|\bnot (?:afraid|scared|fazed|put off|bothered|shy)\b|\bnever (?:late|missed|been late|lost|rattled)\b|\b(?:some|somebody) (?:of|who|will|else)\b|\bdo not (?:mind|give up|panic)\b|\b(?:will|does) not fit\b|\bnever (?:had|missed) an? (?:accident|day|deadline|complaint)\b"
    );
    let plain = STRONG.replace_all(bare, "");
    WEAK.is_match(&plain) || is_denied(bare) || screen(bare).is_some_and(|why| why != Why::Anybody)
}

/// Where clauses begin that a sentence can lose.
fn turns(text: &str) -> Vec<usize> {
    pattern!(
        TURNS = r", (?:but|though|although|and|while|however)\b| (?:but|though|although) | and (?:can|some|a little|a bit|I)\b|; |, "
    );
    TURNS.find_iter(text).map(|found| found.start()).collect()
}

/// The sentence with its contractions written out.
fn written_out(block: &str) -> String {
    let text = CONTRACTED.replace_all(block.trim(), |found: &regex::Captures| {
        let verb = match found[2].to_lowercase().as_str() {
            "m" => "am",
            "ve" => "have",
            "d" => "would",
            _ => "will",
        };
        format!("I {verb}")
    });
    let text = text
        .replace("don't", "do not")
        .replace("can't", "cannot")
        .replace("haven't", "have not")
        .replace("didn't", "did not");
    match text.strip_prefix("i ") {
        Some(rest) => format!("I {rest}"),
        None => text,
    }
}

/// Names and shorthand are put right; the tense and the order of the words stay.
fn put_sentence_right(text: &str) -> String {
    // What a groundworker reads is no examination.
    let right = put_right(text).replace("read A level", "read a level");
    match right.strip_prefix("My ") {
        Some(rest) => format!("my {rest}"),
        None => right,
    }
}

/// What follows "I am" where an ability is told rather than a trait.
const ABLE: [&str; 11] = [
    "comfortable",
    "confident",
    "used",
    "trained",
    "at",
    "familiar",
    "experienced",
    "skilled",
    "able",
    "teaching",
    "qualified",
];

fn kind(text: &str) -> Kind {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    match words.as_slice() {
        ["i", "am", "fluent" | "bilingual", ..] => Kind::Language,
        ["i", "keep" | "do" | "stay", ..] => Kind::Skill,
        ["i", "am", next, ..] if ABLE.contains(next) => Kind::Skill,
        ["my", name, ..] | [name, "is", ..] if is_language(name) => Kind::Language,
        _ => kind_of(text),
    }
}

/// The kind that the verb of a clause in the first person tells.
#[must_use]
pub fn kind_of(clause: &str) -> Kind {
    let mut words = clause.split_whitespace().skip(1);
    match (words.next().unwrap_or_default(), words.next().unwrap_or_default()) {
        ("know", _) => Kind::Knowledge,
        ("speak", _) => Kind::Language,
        ("live", _) => Kind::Home,
        ("am", "free" | "available") => Kind::Free,
        ("am" | "love" | "like" | "enjoy" | "do" | "stay" | "keep" | "never" | "always", _) => Kind::Trait,
        _ => Kind::Skill,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sentence: &str, expect: Option<&str>) {
        assert!(is_sentence(sentence), "{sentence}");
        let clause = read(sentence).map(|(_, words)| match words {
            Words::Clause(text) => text,
            other => format!("{other:?}"),
        });
        assert_eq!(clause.as_deref(), expect, "{sentence}");
    }

    #[test]
    fn a_sentence_stays_as_it_was_written() {
        check(
            "I use SQL Server, Power BI (DAX), Excel and QGIS every week, and Python with pandas when something will not fit",
            Some(
                "I use SQL Server, Power BI (DAX), Excel and QGIS every week, and Python with Pandas when something will not fit",
            ),
        );
        check(
            "I have written two successful bids, for £1,500 and £8,000",
            Some("I have written two successful bids, for £1,500 and £8,000"),
        );
        check("I've run induction and safeguarding sessions", Some("I have run induction and safeguarding sessions"));
        check("My Spanish is at B2", Some("my Spanish is at B2"));
    }

    #[test]
    fn what_the_applicant_cannot_do_is_cut_off() {
        check("I speak Igbo fluently and can get by in French", Some("I speak Igbo fluently"));
        check("I speak Urdu and some Arabic", Some("I speak Urdu"));
        check("I have managed budgets but never filed a VAT return for a council", Some("I have managed budgets"));
        check(
            "I have run induction sessions, though I am nervous of a microphone",
            Some("I have run induction sessions"),
        );
        check("I have read about Kubernetes but not run it in anger", None);
        check(
            "I use Word, Outlook and Teams, and I would need to be shown Scribe",
            Some("I use Word, Outlook and Teams"),
        );
        check("I do not yet prescribe independently", None);
        check("I am not afraid of heights", Some("I am not afraid of heights"));
    }

    #[test]
    fn entries_are_no_sentences() {
        for entry in ["I have good Excel", "First aid", "typing", "My tools"] {
            assert!(!is_sentence(entry), "{entry}");
        }
    }
}
