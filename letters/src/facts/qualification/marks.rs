//! Grades, years and dates beside a qualification, and the capitals of its subject.

use crate::facts::spelling::upper_first;
use crate::pattern::pattern;
use crate::words::list;

list!(SUBJECTS = "qualification/subjects");

pattern!(
    YEAR = r"\b(?:(?:January|February|March|April|May|June|July|August|September|October|November|December) )?(?:19[5-9]\d|20[0-4]\d)\b"
);
pattern!(
    GRADE = concat!(
        r"(?i)\b(?:second[ -]class,? (?:honours,? )?(?:upper|lower)(?: division)?|(?:upper|lower) (?:second|2nd)(?:[ -]class)?(?: honours)?|(?:first|second|third)[ -]class(?: honours)?|first class hons",
        r"|2[:.][12]|2-[12]\b|\bfirst\b|1st\b|3rd\b|(?:pass(?:ed)? )?(?:with )?(?:an? )?(?:distinction\*?|merit|commendation)\b|summa cum laude|magna cum laude|cum laude|2H[12]\b|with honours|\d\.\d$",
        r"|\d{2,3}/110(?: cum laude)?|\b1[0-9](?:[.,]\d+)?/20\b|\d\.\d+\s?(?:/\s?\d(?:\.\d+)?)?\s?(?:cgpa|gpa)|(?:cgpa|gpa)\s?(?:of\s)?\d\.\d+(?:\s?/\s?\d(?:\.\d+)?)?|\d\.\d+/\d\.\d+",
        r"|(?:[DMP]\*?){2,3}\b|D\*D?D?M?\*?)\*?",
    )
);
pattern!(RESULTS = r"(?i)\(((?:(?:distinction\*?|merit|pass)(?:, ?|/| and | )?){2,4})\)");
pattern!(
    ONLY_MARK = r"(?i)^(?:\(?(?:pass|passed|credit|distinction\*?|merit|high merit|commendation|hons|honours|grade [a-z0-9*]+|[A-E]\*?|average \d+\s?%)\)?)$"
);

/// A grade and a year, and what remains.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// "with distinction": goes on the sentence.
    pub with: Option<String>,
    /// "2:1", "2025": stand in brackets.
    pub brackets: Vec<String>,
}

impl Marks {
    /// Takes the grade and the year out of a text.
    pub fn take(text: &str) -> (Self, String) {
        let mut marks = Self::default();
        let mut rest = text.to_owned();
        // "(Merit, Merit, Pass)" is one result of several units.
        if let Some(found) = RESULTS.captures(text) {
            marks.brackets.push(found[1].to_owned());
            let whole = found.get(0).map_or(0..0, |all| all.range());
            rest.replace_range(whole, " ");
            if let Some(found) = YEAR.find(&rest.clone()) {
                marks.brackets.push(found.as_str().to_owned());
                rest.replace_range(found.range(), " ");
            }
            return (marks, tidied(&rest));
        }
        let is_grade = |found: &regex::Match| !text[found.end()..].to_lowercase().trim_start().starts_with("aid");
        if let Some(found) = GRADE.find_iter(text).find(is_grade) {
            let grade = grade(found.as_str());
            match grade.as_str() {
                "distinction" | "merit" | "commendation" | "distinction*" => marks.with = Some(format!("with {grade}")),
                _ => marks.brackets.push(grade),
            }
            rest.replace_range(found.range(), " ");
        }
        if let Some(found) = YEAR.find(&rest.clone()) {
            marks.brackets.push(found.as_str().to_owned());
            rest.replace_range(found.range(), " ");
        }
        (marks, tidied(&rest))
    }

    /// What stands behind the qualification, in one pair of brackets with a detail of it.
    pub fn behind(&self, detail: Option<&str>) -> String {
        let brackets = detail.into_iter().map(str::to_owned).chain(self.brackets.clone()).collect();
        Self { with: self.with.clone(), brackets }.text()
    }

    /// What stands behind the qualification, with a space before it.
    pub fn text(&self) -> String {
        let with = self.with.as_ref().map_or_else(String::new, |with| format!(" {with}"));
        if self.brackets.is_empty() { with } else { format!("{with} ({})", self.brackets.join(", ")) }
    }
}

/// A grade as a letter spells it.
fn grade(typed: &str) -> String {
    let lower = typed.to_lowercase();
    if let Some(word) = ["distinction", "merit", "commendation"].into_iter().find(|word| lower.contains(word)) {
        return word.to_owned();
    }
    match lower.as_str() {
        "2.1" | "2-1" | "2:1" => "2:1".to_owned(),
        "2.2" | "2-2" | "2:2" => "2:2".to_owned(),
        "1st"
        | "first"
        | "first class"
        | "first-class"
        | "first class hons"
        | "first class honours"
        | "first-class honours" => "First".to_owned(),
        "3rd" | "third class" | "third-class" => "Third".to_owned(),
        _ if lower.contains("upper") => "2:1".to_owned(),
        _ if lower.contains("lower") => "2:2".to_owned(),
        "distinction" | "distinction*" | "merit" | "commendation" | "cum laude" | "summa cum laude"
        | "magna cum laude" => lower,
        _ => typed.to_uppercase().replace("CUM LAUDE", "cum laude"),
    }
}

/// The text without empty brackets and marks that stand alone.
pub(super) fn tidied(text: &str) -> String {
    let mut rest = text.replace("()", " ").replace("( )", " ");
    rest = rest.split_whitespace().collect::<Vec<_>>().join(" ");
    for (from, to) in [
        ("( ", "("),
        (" )", ")"),
        ("(, ", "("),
        (", )", ")"),
        (",)", ")"),
        ("(,", "("),
        ("()", ""),
        (" ,", ","),
        (",,", ","),
    ] {
        rest = rest.replace(from, to);
    }
    let rest = rest.trim_matches([' ', ',', '-', '–', ':', ';', '.']).trim_end_matches(['(', ' ']);
    let end = [" in", " from", " since", " on", " dated"].iter().find_map(|end| rest.strip_suffix(end));
    end.unwrap_or(rest).to_owned()
}

/// Whether an entry is nothing but a grade or a year.
pub(super) fn is_mark(entry: &str) -> bool {
    let (_, rest) = Marks::take(entry);
    rest.trim_matches(['(', ')', ' ']).is_empty() || ONLY_MARK.is_match(entry)
}

/// A subject with the capitals of a title, its shortened words written out.
pub(super) fn subject_case(subject: &str) -> String {
    let words: Vec<&str> = subject.split_whitespace().collect();
    let mut titled = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let known = (1..=3).rev().filter(|length| at + length <= words.len()).find_map(|length| {
            let key = words[at..at + length].join(" ").to_lowercase();
            SUBJECTS.pair_of(key.trim_end_matches('.')).map(|subject| (length, subject.to_owned()))
        });
        let (length, word) = known.unwrap_or_else(|| (1, title_word(words[at], at == 0)));
        titled.push(word);
        at += length;
    }
    titled.join(" ")
}

fn title_word(word: &str, is_first: bool) -> String {
    let small = ["and", "of", "in", "for", "the", "to", "with", "at", "a", "an", "on", "by", "or"];
    if !is_first && small.contains(&word) || word.chars().any(char::is_uppercase) {
        return word.to_owned();
    }
    match word.strip_prefix('(') {
        Some(rest) => format!("({}", upper_first(rest)),
        None => upper_first(word),
    }
}

/// A date with its preposition: "in July", "on 12 April", "in 2027".
#[must_use]
pub(super) fn when(date: &str) -> String {
    let date = date.trim().trim_end_matches(['.', ')']);
    let first = date.split_whitespace().next().unwrap_or_default().to_lowercase();
    let has_preposition = [
        "in", "on", "at", "by", "this", "next", "from", "for", "until", "soon", "shortly", "early", "late", "tomorrow",
        "the",
    ];
    match first.as_str() {
        "christmas" | "easter" => format!("at {date}"),
        "summer" | "spring" | "autumn" | "winter" if date.split(' ').count() == 1 => format!("in the {date}"),
        "the" | "early" | "late" | "mid" => format!("in {date}"),
        _ if has_preposition.contains(&first.as_str()) => date.to_owned(),
        _ if first.chars().all(|c| c.is_ascii_digit()) && first.len() < 3 && !first.is_empty() => format!("on {date}"),
        _ if first.ends_with("day") => format!("on {date}"),
        _ => format!("in {date}"),
    }
}
