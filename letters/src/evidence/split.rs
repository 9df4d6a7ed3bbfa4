//! Takes the preferred qualifications apart into single requirements.

use std::ops::Range;

use super::degrees::SCHOOL_SUBJECTS;
use crate::facts::listed::listed;
use crate::facts::tidy::is_abbreviation;
use crate::pattern::pattern;
use crate::words::list;

pattern!(WISHED = r"(?i)\s*\((?:desirable|d|preferred|optional|ideally|nice to have)\)");
pattern!(
    LABELS = r"(?im)(?:^|[;\n])\s*((?:languages?|technical|behaviours?|skills?|qualifications?|knowledge|experience|personal|other):)"
);
list!(JOINED = "evidence/joined");
list!(SHARED_HEADS = "evidence/shared_heads");

/// One thing that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// As it was typed; the words that several items share are repeated in each.
    pub text: String,
    /// The bytes of the field.
    pub span: Range<usize>,
}

/// The single requirements of a field.
#[must_use]
pub fn items(field: &str) -> Vec<Item> {
    let field = &headless(&wished(&listed(field)));
    let has_slashes = field.matches(" / ").count() > 1 && !field.contains([';', '\n', '|']);
    let segments = cut(field, 0..field.len(), |at, mark| match mark {
        '\n' | '\r' | ';' | '|' | '•' | '·' | '▪' | '●' => true,
        '.' if is_letter_alone(field, at) => true,
        '.' | '!' | '?' => ends_sentence(field, at),
        '/' => has_slashes && field[..at].ends_with(' ') && field[at + 1..].starts_with(' '),
        _ => false,
    });
    let is_list_of_segments = segments.len() > 1;
    segments.into_iter().flat_map(|segment| in_segment(field, &segment, is_list_of_segments)).collect()
}

/// Whether a stop ends an entry of a single capital: "R. Publication record" asks for R.
fn is_letter_alone(field: &str, at: usize) -> bool {
    let before = &field[..at];
    let next = field[at + 1..].trim_start();
    let is_single = before
        .strip_suffix(char::is_uppercase)
        .is_some_and(|lead| lead.trim_end_matches(' ').ends_with(['.', ';', ',', '\n']));
    is_single && next.starts_with(char::is_uppercase)
}

/// "(desirable)" and "(D)" behind an entry as a word that the frames know, in the same number of bytes.
fn wished(field: &str) -> String {
    let mut text = field.to_owned();
    for found in WISHED.captures_iter(field) {
        let Some(all) = found.get(0) else { continue };
        let length = all.len();
        let word = if length < 6 { " plus" } else { " desirable" };
        if word.len() <= length {
            text.replace_range(all.range(), &format!("{word}{}", " ".repeat(length - word.len())));
        }
    }
    text
}

/// The field without labels that only name what follows: "Languages: Urdu", "Technical: ability to".
fn headless(field: &str) -> String {
    let mut text = field.to_owned();
    for found in LABELS.captures_iter(field) {
        if let Some(label) = found.get(1) {
            text.replace_range(label.range(), &" ".repeat(label.len()));
        }
    }
    text
}

fn in_segment(field: &str, segment: &Range<usize>, others: bool) -> Vec<Item> {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let parts = cut(field, segment.clone(), |at, mark| {
        mark == ',' && !(digit(field[..at].chars().next_back()) && digit(field[at + 1..].chars().next()))
    });
    let text = |span: &Range<usize>| field[span.clone()].to_owned();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return Vec::new() };
    let whole = Item { text: text(&(first.start..last.end)), span: first.start..last.end };
    if parts.len() > 1 && is_one(&parts.iter().map(text).collect::<Vec<_>>()) {
        return vec![whole];
    }
    let shared = if others && parts.len() > 1 { shared_lead(&text(first), &text(last)) } else { None };
    let mut found = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let bare = text(part);
        let bare = bare.strip_prefix("and ").or_else(|| bare.strip_prefix("& ")).unwrap_or(&bare);
        for piece in between_ands(bare) {
            let lead =
                shared.as_deref().filter(|_| number > 0 || !piece.starts_with(bare.split(' ').next().unwrap_or("")));
            let text =
                lead.filter(|lead| !piece.starts_with(*lead)).map_or(piece.clone(), |lead| format!("{lead} {piece}"));
            found.push(Item { text, span: part.clone() });
        }
    }
    found
}

/// Whether parts between commas are one requirement: alternatives of one thing ("a degree in chemistry, physics or
/// materials"), or subjects of school results.
fn is_one(parts: &[String]) -> bool {
    let lower: Vec<String> = parts.iter().map(|part| part.to_ascii_lowercase()).collect();
    let (first, rest) = (&lower[0], &lower[1..]);
    let short = rest.iter().all(|part| part.split_whitespace().count() <= 6);
    let last = rest.last().map_or("", String::as_str);
    let ends_in_or = last.starts_with("or ") || last.contains(" or ");
    let has_lead = [" in ", " of ", " with ", " as "].iter().any(|word| first.contains(word));
    let is_subject = |part: &String| {
        part.split_whitespace().all(|word| {
            let word = word.trim_end_matches('+');
            SCHOOL_SUBJECTS.pair_of(word).is_some()
                || word.len() == 1 && word.starts_with(|c: char| c.is_ascii_digit() || ('a'..='e').contains(&c))
                || ["and", "or", "including", "with", "at", "grade", "grades", "above", "higher", "better"]
                    .contains(&word)
        })
    };
    // "A degree in physics, engineering or similar" has one way out for all of its subjects.
    let is_subject_list =
        ["degree in", "degree or ", "2:1 in", "2:2 in", "phd in", "msc in", "bsc in", "degree (", "completion) in"]
            .iter()
            .any(|lead| first.contains(lead));
    let has_way_out = !is_subject_list
        && ["or working", "or willing", "or equivalent", "or similar"].iter().any(|out| last.contains(out));
    let is_plain = rest.iter().rev().skip(1).all(|part| !part.contains(['/']) && !part.contains(" or "));
    let are_names = parts.len() > 1 && parts.iter().all(|part| is_body_name(part));
    ends_in_or && are_names
        || ends_in_or && has_lead && short && is_plain && !has_way_out && parts.len() < 5
        || first.contains("gcse") && rest.iter().all(is_subject)
}

/// Whether a part is the short name of a body, perhaps with how one stands to it: "Part-qualified or qualified ACA", "ACCA
/// or CIIA".
fn is_body_name(part: &str) -> bool {
    let is_name = |word: &str| word.chars().filter(|c| c.is_uppercase()).count() > 1;
    part.split_whitespace().all(|word| {
        is_name(word)
            || ["or", "and", "qualified", "part-qualified", "chartered", "registered"]
                .contains(&word.to_lowercase().as_str())
    }) && part.split_whitespace().any(is_name)
}

/// The words that a list shares: "clinical placements in" of "clinical placements in MSK, respiratory and neuro".
fn shared_lead(first: &str, last: &str) -> Option<String> {
    let has_and = last.starts_with("and ") || last.contains(" and ");
    let words: Vec<&str> = first.split(' ').collect();
    let at = words.iter().position(|word| matches!(*word, "in" | "of" | "with"))?;
    (has_and && at > 0 && last.split_whitespace().count() <= 5).then(|| words[..=at].join(" "))
}

/// The parts of a text between "and"s that separate things.
fn between_ands(text: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    let whole = || vec![text.trim().to_owned()];
    if lower.len() != text.len() || ["gcse", " between ", "both "].iter().any(|word| lower.contains(word)) {
        return whole();
    }
    // "A degree in maths and physics" is one thing, "a degree and two years of work" is not.
    let ands: &[&str] = if lower.contains("degree") {
        &[
            " and at least ",
            " and experience ",
            " and two years",
            " and three years",
            " and four years",
            " and five years",
        ]
    } else {
        &[" and ", " & ", " + ", " plus ", " as well as "]
    };
    let found = ands.iter().flat_map(|and| {
        let end = |at: usize| if lower.contains("degree") { at + " and ".len() } else { at + and.len() };
        lower.match_indices(and).map(|(at, _)| (at, end(at))).collect::<Vec<_>>()
    });
    let Some((at, end)) = found.min() else { return whole() };
    let last = lower[..at].rsplit(' ').next().unwrap_or_default();
    let next = lower[end..].split(' ').next().unwrap_or_default();
    if JOINED.has(&format!("{last} and {next}")) {
        return whole();
    }
    let (left, right) = (text[..at].trim(), text[end..].trim());
    let mut parts = between_ands(right);
    let (left_words, right_words) = (left.split(' ').count(), right.split(' ').count());
    let head = right.rsplit(' ').next().unwrap_or_default();
    if left_words == 1 && right_words > 1 && SHARED_HEADS.has(&head.to_ascii_lowercase()) {
        parts.insert(0, format!("{left} {head}"));
        return parts;
    }
    if lower.starts_with("own ") && left_words == 2 && !parts[0].starts_with("own ") {
        parts[0] = format!("own {}", parts[0]);
    }
    // "Experience of assessments and court work": both follow "experience of".
    let words: Vec<&str> = left.split(' ').collect();
    let lead = words.iter().take(4).position(|word| matches!(*word, "of" | "in" | "with" | "as"));
    let frames = words.first().is_some_and(|first| {
        ["experience", "knowledge", "understanding", "interest", "awareness"]
            .contains(&first.to_ascii_lowercase().as_str())
    });
    if let Some(lead) = lead.filter(|_| frames) {
        let lead = words[..=lead].join(" ");
        for part in &mut parts {
            // "Experience in metagenomics and in field work".
            let link = lead.rsplit(' ').next().unwrap_or_default();
            let bare = part.strip_prefix(link).and_then(|rest| rest.strip_prefix(' ')).unwrap_or(part);
            *part = format!("{lead} {bare}");
        }
    }
    parts.insert(0, left.to_owned());
    parts
}

/// The spans between marks outside brackets, without bullets, spaces and stops at their ends.
pub fn cut(field: &str, span: Range<usize>, parts: impl Fn(usize, char) -> bool) -> Vec<Range<usize>> {
    let (mut found, mut start, mut depth) = (Vec::new(), span.start, 0_usize);
    for (offset, mark) in field[span.clone()].char_indices() {
        let at = span.start + offset;
        match mark {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '\n' => depth = 0,
            _ => {}
        }
        if depth == 0 && parts(at, mark) {
            found.extend(trimmed(field, start..at));
            start = at + mark.len_utf8();
        }
    }
    found.extend(trimmed(field, start..span.end));
    found
}

fn trimmed(field: &str, span: Range<usize>) -> Option<Range<usize>> {
    let text = &field[span.clone()];
    let opens = |c: char| !c.is_alphanumeric() && !"(£$“\"".contains(c);
    let start = span.start + (text.len() - text.trim_start_matches(opens).len());
    let closes = |c: char| c.is_whitespace() || ".,;:!?-–—*•".contains(c);
    let end = span.start + text.trim_end_matches(closes).len();
    (start < end).then_some(start..end)
}

/// Whether the stop at `at` ends a sentence.
pub fn ends_sentence(text: &str, at: usize) -> bool {
    let (before, after) = (&text[..at], &text[at + 1..]);
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let next = after.trim_start().chars().next();
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    after.starts_with(char::is_whitespace)
        && next.is_some_and(|c| c.is_alphanumeric() || c == '"' || c == '“')
        && !is_initial
        && !word.contains('.')
        && !is_abbreviation(word)
        && !["equiv", "min", "max", "incl", "inc", "eg", "reg", "approx"].contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: &str, expect: &[&str]) {
        let found: Vec<String> = items(field).into_iter().map(|item| item.text).collect();
        assert_eq!(found, expect, "{field}");
    }

    #[test]
    fn a_field_is_taken_apart_into_single_requirements() {
        check(
            "NMC registered, wound care, full driving licence",
            &["NMC registered", "wound care", "full driving licence"],
        );
        check("3 yrs CDP or above, ordering & stock", &["3 yrs CDP or above", "ordering", "stock"]);
        check(
            "must have NVQ2 in health and social care\nenhanced DBS",
            &["must have NVQ2 in health and social care", "enhanced DBS"],
        );
        check("drivers hours / tacho knowledge", &["drivers hours / tacho knowledge"]);
        check("QTS. Experience of teaching Year 5 or 6. Good.", &["QTS", "Experience of teaching Year 5 or 6", "Good"]);
        check("• SIA licence\n• CCTV (e.g. Avigilon, HikVision)", &["SIA licence", "CCTV (e.g. Avigilon, HikVision)"]);
    }

    #[test]
    fn alternatives_and_school_subjects_stay_together() {
        check(
            "Degree in chemistry, physics or materials. French",
            &["Degree in chemistry, physics or materials", "French"],
        );
        check(
            "GCSEs 4+ in maths, English, science. Basic tools.",
            &["GCSEs 4+ in maths, English, science", "Basic tools"],
        );
        check("GCSE English and maths at 4", &["GCSE English and maths at 4"]);
        check(
            "GCSE Maths, English and Science at grade 4 or above",
            &["GCSE Maths, English and Science at grade 4 or above"],
        );
        check("degree in maths, SolidWorks, FEA", &["degree in maths", "SolidWorks", "FEA"]);
    }

    #[test]
    fn shared_words_are_repeated() {
        check("budget and supplier management", &["budget management", "supplier management"]);
        check("experience in soils and in field work", &["experience in soils", "experience in field work"]);
        check("experience of assessments and court work", &["experience of assessments", "experience of court work"]);
        check(
            "HCPC\nclinical placements in MSK, respiratory and neuro",
            &[
                "HCPC",
                "clinical placements in MSK",
                "clinical placements in respiratory",
                "clinical placements in neuro",
            ],
        );
    }
}
