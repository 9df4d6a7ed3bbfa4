//! Cuts a text into words as they are compared: letters and digits apart, in lower case, without accents.

use std::ops::Range;

use crate::words::list;

list!(MONTHS = "noted/months");
list!(DATE_LEADS = "noted/date_leads");

/// A word or a number of a text.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// Its bytes.
    pub span: Range<usize>,
    /// In lower case, with a straight apostrophe.
    pub key: String,
    /// Whether it is written as a name is: with a capital in a text that has others without.
    pub is_name: bool,
    /// Whether it is a number that may count a month or a year: "9/22", "'19", "since 21".
    pub is_date: bool,
}

/// Most letters of an abbreviation: longer words in capitals are shouted.
const SHORT_MAX: usize = 5;
/// Endings of ordinals.
const ORDINALS: [&str; 4] = ["st", "nd", "rd", "th"];
/// Marks beside the numbers of a date.
const DATE_MARKS: [char; 7] = ['/', '-', '–', '\'', '’', '.', '—'];

/// The words and numbers of a text: "2yrs" are two, "1st", "1,400" and "4k" are one.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut rest = 0;
    while let Some(at) = text[rest..].find(char::is_alphanumeric).map(|at| rest + at) {
        let length =
            if text[at..].starts_with(|c: char| c.is_ascii_digit()) { number(&text[at..]) } else { word(&text[at..]) };
        rest = at + length;
        found.push(Token {
            span: at..rest,
            key: compared(&text[at..rest]),
            is_name: is_name(text, at),
            is_date: false,
        });
    }
    for at in 0..found.len() {
        found[at].is_date = is_date(text, &found, at);
    }
    found
}

/// Whether the word at `at` has a capital, and does not only begin a line or a note; "ACLS" is one wherever it stands.
fn is_name(text: &str, at: usize) -> bool {
    let begins = |before: &str| {
        before.trim_end_matches([' ', '-', '•', '*']).ends_with(['\n', '.', ';']) || before.trim().is_empty()
    };
    let capitals = text[at..].chars().take_while(|c| c.is_alphanumeric()).take_while(|c| !c.is_lowercase()).count();
    let length = text[at..].chars().take_while(|c| c.is_alphanumeric()).count();
    let is_short_for = (2..=SHORT_MAX).contains(&length) && capitals == length;
    text[at..].starts_with(char::is_uppercase)
        && (is_short_for || !begins(&text[..at]))
        && text.contains(char::is_lowercase)
}

/// Bytes of the number that a text begins with.
fn number(text: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut length = digits(text);
    while length <= 3 && text[length..].starts_with(',') && digits(&text[length + 1..]) == 3
        || length > 3
            && text[length..].starts_with(',')
            && digits(&text[length + 1..]) == 3
            && text[..length].contains(',')
    {
        length += 4;
    }
    let behind: String = text[length..].chars().take_while(|c| c.is_alphabetic()).collect();
    let ends = behind.eq_ignore_ascii_case("k") || ORDINALS.contains(&behind.to_lowercase().as_str());
    length + if ends { behind.len() } else { 0 }
}

/// Bytes of the word that a text begins with.
fn word(text: &str) -> usize {
    let is_letter = |c: char| c.is_alphanumeric() && !c.is_ascii_digit();
    let is_inside = |c: char| is_letter(c) || matches!(c, '\'' | '’' | '&' | '+' | '#');
    let end = text.find(|c| !is_inside(c)).unwrap_or(text.len());
    text[..end].trim_end_matches(|c| !is_letter(c)).len()
}

/// A word or number as it is compared.
fn compared(raw: &str) -> String {
    if raw.starts_with(|c: char| c.is_ascii_digit()) {
        let plain: String = raw.chars().filter(|c| *c != ',').flat_map(char::to_lowercase).collect();
        return plain.strip_suffix('k').map_or(plain.clone(), |thousands| format!("{thousands}000"));
    }
    let key = key(raw);
    key.strip_suffix("'s").map_or(key.clone(), str::to_owned)
}

/// A word in lower case, without accents.
pub fn key(word: &str) -> String {
    word.chars().flat_map(char::to_lowercase).map(plain).collect()
}

/// Whether a number stands as months and years do.
fn is_date(text: &str, tokens: &[Token], at: usize) -> bool {
    let Token { span, key, .. } = &tokens[at];
    if key.len() > 2 || !key.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let before = at.checked_sub(1).map(|before| &tokens[before].key);
    let is_led = before.is_some_and(|before| {
        DATE_LEADS.has(before)
            || MONTHS.pairs().any(|(month, _)| before.len() > 2 && month.starts_with(before.as_str()))
    });
    // "2018 - 22", "21 – now".
    let dash = |c: char| ['-', '–', '—', '→'].contains(&c);
    let is_parted = key.len() == 2
        && (text[..span.start].trim_end().ends_with(dash) || text[span.end..].trim_start().starts_with(dash));
    is_led || is_parted || text[..span.start].ends_with(DATE_MARKS) || text[span.end..].starts_with(DATE_MARKS)
}

/// A letter without its accent.
fn plain(letter: char) -> char {
    match letter {
        '’' => '\'',
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ś' | 'š' | 'ș' | 'ş' => 's',
        'ț' | 'ţ' => 't',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_apart() {
        let keys = |text: &str| tokens(text).into_iter().map(|word| word.key).collect::<Vec<_>>();
        assert_eq!(keys("2yrs HCA @ St Luke’s, C++/R&D"), ["2", "yrs", "hca", "st", "luke", "c", "r&d"]);
        assert_eq!(
            keys("NVQ3 '19-21, 1st, 1,400 and 4k, 2019,300"),
            ["nvq", "3", "19", "21", "1st", "1400", "and", "4000", "2019", "300"]
        );
        assert_eq!(keys("naïve Café 👍 ½ ﬁ"), ["naive", "cafe", "½", "ﬁ"]);
    }

    #[test]
    fn dates_are_told_by_what_stands_beside_them() {
        let dates =
            |text: &str| tokens(text).into_iter().filter(|word| word.is_date).map(|word| word.key).collect::<Vec<_>>();
        assert_eq!(dates("since 21, 9/22, '19, 18 hrs a week, 3 yrs, sept 24"), ["21", "9", "22", "19", "24"]);
    }
}
