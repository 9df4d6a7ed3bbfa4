//! The top of a CV: the name, and what belongs to the person and not to a letter.

use super::dates;
use super::headings::Kind;
use super::line::Line;

/// A paragraph is longer, a line below the name shorter.
const PARAGRAPH_MIN: usize = 60;
/// Names that documents give themselves.
const TITLES: [&str; 6] = ["curriculum vitae", "cv", "resume", "résumé", "lebenslauf", "curriculum"];
/// Words in front of what belongs to the person.
const LABELS: [&str; 26] = [
    "address",
    "email",
    "e-mail",
    "mail",
    "phone",
    "telephone",
    "tel",
    "mobile",
    "cell",
    "fax",
    "linkedin",
    "github",
    "website",
    "web",
    "date of birth",
    "born",
    "birth date",
    "place of birth",
    "nationality",
    "citizenship",
    "gender",
    "sex",
    "marital status",
    "age",
    "contact",
    "skype",
];
/// Words in front of a number that is called, where no colon stands behind them.
const PHONES: [&str; 11] = ["tel", "telephone", "phone", "ph", "mobile", "mob", "cell", "fax", "t", "m", "p"];
/// Words of streets.
const STREETS: [&str; 18] = [
    "street",
    "st",
    "road",
    "rd",
    "avenue",
    "ave",
    "lane",
    "drive",
    "close",
    "court",
    "place",
    "square",
    "way",
    "flat",
    "apartment",
    "apt",
    "strasse",
    "straße",
];
/// Hosts on which people have pages.
const HOSTS: [&str; 8] = ["linkedin.", "github.", "gitlab.", "twitter.", "orcid.", "behance.", "xing.", "www."];

/// The name, the other lines with what they are, and whether something that belongs to the person was left out.
#[must_use]
pub fn read(top: &[Line]) -> (String, Vec<(Kind, Vec<Line>)>, bool) {
    let mut name = String::new();
    let (mut summary, mut other) = (Vec::new(), Vec::new());
    let mut has_contact = false;
    for line in top {
        let text = line.text.as_str();
        if TITLES.contains(&text.to_lowercase().as_str()) {
            continue;
        }
        let (first, rest) = text.split_once(" | ").unwrap_or((text, ""));
        if name.is_empty() && is_name(first) && (rest.is_empty() || is_contact(rest)) {
            name = in_small_letters(without_title(first));
            has_contact |= !rest.is_empty();
        } else if is_contact(text) {
            has_contact = true;
        } else if text.chars().count() >= PARAGRAPH_MIN || !summary.is_empty() {
            summary.push(line.clone());
        } else {
            other.push(line.clone());
        }
    }
    (name, vec![(Kind::Summary, summary), (Kind::Other, other)], has_contact)
}

/// Whether most of a line is an address, a number, a page of somebody, or a date of birth.
#[must_use]
pub fn is_contact(line: &str) -> bool {
    let parts: Vec<_> = parts(line).collect();
    let has_address = |part: &str| part.contains('@') && part.split_whitespace().count() <= 10;
    let contacts = parts.iter().filter(|part| is_reachable(part) || is_place(part) || has_address(part)).count();
    contacts > 0 && contacts * 2 >= parts.len()
}

/// Whether a line below the top says nothing but where somebody is reached.
#[must_use]
pub fn is_only_contact(line: &str) -> bool {
    parts(line).count() > 0 && parts(line).all(is_reachable)
}

fn parts(line: &str) -> impl Iterator<Item = &str> {
    line.split(['|', '•', '·']).map(str::trim).filter(|part| !part.is_empty())
}

fn is_reachable(part: &str) -> bool {
    let lower = part.to_lowercase();
    let is_labelled = lower.split_once(':').is_some_and(|(label, _)| LABELS.contains(&label.trim()));
    let is_page = HOSTS.iter().any(|host| lower.contains(host)) || lower.contains("://");
    let is_address = lower.split_whitespace().any(|word| word.contains('@') && word.contains('.'));
    is_labelled || lower.split_whitespace().count() <= 4 && (is_page || is_address) || is_phone(part)
}

/// A street with its number, or a town with its code.
fn is_place(part: &str) -> bool {
    let lower = part.to_lowercase();
    let words: Vec<_> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_street = lower.starts_with(|c: char| c.is_numeric()) && words.iter().any(|word| STREETS.contains(word));
    words.len() <= 8 && (is_street || is_postcode(part))
}

/// Seven digits or more, and little else. What begins with other words than those of phones is the number of something,
/// such as of a register, and belongs to the CV.
fn is_phone(text: &str) -> bool {
    let (label, number) = text.split_once(' ').unwrap_or(("", text));
    let label = label.trim_end_matches(['.', ':']).to_lowercase();
    let number = if PHONES.contains(&label.as_str()) { number } else { text };
    let begins_so = number.trim_start_matches(['+', '(', ' ']).starts_with(|c: char| c.is_ascii_digit());
    if !begins_so || is_time(number) {
        return false;
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let is_year = |run: &&str| run.len() == 4 && (run.starts_with("19") || run.starts_with("20"));
    let has_years = text.split(|c: char| !c.is_ascii_digit()).filter(is_year).count() >= 2;
    digits >= 7 && letters <= 8 && !has_years
}

/// Whether it is a time of a position. A group of digits may look like a year, but a time has marks or words too.
fn is_time(text: &str) -> bool {
    let has_more = text.contains(|c: char| c.is_alphabetic() || "/.-–—".contains(c));
    has_more && !text.starts_with('+') && dates::time_of(text).is_some()
}

/// A line that ends in a British postcode, or in one of five digits.
fn is_postcode(text: &str) -> bool {
    let words: Vec<_> = text.split_whitespace().collect();
    let [.., before, last] = words.as_slice() else { return false };
    let is_inward = |word: &str| {
        let letters = word.chars().skip(1).all(|c| c.is_ascii_uppercase());
        word.len() == 3 && word.starts_with(|c: char| c.is_ascii_digit()) && letters
    };
    let is_outward = |word: &str| {
        (2..=4).contains(&word.len())
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.contains(|c: char| c.is_ascii_digit())
    };
    let is_five = |word: &str| word.len() == 5 && word.chars().all(|c| c.is_ascii_digit());
    is_inward(last) && is_outward(before) || is_five(last) && words.len() <= 5
}

/// Two to five words with capitals, and nothing that no name has.
fn is_name(text: &str) -> bool {
    let text = without_title(text);
    let words: Vec<_> = text.split_whitespace().collect();
    let is_small = |word: &str| {
        ["de", "da", "di", "van", "von", "der", "den", "la", "le", "bin", "al", "el", "dos"].contains(&word)
    };
    let fits = |word: &&str| {
        word.chars().all(|c| c.is_alphabetic() || "'’-.`".contains(c))
            && (is_small(word) || !word.starts_with(char::is_lowercase))
    };
    (2..=5).contains(&words.len()) && text.chars().count() <= 50 && words.iter().all(fits)
}

/// Without a degree behind it or a title before it.
fn without_title(text: &str) -> &str {
    let text = text.split(',').next().unwrap_or(text).trim();
    let text = text.strip_prefix("Name:").or_else(|| text.strip_prefix("Name")).unwrap_or(text).trim();
    ["Mr ", "Mrs ", "Ms ", "Miss ", "Mr. ", "Mrs. ", "Ms. "]
        .iter()
        .find_map(|title| text.strip_prefix(title))
        .unwrap_or(text)
}

/// `JANE DOE` is Jane Doe.
fn in_small_letters(name: &str) -> String {
    if name.chars().any(char::is_lowercase) {
        return name.to_owned();
    }
    let mut begins = true;
    let small = |c: char| {
        let small = if begins { c.to_string() } else { c.to_lowercase().to_string() };
        begins = !c.is_alphabetic();
        small
    };
    name.chars().map(small).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_phones_are_contacts_and_times_and_registers_are_not() {
        let check = |line: &str, is_only: bool| assert_eq!(is_only_contact(line), is_only, "{line}");
        check("+44 7700 900123", true);
        check("(020) 7946 0123", true);
        check("020 2012 4455", true);
        check("Tel. 0113 496 0000", true);
        check("Phone: 020 7946 0123 | jane@example.org", true);
        check("01.09.2019 – present", false);
        check("01/09/2021 - now", false);
        check("12/2019 – 04/21", false);
        check("05/19 – 04/21, 2 years", false);
        check("GMC 7654321", false);
    }

    #[test]
    fn a_time_at_the_top_is_no_contact() {
        assert!(is_contact("12 Elm Street, Leeds"));
        assert!(!is_contact("Staff Nurse | 01.09.2019 – present"));
    }
}
