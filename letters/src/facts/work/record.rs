//! Reads lines as they stand in a curriculum vitae: "10/2021–present | Shift leader | DHL @ Lutterworth", bullets below.
//! Dates, marks and the order of the parts are put as the reader of work expects them.

use std::ops::Range;

use super::cutting;
use super::dates::{DATE, dates, ranges};
use crate::facts::article::with_article;
use crate::facts::lexicon::{bare, is_role};
use crate::facts::spell::{self, MONTHS};
use crate::facts::spelling::title_case;
use crate::facts::tidy;
use crate::pattern::pattern;
use crate::words::list;

list!(PLACES = "facts/places");
list!(COURSES = "facts/courses");
list!(LABELS = "facts/record_labels");
list!(SHIFTS = "facts/shifts");

pattern!(BULLET = r"^(?:\[[+*-]\]|::|[-–—*•·▪›>~⁃◦●→+]+|o)\s+");
pattern!(WHEN = format!(r"\b(?:since|from) {DATE}(?: to {DATE})?"));
pattern!(LEADING = format!(r"^{DATE}(?:, (?:19|20)\d\d)*(?:\s*:|\s)"));
pattern!(PROMOTED = r"([A-Za-z)])\s*(?:→|->|>>|=>)\s*([A-Za-z])");
pattern!(COUNTY = r"\bCo\. ([A-Z])");
pattern!(AGE = r"(?i) at \d\d$");
pattern!(JOINED = r"\w (?:w/|with|at|for|in|@) ?\w");
pattern!(SPOKEN = r"[.!] (?:I|I've|I’ve|I'm|I’m|My|Currently I|Now I|There I|Here I) [a-z]");
pattern!(STOP = r"([a-z]{2,}|\)|\d\d)(\. |; )");

/// A line of a field.
pub struct Line {
    /// The bytes of the field.
    pub span: Range<usize>,
    /// What they say; another text than was typed where the line is put right.
    pub text: String,
    pub is_typed: bool,
    /// Whether it stands below another: behind a bullet or a space.
    pub is_below: bool,
    /// Where the job that it holds stands among those of the line.
    pub job: cutting::Order,
}

/// The lines of a field.
pub fn lines(field: &str) -> Vec<Line> {
    let mut found: Vec<Line> = Vec::new();
    let mut start = 0;
    // Where every line has a bullet, none stands below another.
    let mut has_head = false;
    for typed in field.split('\n') {
        let span = start..start + typed.len();
        start = span.end + 1;
        let is_marked = typed.starts_with([' ', '\t']) || BULLET.is_match(typed);
        let is_below = has_head && is_marked;
        has_head |= !is_marked;
        let jobs = cutting::jobs(typed).into_iter().flat_map(|job| {
            let order = job.order;
            spoken_apart(typed, job.span).into_iter().map(move |span| cutting::Job { span, order })
        });
        for (at, job) in jobs.enumerate() {
            let cutting::Job { span: job, order } = job;
            let part = &typed[job.clone()];
            let right = right(part);
            let is_typed = right.is_none();
            let span = span.start + job.start..span.start + job.end;
            found.push(Line {
                span,
                text: right.unwrap_or_else(|| part.to_owned()),
                is_typed,
                is_below: is_below && at == 0,
                job: order,
            });
        }
    }
    found
}

/// The parts of a text before and from the first sentence in the first person: what such a sentence says stays there.
fn spoken_apart(line: &str, span: Range<usize>) -> Vec<Range<usize>> {
    match SPOKEN.find(&line[span.clone()]) {
        Some(found) => {
            let at = span.start + found.start() + 1;
            vec![span.start..at, at..span.end]
        }
        None => vec![span],
    }
}

/// The line put right; `None` when it needs nothing.
fn right(typed: &str) -> Option<String> {
    let bare = BULLET.replace(typed.trim(), "").into_owned();
    let lower = bare.to_lowercase();
    let label = LABELS.beginning_of(&lower).map_or(0, str::len);
    let unlabelled = bare.get(label..).unwrap_or(&bare).trim_start_matches([':', ' ', '—', '–']).to_owned();
    let unlabelled = COUNTY
        .replace_all(&unlabelled, "County $1")
        .replace("Univ. of ", "University of ")
        .replace("Univ of ", "University of ")
        .replace("Univ. ", "University of ");
    let dated = ranges(&dates(&unlabelled));
    let has_odd_bullet =
        typed.trim().starts_with(['o', '›', '⁃', '→', '~', '+', ':', '[', '>']) && bare != typed.trim();
    if let Some(line) = record(&dated, dated != unlabelled) {
        return Some(line);
    }
    (label > 0 || unlabelled != bare || dated != unlabelled || has_odd_bullet).then_some(dated)
}

/// A position, its employer, its town and its time in the order in which they are read.
fn record(text: &str, is_dated: bool) -> Option<String> {
    // A service is read with what stands behind it, in the order in which it was typed.
    if super::service::begins(text) || super::placements::begins(text).is_some() {
        return None;
    }
    let (head, tail) = cut(text);
    let (when, rest) = when(&head);
    let is_barred = [" | ", " — ", " -- ", " // ", " :: "].iter().map(|mark| head.matches(mark).count()).max()? > 1;
    if !is_barred && (!is_dated || when.is_none()) || when.as_ref().is_some_and(|when| rest.contains(when.as_str())) {
        return None;
    }
    // Slashes part jobs, of which the first may have the time.
    if WHEN.find_iter(&outside(&head)).count() > 1 || !is_barred && head.contains(" / ") {
        return None;
    }
    let rest = PROMOTED.replace_all(&rest, "$1 then $2").replace(['"', '“', '”'], "").replace(" @ ", ", ");
    let mut parts = parts(&rest);
    // Studies are read in the order in which they were typed.
    if parts.first().is_some_and(|part| super::study::begins(part)) {
        return None;
    }
    parts.retain(|part| part != "same");
    for part in &mut parts {
        if part.to_lowercase().ends_with(" dev") {
            part.push_str("eloper");
        }
    }
    // "Ganger with Hodgson 2009-16" behind another role has its own time.
    let is_own = |part: &String| parts.len() > 1 && JOINED.is_match(part) && names_role(part, true);
    if parts.iter().skip(1).any(is_own) && parts.first().is_some_and(|part| names_role(part, false)) {
        return None;
    }
    let mut roles: Vec<usize> = (0..parts.len()).filter(|at| names_role(&parts[*at], true)).collect();
    if roles.is_empty() {
        roles.extend((0..parts.len()).find(|at| names_role(&parts[*at], false)));
    }
    if roles.len() > 2 || parts.is_empty() {
        return None;
    }
    if let Some(first) = roles.first() {
        let role = parts.remove(*first);
        parts.insert(0, AGE.replace(&role, "").into_owned());
    }
    let has_capitals =
        text.split(' ').any(|word| word.starts_with(char::is_uppercase) && word.len() > 3 && !MONTHS.contains(&word));
    // Only behind a role a word in small letters is surely a name.
    let first = usize::from(!roles.is_empty());
    for (at, part) in parts.iter_mut().enumerate().skip(first).take(3 * first) {
        *part = named(part, has_capitals && at == first && first > 0);
    }
    if let Some(role) = parts.first_mut().filter(|_| !roles.is_empty()) {
        *role = quieted(role);
    }
    match when {
        // The time of an employer without a role stands behind the name.
        Some(when) if roles.is_empty() && !is_course(&parts[0]) => parts[0] = format!("{} {when}", parts[0]),
        Some(when) => parts.insert((first + 1 + usize::from(roles.is_empty())).min(parts.len()), when),
        None => {}
    }
    Some(format!("{}{tail}", parts.join(", ")))
}

/// The first sentence of a line, and the others. What stands behind a role and a semicolon may be its employer.
fn cut(text: &str) -> (String, String) {
    // Between semicolons throughout, as others between commas.
    if text.matches("; ").count() > 1 {
        return (text.replace("; ", ", "), String::new());
    }
    let mut ends = STOP.captures_iter(text).filter(|found| !tidy::is_abbreviation(&found[1]));
    let Some(found) = ends.find_map(|found| found.get(2)) else {
        return (text.to_owned(), String::new());
    };
    let (head, tail) = (&text[..found.start()], &text[found.end()..]);
    let (_, rest) = when(head);
    if WHEN.is_match(tail) {
        return (head.to_owned(), format!("{}{tail}", found.as_str()));
    }
    if found.as_str() == "; " && !names_role(tail, false) && parts(&rest).len() == 1 && tail.split(' ').count() < 7 {
        return (format!("{head}, {tail}"), String::new());
    }
    (head.to_owned(), format!("{}{tail}", found.as_str()))
}

/// The time that a line names at its beginning, at its end or between marks, and the line without it.
fn when(text: &str) -> (Option<String>, String) {
    let found = WHEN.find(&outside(text)).map(|found| (found.range(), found.as_str().to_owned()));
    let leading = || {
        let found = LEADING.find(text)?;
        let date = found.as_str().trim_end_matches([' ', ':']);
        let length = date.len();
        let date = date.replace(", ", " and ");
        let season =
            ["spring", "summer", "autumn", "winter"].iter().any(|season| date.to_lowercase().starts_with(season));
        let when = if season { format!("in the {}", date.replacen(' ', " of ", 1)) } else { format!("in {date}") };
        Some((0..length, when))
    };
    let Some((range, when)) = found.or_else(leading) else { return (None, text.to_owned()) };
    let before = text[..range.start].trim_end_matches([' ', ',', '-', '–', '—', ':', '|', '(', '[', '/']);
    let after = text[range.end..].trim_start_matches([' ', ',', '-', '–', '—', ':', '|', ')', ']', '/']);
    let joint = match () {
        () if before.is_empty() || after.is_empty() => "",
        () if after.starts_with('(') => " ",
        () => ", ",
    };
    (Some(when), format!("{before}{joint}{after}"))
}

/// The text with blanks in the place of what stands in brackets.
fn outside(text: &str) -> String {
    let mut depth = 0_usize;
    let blank = |c: char| {
        depth += usize::from(c == '(');
        let is_within = depth > 0;
        depth -= usize::from(c == ')' && depth > 0);
        if is_within { "_".repeat(c.len_utf8()) } else { c.to_string() }
    };
    text.chars().map(blank).collect()
}

/// The parts of a line between its marks, but not within brackets.
fn parts(text: &str) -> Vec<String> {
    let marks = [" | ", " // ", " :: ", " — ", " – ", " -- ", " - ", " • ", " : ", ": ", ", ", "  "];
    let mut parts = vec![String::new()];
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let rest = &text[at..];
        let mark = marks.iter().find(|mark| depth == 0 && rest.starts_with(**mark));
        if let Some(mark) = mark {
            parts.push(String::new());
            at += mark.len();
            continue;
        }
        let Some(next) = rest.chars().next() else { break };
        depth = match next {
            '(' | '[' => depth + 1,
            ')' | ']' => depth.saturating_sub(1),
            _ => depth,
        };
        if let Some(part) = parts.last_mut() {
            part.push(next);
        }
        at += next.len_utf8();
    }
    let trimmed = parts.iter().map(|part| part.trim().trim_matches([',', '|', '/']).trim().to_owned());
    trimmed.filter(|part| part.chars().any(char::is_alphanumeric)).collect()
}

/// Whether a part of a line is a role, before any place; its last word is the surest sign.
fn names_role(part: &str, is_last: bool) -> bool {
    let right = spell::put_right(part);
    let words: Vec<&str> = right.split_whitespace().collect();
    let end =
        words.iter().position(|word| ["at", "in", "for", "with", "of", "to"].contains(word) || word.starts_with('('));
    let role = &words[..end.unwrap_or(words.len())];
    let is_named = if is_last {
        role.last().is_some_and(|word| is_role(word) || *word == "staff")
    } else {
        role.iter().any(|word| is_role(word))
    };
    is_named && words.len() < 9
}

/// A name that was typed in small letters, where a name is expected. Beside other capitals, small letters describe:
/// "water utility" is "at a water utility".
fn named(part: &str, describes: bool) -> String {
    let words: Vec<&str> = part.split_whitespace().collect();
    let is_small = !part.chars().any(|c| c.is_uppercase() || c.is_ascii_digit() || "()/&@".contains(c));
    if !is_small || words.len() > 3 || words.is_empty() {
        return part.to_owned();
    }
    if words.iter().any(|word| is_role(word)) || SHIFTS.pair_of(&part.to_lowercase()).is_some() {
        return part.to_owned();
    }
    let begins = ["at", "in", "for", "with", "on", "a", "an", "the"].contains(&words[0]);
    if describes
        && !begins
        && !spell::is_place(part)
        && !spell::is_employer(part)
        && PLACES.pair_of(&bare(words[words.len() - 1])).is_none()
    {
        let last = words[words.len() - 1];
        let is_plural = last.ends_with('s') && !last.ends_with("ss");
        return if is_plural { format!("in {part}") } else { format!("at {}", with_article(part)) };
    }
    let is_unknown = |word: &&str| {
        let has_other_sense = word.ends_with("ly") || word.ends_with("ing") || crate::facts::verb::read(word).is_some();
        !spell::is_ordinary(&bare(word)) && !has_other_sense
    };
    if words.len() < 3 && words.iter().all(is_unknown) { title_case(part) } else { part.to_owned() }
}

fn is_course(part: &str) -> bool {
    part.split(' ').next().is_some_and(|word| COURSES.has(&bare(word).replace('.', "")))
}

/// A role without the capitals of a heading: "UNIT LEAD".
fn quieted(role: &str) -> String {
    let quiet = |word: &str| {
        let lower = word.to_lowercase();
        let is_loud = word.len() > 3 && word.chars().all(|c| c.is_uppercase() || !c.is_alphabetic());
        let is_word = lower.contains(['a', 'e', 'i', 'o', 'u']) && !spell::is_name(&bare(&lower));
        if is_loud && is_word { lower } else { word.to_owned() }
    };
    role.split(' ').map(quiet).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_curriculum_vitae_are_put_in_order() {
        for (typed, expect) in [
            (
                "10/2021–present: Warehouse op -> acting TL, DHL Supply Chain @ lutterworth",
                "Warehouse op then acting TL, DHL Supply Chain, since October 2021, Lutterworth",
            ),
            (
                "2018–2021: forklift driver; Wincanton, daventry",
                "forklift driver, Wincanton, from 2018 to 2021, Daventry",
            ),
            (
                "ACCOUNTS ASSISTANT | care group, Kidderminster | 2018–2021",
                "accounts assistant, care group, from 2018 to 2021, Kidderminster",
            ),
            (
                "[2019-11 … present] CNC setter/operator, Hinckley Precision",
                "CNC setter/operator, Hinckley Precision, since November 2019",
            ),
            (
                "2012 – 2015  Carphone Warehouse, harrow – store mgr at 23",
                "store mgr, Carphone Warehouse, from 2012 to 2015, Harrow",
            ),
            ("'19–'22 | Call handler 999 EOC, wakefield", "Call handler 999 EOC, Wakefield, from 2019 to 2022"),
            ("2023- : Associate Lecturer, Open University", "Associate Lecturer, Open University, since 2023"),
            ("Jan 2022 – till date, Staff Nurse, Kottayam", "Staff Nurse, Kottayam, since January 2022"),
            ("07/2020 – present  Key Account Mgr, DS Smith", "Key Account Mgr, DS Smith, since July 2020"),
            ("2022.03 — …  web dev, Bold Otter", "web developer, Bold Otter, since March 2022"),
        ] {
            assert_eq!(right(typed).as_deref(), Some(expect), "{typed}");
        }
        for typed in ["barista at Costa, 2 years", "I have been a nurse since 2019. I like it", "cook / cleaner"] {
            assert!(right(typed).is_none_or(|text| text == typed), "{typed}: {:?}", right(typed));
        }
    }
}
