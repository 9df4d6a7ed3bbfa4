//! Turns the marks that people invent between the entries of a list into one that every reader of a field knows.

use super::tidy::is_abbreviation;
use crate::pattern::pattern;

// Two colons, two slashes, ticks, and stars or tildes that stand alone.
pattern!(MARKS = r"::+|//+|\.\.+|[✔✓☑✅►▸➤→]|(?m:^|\s)[*~](?:\s)|>>+");
pattern!(COLONS = r"(?m)(?:^|\s):(?:\s|$)");
pattern!(DASHES = r"\s[-–—]\s");
pattern!(STOPS = r"\b([a-z][a-z']+)\.\s+\w");
// "Drama (A). I took", "C#. For": what ends a sentence though no word stands before its stop.
pattern!(CLOSED = r"[)#+%\d]\.\s+[A-Z]|\d\.\s+[a-z]");
pattern!(ASKED = r"(?i)\?\s+(?:no|nope|yes|not yet|never)\b");
pattern!(NUMBERED = r"(?m)^\s*(?:\(?[a-h1-9]\)|[1-9]\.)\s");

/// How often a colon or dash has to stand between spaces for it to be the mark of a list.
const LISTED_MIN: usize = 2;

/// Shortened words whose stop ends no sentence.
const SHORTENED: [&str; 12] = ["approx", "eg", "etc", "exp", "ie", "inc", "incl", "max", "min", "mod", "perf", "reg"];

/// The field with a semicolon wherever an odd mark parts its entries. No byte moves, so places stay the same.
#[must_use]
pub fn listed(field: &str) -> String {
    let mut text = field.to_owned();
    for found in NUMBERED.find_iter(field).chain(MARKS.find_iter(field)) {
        // "https://" is no list.
        if !(found.as_str().starts_with('/') && field[..found.start()].ends_with(':')) {
            part(&mut text, found.start(), found.as_str());
        }
    }
    if COLONS.find_iter(field).count() >= LISTED_MIN {
        COLONS.find_iter(field).for_each(|found| part(&mut text, found.start(), found.as_str()));
    }
    let has_other_marks = text.contains([';', '\n', ',', '|', '•', '·', '▪', '●']);
    if !has_other_marks && DASHES.find_iter(field).count() > LISTED_MIN {
        DASHES.find_iter(field).for_each(|found| part(&mut text, found.start(), found.as_str()));
    }
    for found in CLOSED.find_iter(field) {
        text.replace_range(found.start() + 1..found.start() + 2, ";");
    }
    // "D1? no" denies what "D1- no" denies.
    for found in ASKED.find_iter(field) {
        text.replace_range(found.start()..=found.start(), "-");
    }
    // Who types in small letters ends sentences before small letters: "btec. gcse x6".
    for found in STOPS.captures_iter(field) {
        let Some(word) = found.get(1) else { continue };
        let next = field[word.end() + 1..].trim_start();
        let goes_on = ["in ", "of ", "for "].iter().any(|lead| next.starts_with(lead));
        // "dip. social work" begins an entry, "btec dip. gcse" ends one.
        let begins =
            field[..word.start()].trim_end().is_empty() || field[..word.start()].trim_end().ends_with([',', ';', '\n']);
        let is_short = is_abbreviation(word.as_str()) && (begins || !matches!(word.as_str(), "cert" | "dip"));
        let is_number = word.as_str() == "no" && next.starts_with(|c: char| c.is_ascii_digit());
        if !(is_short || goes_on || is_number || SHORTENED.contains(&word.as_str())) {
            text.replace_range(word.end()..=word.end(), ";");
        }
    }
    text
}

/// Writes a semicolon, and spaces up to the length of the mark, over a mark.
fn part(text: &mut String, at: usize, mark: &str) {
    text.replace_range(at..at + mark.len(), &format!(";{}", " ".repeat(mark.len() - 1)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_marks_between_entries_become_semicolons() {
        let check = |field: &str, expect: &str| {
            let text = listed(field);
            assert_eq!(text.len(), field.len(), "{field}");
            assert_eq!(text.split_whitespace().collect::<Vec<_>>().join(" ").replace(" ;", ";"), expect, "{field}");
        };
        check("SAP :: JPA :: e-tendering", "SAP; JPA; e-tendering");
        check("Maths 5 // English 4", "Maths 5; English 4");
        check("CostX ~ Bluebeam ~ Excel", "CostX; Bluebeam; Excel");
        check("* rotas * VAT prep", "; rotas; VAT prep");
        check("EXACT? no : typing : Polish", "EXACT- no; typing; Polish");
        check("RHS Level 2 - two yrs - PA1 useful - licence", "RHS Level 2; two yrs; PA1 useful; licence");
        check("btec ps. gcse x6. 1st aid in date", "btec ps; gcse x6. 1st aid in date");
        check("(a) PhD in history\n(b) publications", "; PhD in history ; publications".replace(" ;", ";").as_str());
        check("HCPC by start ✔\nC1 ✔", "HCPC by start; C1;");
    }

    #[test]
    fn marks_within_words_and_prose_stay() {
        for field in
            ["https://github.com/ann", "Team: four people", "a well-known firm - in Leeds", "Inc. sales", "St. Mary's"]
        {
            assert_eq!(listed(field), field);
        }
    }
}
