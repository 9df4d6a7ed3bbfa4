//! Puts small slips of a sentence right, whose sense is plain.

use crate::facts::article::with_article;
use crate::facts::spell::{is_employer, is_place};
use crate::facts::time::THIS_YEAR;
use crate::facts::verb::{self, Form};
use crate::pattern::pattern;

pattern!(CLOSE_COMMA = r",([[:alpha:]])");
pattern!(SINCE = r"^I am ((?:an? |the |[A-Z])[^,]*?) for ((?:\w+|\d+) (?:and a half )?(?:years?|months?|weeks?)\b)");
pattern!(OVER = r"^I (?:am|have been) (.* from (?:[A-Z][a-z]+ )?(?:19|20)\d\d to (?:[A-Z][a-z]+ )?((?:19|20)\d\d)\b)");
pattern!(SEASON = r"\b(?:at|on) (?:the )?([Ss]pring|[Ss]ummer|[Aa]utumn|[Ww]inter) (?:of )?((?:19|20)\d\d)\b");
pattern!(
    FIRST_AID = r"^I (have|hold) ((?:[Ee]mergency |[Pp]aediatric |[Mm]ental [Hh]ealth )?)[Ff]irst [Aa]id( at [Ww]ork)?((?: \(\d{4}\))?\.)$"
);
pattern!(
    ONE_TO_COME = r"^I have ((?:an? )?(?:Level|NVQ|NVQ Level|AAT Level) \d) and ((?:an? )?(?:Level|NVQ|NVQ Level|AAT Level) \d), finishing (in [A-Z][a-z]+)\b"
);
// "A QA tester at Minsk", but a student or a lecturer is at a university, and a cashier may be at Iceland.
pattern!(
    AT_PLACE = r"^(I (?:was|am|have been|worked as) an? [^,]*?) at ([A-Z]\w+)(,|\.| for | from | until | since |$)"
);
pattern!(
    AT_UNIVERSITY = r"(?i)student|lectur|research|fellow|professor|teaching|degree|year|graduate|postdoc|doctoral|demonstrator|scholar|tutor|\b(?:BA|BSc|BEng|LLB|LLM|MA|MBA|MEng|MSc|PGCE|PhD)\b"
);
pattern!(TWO_DEEDS = r"^I ([a-z]+) ([^,]+), ([a-z]+) ([^,]+)$");

/// Places that are airports, banks and shops as well.
const NOT_TOWNS: [&str; 7] = ["Gatwick", "Halifax", "Heathrow", "Iceland", "Luton", "Oxford", "Stansted"];
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
    let text = FIRST_AID.replace(&text, |found: &regex::Captures<'_>| {
        let at_work = found.get(3).map_or(String::new(), |at_work| at_work.as_str().to_lowercase());
        let kind = found[2].to_lowercase();
        let named = with_article(&format!("{kind}first aid{at_work} certificate"));
        format!("I {} {named}{}", &found[1], &found[4])
    });
    let text = ONE_TO_COME.replace(&text, "I have $1 and finish $2 $3");
    let text = AT_PLACE.replace(&text, |found: &regex::Captures<'_>| {
        let is_other = is_employer(&found[2]) || NOT_TOWNS.contains(&&found[2]);
        let is_town = is_place(&found[2]) && !is_other && !AT_UNIVERSITY.is_match(&found[1]);
        format!("{} {} {}{}", &found[1], if is_town { "in" } else { "at" }, &found[2], &found[3])
    });
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
            ("I have First Aid.", "I have a first aid certificate."),
            ("I have paediatric first aid (2024).", "I have a paediatric first aid certificate (2024)."),
            ("I have Level 2 and Level 3, finishing in September.", "I have Level 2 and finish Level 3 in September."),
            ("I was a QA tester at Minsk.", "I was a QA tester in Minsk."),
            ("I was a cook at Leeds from 2019 to 2021.", "I was a cook in Leeds from 2019 to 2021."),
            ("I was a cashier at Iceland from 2019.", "I was a cashier at Iceland from 2019."),
            ("I am an undergraduate at Durham.", "I am an undergraduate at Durham."),
            (
                "I have an HND in Health and Social Care, finishing in June.",
                "I have an HND in Health and Social Care, finishing in June.",
            ),
            ("I am a history student at Leeds.", "I am a history student at Leeds."),
            ("I built a dashboard, used weekly by the board.", "I built a dashboard, used weekly by the board."),
        ] {
            assert_eq!(mended(line), expect);
        }
    }
}
