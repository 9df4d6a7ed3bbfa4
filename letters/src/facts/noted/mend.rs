//! Puts small slips of a sentence right, whose sense is plain.

use crate::facts::time::THIS_YEAR;
use crate::facts::verb::{self, Form};
use crate::pattern::pattern;

pattern!(CLOSE_COMMA = r",([[:alpha:]])");
pattern!(SINCE = r"^I am ((?:an? |the |[A-Z])[^,]*?) for ((?:\w+|\d+) (?:and a half )?(?:years?|months?|weeks?)\b)");
pattern!(OVER = r"^I (?:am|have been) (.* from (?:[A-Z][a-z]+ )?(?:19|20)\d\d to (?:[A-Z][a-z]+ )?((?:19|20)\d\d)\b)");
pattern!(SEASON = r"\b(?:at|on) (?:the )?([Ss]pring|[Ss]ummer|[Aa]utumn|[Ww]inter) (?:of )?((?:19|20)\d\d)\b");
pattern!(
    ONE_TO_COME = r"^I have ((?:an? )?(?:Level|NVQ|NVQ Level|AAT Level) \d) and ((?:an? )?(?:Level|NVQ|NVQ Level|AAT Level) \d), finishing (in [A-Z][a-z]+)\b"
);
pattern!(TWO_DEEDS = r"^I ([a-z]+) ([^,]+), ([a-z]+) ([^,]+)$");

/// Beginnings of what a second deed is done to: "used weekly" tells of the first.
const OBJECTS: [&str; 9] = ["a ", "an ", "my ", "new ", "our ", "set ", "the ", "their ", "up "];

/// The sentence with its tense, its seasons and its commas put right: "I am a barista for three years", "I was a picker at
/// Summer 2021", "brows,lashes", "I ran the club, helped set up a book swap".
pub fn mended(line: &str) -> String {
    let text = CLOSE_COMMA.replace_all(line, ", $1");
    let text = SINCE.replace(&text, "I have been $1 for $2");
    let text = OVER.replace(&text, |found: &regex::Captures<'_>| match found[2].parse::<u32>() {
        Ok(year) if year < THIS_YEAR => format!("I was {}", &found[1]),
        _ => found[0].to_owned(),
    });
    let text = SEASON.replace_all(&text, |found: &regex::Captures<'_>| {
        format!("in the {} of {}", found[1].to_lowercase(), &found[2])
    });
    let text = ONE_TO_COME.replace(&text, "I have $1 and finish $2 $3");
    if let Some(found) = TWO_DEEDS.captures(&text) {
        let is_past = |word: &str| verb::form(word) == Some(Form::Past) || word.ends_with("ed");
        let has_object =
            OBJECTS.iter().any(|lead| found[4].starts_with(lead)) || found[4].starts_with(|c: char| c.is_ascii_digit());
        if is_past(&found[1]) && is_past(&found[3]) && has_object && !found[4].contains(" and ") {
            return format!("I {} {} and {} {}", &found[1], &found[2], &found[3], &found[4]);
        }
    }
    text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_slips_are_put_right() {
        for (line, expect) in [
            ("My skills include brows,lashes and nails.", "My skills include brows, lashes and nails."),
            ("I am a barista at a chain for three years.", "I have been a barista at a chain for three years."),
            ("I am a Research Fellow at Hull from 2023 to 2025.", "I was a Research Fellow at Hull from 2023 to 2025."),
            ("I was a fruit picker at Summer 2021.", "I was a fruit picker in the summer of 2021."),
            ("I ran Rhymetime, helped set up a book swap.", "I ran Rhymetime and helped set up a book swap."),
            ("I am looking for work for three months.", "I am looking for work for three months."),
            ("I sold 1,200 tickets.", "I sold 1,200 tickets."),
            ("I have Level 2 and Level 3, finishing in September.", "I have Level 2 and finish Level 3 in September."),
            (
                "I have an HND in Health and Social Care, finishing in June.",
                "I have an HND in Health and Social Care, finishing in June.",
            ),
            ("I built a dashboard, used weekly by the board.", "I built a dashboard, used weekly by the board."),
        ] {
            assert_eq!(mended(line), expect);
        }
    }
}
