//! Compares A levels with those that are asked for.

use super::numbers::COUNTS;
use super::requirement::Degree;
use super::terms::{contains, terms};
use crate::facts::fact::{Fact, Kind};
use crate::pattern::pattern;

/// More A levels than anybody is asked for: a greater number means something else.
const A_LEVELS_MAX: usize = 6;

pattern!(RUN = r"(?:^|[^\w*])((?:[A-E]\*?){2,4})(?:$|[^\w*])");
pattern!(SINGLE = r"(?:^|[^\w*])([A-E]\*?)(?:$|[^\w*])");
pattern!(NAME = r"(?i)\ba[ -]?(?:level|lvl)s?\b");

/// How many A levels are asked for, and the grades, the best first, from 6 for A* to 1 for E.
struct Asked {
    count: usize,
    grades: Vec<u32>,
}

/// Whether a requirement is for a number of A levels or for their grades.
#[must_use]
pub fn asks(raw: &str) -> bool {
    asked(raw).is_some()
}

fn asked(raw: &str) -> Option<Asked> {
    let name = NAME.find(raw)?;
    let before = raw[..name.start()].trim().rsplit(' ').next().unwrap_or_default().to_ascii_lowercase();
    let count = before.parse().ok().or_else(|| COUNTS.pair_of(&before).filter(|_| before.len() > 2)?.parse().ok());
    let count = count.filter(|count| *count <= A_LEVELS_MAX);
    let mut grades = grades(raw);
    let count = count.unwrap_or(grades.len());
    // "At grade C or higher" holds for each.
    if let [grade] = grades[..] {
        grades = vec![grade; count];
    }
    (count > 0).then_some(Asked { count, grades })
}

/// The grades of A levels in a text, the best first.
fn grades(text: &str) -> Vec<u32> {
    let bare = NAME.replace_all(text, " ").replace(['(', ')', ',', ':', ';'], " ").replace(' ', "  ");
    let pattern = if RUN.is_match(&bare) { &RUN } else { &SINGLE };
    let mut found: Vec<u32> = Vec::new();
    for captures in pattern.captures_iter(&bare) {
        for mark in captures[1].chars() {
            match (mark, found.last_mut()) {
                ('*', Some(last)) => *last = 6,
                (mark, _) => found.push(u32::from(b'F') - u32::from(mark)),
            }
        }
    }
    found.sort_by_key(|grade| std::cmp::Reverse(*grade));
    found
}

/// The facts that answer a requirement for A levels; those that are still to come, or only predicted, are in progress.
#[must_use]
pub fn a_levels(raw: &str, facts: &[Fact]) -> Vec<(Degree, usize)> {
    let Some(asked) = asked(raw) else { return Vec::new() };
    let needs_maths = raw.to_ascii_lowercase().contains("math");
    let own = facts.iter().enumerate().filter(|(_, fact)| {
        let is_kind = matches!(fact.kind, Kind::Grade | Kind::Award | Kind::Study | Kind::Due);
        is_kind && contains(&terms(&fact.text), &["alevel".to_owned()])
    });
    let found = own.filter_map(|(at, fact)| {
        let lower = fact.text.to_ascii_lowercase();
        let is_coming = matches!(fact.kind, Kind::Study | Kind::Due)
            || ["predicted", "expected", "sitting", "in june", "in summer"].iter().any(|word| lower.contains(word));
        let held = grades(&fact.text);
        let is_enough = held.len() >= asked.count && asked.grades.iter().zip(&held).all(|(asked, held)| held >= asked);
        let degree = if is_coming { Degree::InProgress } else { Degree::Met };
        let fits = is_enough || held.is_empty() && (is_coming || asked.grades.is_empty());
        (fits && (!needs_maths || lower.contains("math"))).then_some((degree, at))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_of_a_levels_are_read() {
        assert_eq!(grades("A levels BBB"), [4, 4, 4]);
        assert_eq!(grades("A-levels: Maths A*, Further Maths A, Economics A"), [6, 5, 5]);
        assert_eq!(grades("A levels: History, English Lit, French (A*AA)"), [6, 5, 5]);
        assert_eq!(grades("three A levels including maths at grade C"), [3]);
        assert!(asks("three A levels including maths at grade C or higher") && asks("A levels BBB or equivalent"));
        assert!(!asks("A level PE") && !asks("good A levels"));
    }

    #[test]
    fn a_number_that_no_school_knows_is_no_count() {
        for count in ["7", "200000000", "18446744073709551615", "99999999999999999999"] {
            let asked = asked(&format!("{count} A levels at grade C")).expect("the grade is asked for");
            assert_eq!((asked.count, asked.grades), (1, vec![3]), "{count}");
        }
    }
}
