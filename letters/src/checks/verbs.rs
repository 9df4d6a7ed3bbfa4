//! The rule about verbs: what follows a verb is of a kind that it takes.

use std::ops::Range;

use super::finding::Finding;
use super::phrase::{Token, tokens};
use super::read_letter::{Passage, ReadLetter};
use super::rule::Rule;
use super::vocabulary::TOOLS;
use crate::pattern::pattern;
use crate::words::list;

list!(TRAITS = "checks/adjectives_of_people");
list!(ONLY_NOUNS = "checks/before_things_only");
list!(NOT_TRAINED = "checks/no_skills");

pub(super) const VERBS_FIT: Rule = Rule {
    name: "VerbsFit",
    words: "A verb has what it takes: one speaks languages and not software, is comfortable with things and not with \
            adjectives, and has been somewhere since a year.",
    look: verbs_fit,
};

pattern!(SPOKEN = r"(?i)\b(?:speak|fluent in)\s+((?:[\w+#&-]+(?:,| and)?\s?){1,6})");
pattern!(
    SINCE = r"(?i)\bI(?:['’]m| am| work| live| study| run| help| volunteer)\b([^.;]{0,90}?)\bsince (?:\w+ )?(?:19|20)\d\d\b"
);
pattern!(PERFECT = r"(?i)\b(?:have|has|['’]ve|been|started|who|where|which)\b");
pattern!(
    BARE_ROLE = r"(?i)\bI(?:['’]m| am| was) (?:currently |now )?(?:assistant|manager|student|supervisor|teacher|nurse|driver|cashier|barista|waiter|waitress|engineer|volunteer|apprentice|intern|cleaner|carer|mechanic|chef|trainee|analyst|developer|receptionist)\b (?:at|in|for|with|on)\b"
);
pattern!(
    WORK_AS = r"(?i)\b(?:work|worked|working) (?:\w+ ){0,4}as (?:assistant|manager|student|supervisor|teacher|nurse|driver|cashier|barista|waiter|waitress|engineer|volunteer|apprentice|intern|cleaner|carer|mechanic|chef|trainee|analyst|developer|receptionist)\b"
);

// What is still to come is not held, and nobody works towards a month.
pattern!(
    NOT_HELD = r"\b(?:hold|have) [^.;,]{0,60}?\b(?:[Cc]ertified [A-Z]\w+|[Ss]at in|[Ii]n [Pp]rogress|[Pp]ending|[Bb]ooked)\b|\bworking towards (?:January|February|March|April|May|June|July|August|September|October|November|December)\b|\b(?:bring|offer|contribute) (?:dealing|working|helping|managing|making|cleaning)\b"
);

fn verbs_fit(letter: &ReadLetter<'_>) -> Option<Finding> {
    let marks = letter.sentences.iter().flat_map(|sentence| in_sentence(sentence)).collect();
    Finding::named("This does not read as English", letter.text, marks)
}

fn in_sentence(sentence: &Passage<'_>) -> Vec<Range<usize>> {
    let text = sentence.text;
    let mut found: Vec<Range<usize>> = Vec::new();
    for spoken in SPOKEN.captures_iter(text) {
        let tool = spoken[1]
            .split(|c: char| ",".contains(c) || c.is_whitespace())
            .any(|word| TOOLS.has(word) && word.chars().count() > 1);
        found.extend(spoken.get(0).filter(|_| tool).map(|whole| whole.range()));
    }
    for since in SINCE.captures_iter(text) {
        found.extend(since.get(0).filter(|_| !PERFECT.is_match(&since[1])).map(|whole| whole.range()));
    }
    found.extend(
        BARE_ROLE
            .find_iter(text)
            .chain(WORK_AS.find_iter(text))
            .chain(NOT_HELD.find_iter(text))
            .map(|found| found.range()),
    );
    found.extend(adjectives_for_things(&tokens(text, 0), text));
    let mut found: Vec<Range<usize>> =
        found.into_iter().map(|range| sentence.at + range.start..sentence.at + range.end).collect();
    found.sort_by_key(|mark| (mark.start, mark.end));
    found
}

/// "I am comfortable with friendly, tills": an entry of the list is an adjective, or names no thing that one can use.
fn adjectives_for_things(words: &[Token], text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for lead in ONLY_NOUNS.iter() {
        let lead: Vec<&str> = lead.split(' ').collect();
        for at in 0..words.len().saturating_sub(lead.len()) {
            if !words[at..at + lead.len()].iter().map(|word| word.lower.as_str()).eq(lead.iter().copied()) {
                continue;
            }
            let from = words[at + lead.len() - 1].range.end;
            let rest = text[from..].split(['.', ';', ':', '!']).next().unwrap_or_default();
            let rest = [", and I", ", but", ", which", ", as I", " as well as", ", because"]
                .iter()
                .fold(rest, |rest, end| rest.split(end).next().unwrap_or(rest));
            if rest.starts_with(',') {
                continue;
            }
            let misfit = rest.split(',').flat_map(|part| part.split(" and ")).map(str::trim).find(|entry| {
                let lower = entry.to_lowercase();
                let begins = |start: &str| {
                    lower.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
                };
                TRAITS.has(&lower) || NOT_TRAINED.iter().any(begins)
            });
            found.extend(misfit.map(|_| words[at].range.start..from + rest.trim_end().len()));
        }
    }
    found
}
