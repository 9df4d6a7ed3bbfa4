//! Times of positions: whether a line has one, and whether it lasts.

use std::ops::Range;

/// Words for a time that has not ended.
const PRESENT: [&str; 9] =
    ["present", "now", "current", "currently", "today", "ongoing", "date", "continuing", "heute"];
/// Words between a year and a word for a time that has not ended.
const BETWEEN: [&str; 7] = ["to", "till", "til", "until", "up", "the", "bis"];
/// Words before a time that has only a beginning.
const SINCE: [&str; 3] = ["since", "from", "seit"];
/// Longest line that gives the time of a position; a longer one tells a story.
const LINE_MAX: usize = 140;
/// A longer line with a full stop is a sentence, and tells a story too.
const SENTENCE_MIN: usize = 60;

/// A time of a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// It lasts.
    Present,
    /// It has ended.
    Past,
}

/// The time that a line gives; `None` when it gives none.
#[must_use]
pub fn time_of(line: &str) -> Option<Time> {
    let length = line.chars().count();
    if line.starts_with("- ") || length > LINE_MAX {
        return None;
    }
    let lower = line.to_lowercase();
    let years = years(&lower);
    let (first, last) = (years.first()?, years.last()?);
    let after = &lower[last.end..];
    let next = after.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty() && !BETWEEN.contains(word));
    let next_is_near = next.is_some_and(|next| after.find(next).is_some_and(|at| at <= 16));
    let is_open = after.trim_end_matches([')', ']', ' ']).trim().chars().all(is_dash) && after.contains(is_dash);
    let says_present = next_is_near && next.is_some_and(|next| PRESENT.contains(&next));
    let ends_so = says_present && next.is_some_and(|next| after.trim_end_matches(['.', ')', ' ']).ends_with(next));
    if line.ends_with('.') && length > SENTENCE_MIN && !ends_so {
        return None;
    }
    let before = lower[..first.start].split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let is_since = years.len() == 1 && before.rev().take(2).any(|word| SINCE.contains(&word));
    Some(if says_present || is_open || is_since { Time::Present } else { Time::Past })
}

/// Whether a line has a time with both its ends, or one that lasts: the time of a position, and not that of a deed.
#[must_use]
pub fn is_span(line: &str) -> bool {
    time_of(line).is_some_and(|time| time == Time::Present || years(&line.to_lowercase()).len() > 1)
}

const fn is_dash(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '−')
}

/// Where years stand, in bytes: those of four digits, and those of two at an end of a time.
fn years(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let begins = (0..bytes.len()).filter(|at| is_digit(*at) && (*at == 0 || !is_digit(*at - 1)));
    let run = |at: usize| at..(at..bytes.len()).find(|end| !is_digit(*end)).unwrap_or(bytes.len());
    let is_year = |run: &Range<usize>| match &text[run.clone()] {
        digits if digits.len() == 4 => digits.starts_with("19") || digits.starts_with("20"),
        digits if digits.len() == 2 => is_short_year(&text[..run.start], &text[run.end..]),
        _ => false,
    };
    begins.map(run).filter(is_year).collect()
}

/// Whether two digits between these texts are a year, as in `09/22 –` and `Sept '21 –`. Without a dash or a word of times
/// beside it, `10/12` is a mark or a share.
fn is_short_year(before: &str, after: &str) -> bool {
    let month = before.strip_suffix('/').and_then(|head| {
        let begin = head.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_month = head[begin.len()..].parse::<u8>().is_ok_and(|month| (1..=12).contains(&month));
        is_month.then(|| begin.trim_end_matches(|c: char| c == '/' || c.is_ascii_digit()))
    });
    let cut_off = before.strip_suffix(['\'', '’', '‘']);
    let named = cut_off.map(|head| head.trim_end().trim_end_matches('.').trim_end_matches(char::is_alphabetic));
    let Some(head) = month.or(named).map(str::trim_end) else { return false };
    let next = after.split_whitespace().next().unwrap_or_default();
    let last = head.split_whitespace().next_back().unwrap_or_default();
    let is_begin = next.starts_with(is_dash) || BETWEEN.contains(&next);
    let is_end = last.ends_with(is_dash) || BETWEEN.contains(&last) || SINCE.contains(&last);
    is_begin || is_end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_last_or_have_ended() {
        let check = |line: &str, time: Option<Time>| assert_eq!(time_of(line), time, "{line}");
        check("Staff Nurse, 2019 – present", Some(Time::Present));
        check("03/2019 - Present | London", Some(Time::Present));
        check("Jan 2019 to date", Some(Time::Present));
        check("Since 2021: tutor", Some(Time::Present));
        check("2021 –", Some(Time::Present));
        check("(June 2020 –)", Some(Time::Present));
        check("2015–2019 Carer", Some(Time::Past));
        check("Intern, Sony, summer 2018", Some(Time::Past));
        check("2018 at a firm that makes present-day music", Some(Time::Past));
        check("- Won a prize in 2019", None);
        check("2019 till date", Some(Time::Present));
        check("2019 until now", Some(Time::Present));
        check("2019 up to present", Some(Time::Present));
        check("Staff Nurse, 09/22 – Present", Some(Time::Present));
        check("Sept '21 – now", Some(Time::Present));
        check("09/21 –", Some(Time::Present));
        check("05/19 – 04/21", Some(Time::Past));
        check("Marked 10/12 in maths", None);
        let long = "Staff Nurse on the surgical ward of St Mary's Hospital in Leeds";
        check(&format!("{long}, March 2019 – present."), Some(Time::Present));
        check(&format!("{long} in 2019."), None);
        check("Zoë, Chloë, Noël, Anaïs, Maëlle: « été » à Évian, 2019.", Some(Time::Past));
        check("Order 20195 shipped", None);
        check("St Mary's Hospital", None);
    }

    #[test]
    fn a_span_has_two_ends_or_lasts() {
        let check = |line: &str, is: bool| assert_eq!(is_span(line), is, "{line}");
        check("Carer, 2015–2019", true);
        check("Carer, 2019 – now", true);
        check("Rust in 2021", false);
    }
}
