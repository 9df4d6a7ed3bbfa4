//! Rules about numbers: the letter has none that the request lacks, and claims none that only the employer gave.
use std::collections::BTreeSet;

use super::claims::is_claimed;
use super::finding::Finding;
use super::read_letter::ReadLetter;
use super::rule::Rule;
use crate::pattern::pattern;
use crate::words::list;

pub(super) const FIGURES: Rule = Rule {
    name: "Figures",
    words: "Every figure of the letter, in digits or in words before a unit, stands in the request.",
    look: figures,
};
pub(super) const ADVERT_FIGURES: Rule = Rule {
    name: "AdvertFigures",
    words: "No figure that only the employer gave is claimed in the first person.",
    look: advert_figures,
};

// Digits with separators, an optional multiplier and an optional unit, as in `200,000`, `4.5`, `200k`, `5+ years`.
pattern!(
    DIGITS = concat!(
        r"(\d+(?:[.,]\d+)*)(?:\s?([kKmMbB])\b)?",
        r"(?:\+?[\s-](?:or more\s|full\s)?(?:years?|months?|weeks?|per\s?cent|percent)\b|\s?%)?",
    )
);

// "2015-19", "2023/4".
pattern!(SPAN = r"\b((?:19|20)\d\d)\s?(?:[-–/]|to)\s?'?(\d\d)\b");
// "12/25", "from 19", "Sept '22", "Oct 22", "due sept 25".
pattern!(
    SHORT_YEAR = r"(?i)(?:\b(?:0?[1-9]|1[0-2])/|\bsince |\bfrom |['’]|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? )([0-3]\d)\b"
);
// "22-23", "17/18".
pattern!(SHORT_SPAN = r"\b([0-3]\d)\s?[-–/]\s?([0-3]\d)\b");
// A class of a degree: "upper second", "second class lower", "2.1".
pattern!(CLASS = r"(?i)\b(?:second class (upper|lower)|(upper|lower) second|2\.([12]))\b");

// Number words. In a letter they count only before a unit: "one of the teams" is no figure.
pattern!(
    WORDS = format!(
        concat!(
            r"(?i)\b({})\b",
            r"(?:[\s-](?:or more\s|full\s)?",
            r"(years?|months?|weeks?|people|colleagues|staff|employees|per\s?cent|percent)\b)?",
        ),
        NUMBERS.pairs().map(|(word, _)| word).collect::<Vec<_>>().join("|")
    )
);

list!(NUMBERS = "checks/numbers");

/// A figure in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Figure<'a> {
    /// As it is written.
    text: &'a str,
    /// Where it begins, in bytes.
    at: usize,
    /// The number, with the multiplier applied.
    value: String,
}

fn figures(letter: &ReadLetter<'_>) -> Option<Finding> {
    let known: BTreeSet<String> =
        given(&letter.applicant_text()).into_iter().chain(given(&letter.job_text())).collect();
    let unknown = claimed(letter.text).into_iter().filter(|figure| !known.contains(&figure.value));
    let marks = unknown.map(|figure| figure.at..figure.at + figure.text.len()).collect();
    Finding::named("Nobody gave these figures", letter.text, marks)
}

fn advert_figures(letter: &ReadLetter<'_>) -> Option<Finding> {
    let own: BTreeSet<String> = given(&letter.applicant_text()).into_iter().collect();
    let wanted: BTreeSet<String> = given(&letter.job_text()).into_iter().collect();
    let mut marks = Vec::new();
    for sentence in &letter.sentences {
        let masked = letter.masked(sentence);
        let foreign = claimed(masked).into_iter().filter(|figure| {
            wanted.contains(&figure.value) && !own.contains(&figure.value) && is_claimed(masked, figure.at)
        });
        marks.extend(foreign.map(|figure| sentence.at + figure.at..sentence.at + figure.at + figure.text.len()));
    }
    Finding::named("Claimed, but only the employer gave it", letter.text, marks)
}

/// Values that a text of the request gives, number words included.
fn given(text: &str) -> Vec<String> {
    let words = WORDS.captures_iter(text).filter_map(|found| value_of_word(&found[1]));
    // Both `200k` and `200` may be quoted.
    let digits = DIGITS.captures_iter(text).flat_map(|found| [plain(&found[1]), value(&found[1], multiplier(&found))]);
    // "2015-19" gives 2019, and "since 19" or "from 6/21" gives the year in full.
    let years = SPAN.captures_iter(text).map(|found| {
        let century = u32::from(found[2] < found[1][2..]) + found[1][..2].parse::<u32>().unwrap_or(20);
        format!("{century}{}", &found[2])
    });
    let short = SHORT_YEAR.captures_iter(text).map(|found| format!("20{}", &found[1]));
    let spans =
        SHORT_SPAN.captures_iter(text).flat_map(|found| [format!("20{}", &found[1]), format!("20{}", &found[2])]);
    let classes = CLASS.captures_iter(text).flat_map(|found| {
        let half = found.iter().skip(1).flatten().next().map_or("", |half| half.as_str()).to_lowercase();
        ["2".to_owned(), if ["upper", "1"].contains(&&*half) { "1" } else { "2" }.to_owned()]
    });
    words.chain(digits).chain(years).chain(short).chain(spans).chain(classes).collect()
}

/// Figures of a letter.
fn claimed(text: &str) -> Vec<Figure<'_>> {
    let digits = DIGITS.captures_iter(text).filter_map(|found| {
        let (whole, multiplier) = (found.get(0)?, multiplier(&found));
        Some(Figure { text: whole.as_str(), at: whole.start(), value: value(&found[1], multiplier) })
    });
    let words = WORDS.captures_iter(text).filter_map(|found| {
        found.get(2)?;
        let whole = found.get(0)?;
        Some(Figure { text: whole.as_str(), at: whole.start(), value: value_of_word(&found[1])? })
    });
    digits.chain(words).collect()
}

fn multiplier<'a>(found: &regex::Captures<'a>) -> Option<&'a str> {
    found.get(2).map(|letter| letter.as_str())
}

fn plain(digits: &str) -> String {
    digits.replace(',', "")
}

fn value(digits: &str, multiplier: Option<&str>) -> String {
    let zeros = match multiplier {
        Some("k" | "K") => 3,
        Some("m" | "M") => 6,
        Some("b" | "B") => 9,
        _ => 0,
    };
    let number = plain(digits);
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    if zeros < fraction.len() {
        return number;
    }
    format!("{whole}{fraction}{}", "0".repeat(zeros - fraction.len()))
}

fn value_of_word(word: &str) -> Option<String> {
    NUMBERS.pair_of(&word.to_ascii_lowercase()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_with_separators_multipliers_and_words() {
        let check = |text: &str, expect: &[&str]| {
            let values: Vec<String> = claimed(text).into_iter().map(|figure| figure.value).collect();
            assert_eq!(values, expect, "{text}");
        };
        check("a budget of $200,000", &["200000"]);
        check("a budget of 200k", &["200000"]);
        check("1.5M users", &["1500000"]);
        check("a 4.5 average", &["4.5"]);
        check("from 2012-2016", &["2012", "2016"]);
        check("four years at one of the teams", &["4"]);
        check("two-year plan, ten people", &["2", "10"]);
        check("4 keys", &["4"]);
    }

    #[test]
    fn years_are_given_in_short_as_well() {
        for (typed, year) in [
            ("22-23", "2022"),
            ("due sept 25", "2025"),
            ("second class upper", "1"),
            ("2.1 (2019)", "1"),
            ("2015-19", "2019"),
            ("1998-02", "2002"),
            ("since 19", "2019"),
            ("sept '22", "2022"),
        ] {
            assert!(given(typed).contains(&year.to_owned()), "{typed}");
        }
    }

    #[test]
    fn figures_are_shown_with_their_unit() {
        let check = |text: &str, expect: &str| assert_eq!(claimed(text)[0].text, expect);
        check("I have 4 years of it", "4 years");
        check("some 5+ years", "5+ years");
        check("over 20 % more", "20 %");
        check("two-year plan", "two-year");
        check("4 keys", "4");
    }
}
