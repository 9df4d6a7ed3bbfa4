//! Publications.

use crate::facts::fact::{Kind, Words};
use crate::pattern::pattern;
use crate::words::list;

list!(JOURNALS = "qualification/journals");

pattern!(LABEL = r"(?i)^(?:papers?|publications?)\s*[:–-]\s*");
pattern!(
    CITED = r"^(?:[A-Z][\w'’-]+(?:,? [A-Z]\.?)?)(?:(?:,| and| &) ([A-Z][\w'’-]+)|,? et al\.?)*\s*\(?((?:19|20)\d\d)\)?,?\s+(.+)$"
);
pattern!(
    COUNTED = r"(?i)^(\w+) (?:peer[ -]reviewed )?(?:publications?|papers?|articles?)(?:,?\s+\(?(\w+) (?:of them )?(?:as )?first author\)?)?$"
);
pattern!(
    IN_REVIEW = r"(?i)^(one|two|three|four|five|\d|a|another|an?other paper)(?: (?:paper|article|more))?s? (?:is |are )?(?:in|under) (review|press|revision|preparation)$"
);
pattern!(ARTICLES = r"(?i)^(articles?|papers?|a paper|an article|chapters?|a chapter) in (.+)$");
pattern!(CONTRACT = r"(?i)^(monograph|book|novel|edited volume) under contract(?: with (.+))?$");

pub(super) fn is_label(text: &str) -> bool {
    LABEL.is_match(text)
}

pub(super) fn is_paper(text: &str) -> bool {
    COUNTED.is_match(text)
        || ARTICLES.is_match(text)
        || CONTRACT.is_match(text)
        || IN_REVIEW.is_match(text)
        || text.contains("et al")
}

/// Reads a publication.
pub(super) fn read(text: &str) -> Option<(Kind, Words)> {
    let text = LABEL.replace(text, "");
    let text = text.trim();
    let paper = |clause: String| Some((Kind::Paper, Words::Clause(clause)));
    if let Some(found) = CITED.captures(text) {
        let with = found.get(1).map_or_else(String::new, |name| format!(" with {}", name.as_str()));
        return paper(format!("I have published a paper{with} in {} ({})", journal(&found[3]), &found[2]));
    }
    if let Some(found) = COUNTED.captures(text) {
        let count = found[1].to_lowercase();
        let noun = if count == "one" || count == "1" || count == "a" { "paper" } else { "papers" };
        let first = found
            .get(2)
            .map_or_else(String::new, |first| format!(", {} of them as first author", number(first.as_str())));
        return paper(format!("I have published {} {noun}{first}", number(&count)));
    }
    if let Some(found) = IN_REVIEW.captures(text) {
        let count = number(&found[1].to_lowercase());
        let (noun, verb) =
            if matches!(count.as_str(), "one" | "a" | "another") { ("paper", "is") } else { ("papers", "are") };
        let place = if found[2].eq_ignore_ascii_case("revision") { "under" } else { "in" };
        return paper(format!("{count} {noun} {verb} {place} {}", found[2].to_lowercase()));
    }
    if let Some(found) = ARTICLES.captures(text) {
        let what = match found[1].to_lowercase().as_str() {
            "paper" | "a paper" => "a paper",
            "article" | "an article" => "an article",
            "chapter" | "a chapter" => "a chapter",
            "papers" => "papers",
            "chapters" => "chapters",
            _ => "articles",
        };
        return paper(format!("I have published {what} in {}", &found[2]));
    }
    let found = CONTRACT.captures(text)?;
    let with = found
        .get(2)
        .map_or_else(String::new, |press| format!(" with {}", press.as_str().replace(" UP", " University Press")));
    paper(format!("I have a {} under contract{with}", found[1].to_lowercase()))
}

fn journal(name: &str) -> String {
    let name = name.trim().trim_end_matches('.');
    JOURNALS.pair_of(&name.to_lowercase()).map_or_else(|| name.to_owned(), str::to_owned)
}

fn number(figure: &str) -> String {
    let words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let value = figure.parse::<usize>().ok().filter(|value| (1..=10).contains(value));
    value.map_or_else(|| figure.to_lowercase(), |value| words[value - 1].to_owned())
}
