//! Parts a line where another job begins: "receptionist at a dental practice 2008-2015, before that Boots".

use std::ops::Range;

use super::position;
use crate::facts::spell::put_right;
use crate::facts::time;
use crate::facts::verb::{self, Form};
use crate::pattern::pattern;

// Words that put one job before or after another.
pattern!(
    ORDER = r"(?i)(?:^|[\s,;.–-])(?P<mark>(?:and |but )?(?:before (?:that|this|it|then)|prior to (?:that|this|it)|after that|after this|afterwards|followed by|previously|beforehand),?)(?:[\s,;.:]|$)"
);
// Words that may join two jobs, or two nouns of one.
pattern!(
    JOINT = r"(?i)(?P<mark>,? (?:and then|then|and|plus|&|\+)|,|;|\.|/) (?P<next>(?:then (?:as )?(?:a |an )?|plus |and |also )?)"
);
pattern!(AGENCY = r"^[a-z -]+ (?:with|through|via|for) (?:an |the )?agency$");
pattern!(AGE = r"(?i)[ ,](?:from|at|aged?) (?:the age of |age )?1[3-9]$");

/// A part of a line that begins a job of its own.
pub struct Job {
    pub span: Range<usize>,
    pub order: Order,
}

/// Where a job stands among those of its line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    First,
    Next,
    /// It was before what stands before it, as the line says.
    Before,
}

/// The jobs of a line.
pub fn jobs(line: &str) -> Vec<Job> {
    let mut found = Vec::new();
    for (part, is_before) in ordered(line) {
        let spans = joined(line, part);
        for span in spans {
            let order = match () {
                () if is_before => Order::Before,
                () if found.is_empty() => Order::First,
                () => Order::Next,
            };
            found.push(Job { span, order });
        }
    }
    found
}

fn ordered(line: &str) -> Vec<(Range<usize>, bool)> {
    let mut found = Vec::new();
    let (mut start, mut is_before) = (0, false);
    let says_before = |mark: &str| {
        ["before", "prior", "previous"].iter().any(|word| mark.to_lowercase().contains(word)) && !mark.contains("then")
    };
    for mark in ORDER.captures_iter(line).filter_map(|found| found.name("mark")) {
        if is_within_brackets(line, mark.start()) {
            continue;
        }
        found.push((start..mark.start(), is_before));
        start = mark.end();
        is_before = says_before(mark.as_str());
    }
    found.push((start..line.len(), is_before));
    found.retain(|(part, _)| line[part.clone()].chars().any(char::is_alphanumeric));
    if found.is_empty() { vec![(0..line.len(), false)] } else { found }
}

/// The parts of a text that "then", "and" or a plus joins where what stands before is a whole job, with its place or its
/// time, and what follows is one as well.
fn joined(line: &str, span: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = span.start;
    let text = &line[..span.end];
    let mut at = span.start;
    while let Some(joint) = JOINT.captures_at(text, at) {
        let (Some(mark), Some(next)) = (joint.name("mark"), joint.name("next")) else { break };
        at = mark.end();
        let word = mark.as_str().trim_start_matches(',').trim();
        let joins = match word {
            "," | ";" | "." | "/" => next.as_str().trim(),
            word => word,
        };
        if joins.is_empty() || is_within_brackets(line, mark.start()) {
            continue;
        }
        let behind = if matches!(word, "," | ";" | "." | "/") { next.end() } else { mark.end() };
        if begins_job(&text[start..mark.start()], text[behind..].trim_start(), &joins.to_lowercase()) {
            found.push(start..mark.start());
            start = behind;
        }
    }
    found.push(start..span.end);
    found
}

/// Whether what follows such a word is a job of its own.
fn begins_job(before: &str, behind: &str, joint: &str) -> bool {
    let last = before.rsplit([';', '.', ':']).next().unwrap_or(before);
    let head = behind.split([',', ';', '(']).next().unwrap_or(behind);
    let head = put_right(head.trim_end_matches(['.', ' ']));
    let is_deed = verb::read(&head).is_some();
    if joint == "+" && verb::read(&head).is_some_and(|(form, _)| form != Form::Past) && is_whole(last) {
        return true;
    }
    // "Waitress at The Bell and silver service with an agency".
    if AGENCY.is_match(&head) && is_whole(last) {
        return true;
    }
    if !is_whole(last) || is_deed {
        return false;
    }
    let (bare, when) = time::find(&head).map_or((head.clone(), false), |(_, rest)| (rest, true));
    let role = position::read(bare.trim_start_matches("a ").trim_start_matches("an "));
    // "A carer for three years and a teaching assistant for two".
    let is_short = |place: &str| {
        place.strip_prefix("for ").is_some_and(|rest| {
            ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"].contains(&rest)
        })
    };
    if role.as_ref().is_some_and(|read| is_short(&read.place)) {
        return false;
    }
    let named = ["at ", "with ", "for "].iter().find_map(|lead| bare.strip_prefix(lead)).unwrap_or(&bare);
    let is_named = head.starts_with(char::is_uppercase)
        || named.starts_with(char::is_uppercase) && when
        || bare.split(' ').next().is_some_and(is_loud);
    let has_own = role.as_ref().is_some_and(|read| when || !read.place.is_empty() || bare.contains(" of "));
    match joint {
        // "Legal secretary 1998-2009 then childcare".
        "then" | "and then" if ends_with_time(last) && role.is_none() => true,
        "then" | "and then" => has_own && (when || !read_place(role.as_ref()).is_empty()) || when && is_named,
        // "Nursery nurse at Busy Bees 2015-18 and Bright Horizons 2018-21".
        _ if ends_with_time(last) && when && is_named && role.is_none() => true,
        _ => has_own || behind.contains(',') && role.is_some_and(|read| !read.place.is_empty()),
    }
}

fn read_place(role: Option<&position::Read>) -> &str {
    role.map_or("", |read| &read.place)
}

fn ends_with_time(text: &str) -> bool {
    let right = put_right(text.trim());
    time::find(&right).is_some_and(|(_, rest)| right.starts_with(&rest))
        || text.trim_end().ends_with(|c: char| c.is_ascii_digit())
}

fn is_loud(word: &str) -> bool {
    word.len() > 1 && word.chars().all(char::is_uppercase)
}

/// Whether a text holds a job with its place or its time.
fn is_whole(text: &str) -> bool {
    let right = put_right(text);
    let (rest, has_time) = time::find(&right).map_or((right.clone(), false), |(_, rest)| (rest, true));
    let has_date =
        text.split(|c: char| !c.is_ascii_digit()).any(|part| part.len() == 4 && part.starts_with(['1', '2']));
    let (outer, _) = super::marks::brackets(&rest);
    let parts: Vec<&str> = outer.split(", ").map(str::trim).filter(|part| !part.is_empty()).collect();
    let mut roles = parts.iter().filter_map(|part| position::read(without_age(part)));
    let named = ["at ", "with ", "for "].iter().find_map(|lead| outer.strip_prefix(lead)).unwrap_or(&outer);
    let Some(role) = roles.next() else { return has_time && named.starts_with(char::is_uppercase) };
    has_time || has_date || !role.place.is_empty() || parts.len() > 1
}

/// "Kitchen porter from 16": an age, or half a year.
pub fn without_age(text: &str) -> &str {
    AGE.find(text).map_or(text, |found| text[..found.start()].trim_end())
}

fn is_within_brackets(text: &str, at: usize) -> bool {
    let count = |mark: char| text[..at].matches(mark).count();
    count('(') > count(')')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_where_another_job_begins() {
        let cut = |line: &str| jobs(line).into_iter().map(|part| line[part.span].trim().to_owned()).collect::<Vec<_>>();
        for (line, expect) in [
            (
                "Receptionist at Denton Dental Practice 2008-2015, before that Boots, tills",
                &["Receptionist at Denton Dental Practice 2008-2015,", "Boots, tills"][..],
            ),
            (
                "HCA at Sunnybank care home 2020-2022; nursery assistant before that",
                &["HCA at Sunnybank care home 2020-2022; nursery assistant"],
            ),
            (
                "bricklayer from 16, ganger w/ Hodgson Brickwork 2009-16, then NHBC snagging 2016-20",
                &["bricklayer from 16, ganger w/ Hodgson Brickwork 2009-16", "NHBC snagging 2016-20"],
            ),
            (
                "army 1998-2012, driver. after that Tesco home delivery",
                &["army 1998-2012, driver.", "Tesco home delivery"],
            ),
            ("cashier at Tesco 2 years then barista at Costa", &["cashier at Tesco 2 years", "barista at Costa"]),
            (
                "volunteer guide at Port Sunlight and treasurer of Wirral History Society",
                &["volunteer guide at Port Sunlight", "treasurer of Wirral History Society"],
            ),
            (
                "waitress at The Bell in Aston Clinton and silver service w/ agency",
                &["waitress at The Bell in Aston Clinton", "silver service w/ agency"],
            ),
            (
                "Sales adviser, JD Sports (pt) + run insta for the netball club",
                &["Sales adviser, JD Sports (pt)", "run insta for the netball club"],
            ),
        ] {
            assert_eq!(cut(line), expect, "{line}");
        }
        for line in [
            "Audit senior then manager at Mazars, Birmingham, 2008-2016",
            "Pharmacist in Homs and then Beirut, 8 yrs",
            "cook and cleaner at a care home",
            "assistant to the director and manager",
        ] {
            assert_eq!(cut(line), [line], "{line}");
        }
    }
}
