//! Cuts the lines of a CV into sections, by its headings.

use std::collections::BTreeMap;

use super::dates::{self, Time};
use super::header;
use super::headings::{self, Kind};
use super::line::{Line, with_their_marks};

/// A CV, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cv {
    /// The applicant's name; empty when it was not found.
    pub name: String,
    /// What it says, in its order.
    pub sections: Vec<Section>,
    /// Whether addresses or people to ask were left out.
    pub has_contact: bool,
}

/// A part of a CV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading, as it is written there.
    pub heading: String,
    /// What it is about.
    pub kind: Kind,
    /// Its text.
    pub text: String,
}

/// Lines of a position above the line with its time, at most.
const ABOVE_MAX: usize = 3;
/// A line that is longer ends at the margin, and the next one may go on with it.
const MARGIN_MIN: usize = 45;
/// A heading that is not known has the look of known ones; where most lines look like that, it says nothing.
const STYLED_MAX: usize = 4;

/// The sections of these lines.
#[must_use]
pub fn cut(lines: &[Line]) -> Cv {
    let lines = with_their_marks(lines);
    let lines: Vec<Line> = lines.iter().filter_map(Line::tidied).filter(|line| !is_page_number(&line.text)).collect();
    let look = look_of_headings(&lines);
    let mut parts = vec![Part { heading: String::new(), kind: Kind::Other, is_inline: false, lines: Vec::new() }];
    for line in lines {
        let may_be = line.after_gap || parts.len() == 1 || parts.last().is_some_and(|part| part.is_inline);
        let inline = headings::with_text(&line.text).filter(|_| may_be);
        if let Some(kind) = heading(&line, look) {
            let heading = headings::shown(&line.text);
            parts.push(Part { heading, kind, is_inline: false, lines: Vec::new() });
        } else if let Some((kind, text)) = inline {
            let heading = line.text.split(':').next().unwrap_or_default().to_owned();
            let lines = vec![Line { text: text.to_owned(), ..line.clone() }];
            parts.push(Part { heading, kind, is_inline: true, lines });
        } else if let Some(part) = parts.last_mut() {
            part.lines.push(line);
        }
    }
    give_back(&mut parts);
    assemble(parts)
}

/// Gives positions that stand behind a label of a job, such as `Technologies: Java`, back to the section of that job.
fn give_back(parts: &mut [Part]) {
    let mut positions = None;
    for at in 0..parts.len() {
        if !parts[at].is_inline {
            positions = (parts[at].kind == Kind::Work).then_some(at);
        } else if let Some(positions) = positions
            && matches!(parts[at].kind, Kind::Skills | Kind::Languages | Kind::Certificates)
        {
            let begin = first_position(&parts[at].lines);
            let jobs = parts[at].lines.split_off(begin);
            parts[positions].lines.extend(jobs);
        }
    }
}

/// Where the first position begins behind the text of a label; the end when there is none.
fn first_position(lines: &[Line]) -> usize {
    let Some(time) = (1..lines.len()).find(|at| dates::is_span(&lines[*at].text)) else { return lines.len() };
    (1..=time).rev().take(ABOVE_MAX + 1).find(|at| lines[*at].after_gap).unwrap_or(time)
}

struct Part {
    heading: String,
    kind: Kind,
    /// Whether its text stands behind its heading, so that the next line may be such a part too.
    is_inline: bool,
    lines: Vec<Line>,
}

fn heading(line: &Line, look: Option<u16>) -> Option<Kind> {
    let looks_so = look == Some(line.style) && headings::is_short(&line.text);
    let is_clear = looks_so || line.after_gap || !headings::is_ambiguous(&line.text);
    let known = headings::kind_of(&line.text).filter(|_| !line.is_item() && is_clear);
    known.or_else(|| looks_so.then_some(Kind::Other))
}

/// How headings look here: as most known ones do, unless text looks so too.
fn look_of_headings(lines: &[Line]) -> Option<u16> {
    let mut looks: BTreeMap<u16, (usize, usize)> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.style != 0) {
        let (known, others) = looks.entry(line.style).or_default();
        *if headings::kind_of(&line.text).is_some() { known } else { others } += 1;
    }
    let (look, (known, others)) = looks.into_iter().max_by_key(|(_, (known, _))| *known)?;
    (known >= 2 && others <= STYLED_MAX.min(known)).then_some(look)
}

fn assemble(parts: Vec<Part>) -> Cv {
    let mut parts = parts.into_iter();
    let top = parts.next().map(|part| part.lines).unwrap_or_default();
    let (name, rest, mut has_contact) = header::read(&top);
    let mut cv = Cv { name, ..Cv::default() };
    for (kind, lines) in rest {
        let heading = if kind == Kind::Summary { "Introduction" } else { "Below the name" };
        cv.add(heading, kind, &lines);
    }
    for part in parts {
        let count = part.lines.len();
        let name = cv.name.clone();
        let lines: Vec<Line> =
            part.lines.into_iter().filter(|line| !header::is_only_contact(&line.text) && line.text != name).collect();
        has_contact |= lines.len() < count;
        match part.kind {
            Kind::Contact => {
                has_contact |= count > 0;
                let is_kept = |line: &Line| !header::is_contact(&line.text);
                // A heading at the side may stand above the text of the page. People to ask have no mark of their own.
                if !headings::is_of_references(&part.heading) {
                    let others: Vec<Line> = lines.into_iter().filter(is_kept).collect();
                    cv.add(&part.heading, Kind::Other, &others);
                }
            }
            Kind::Work => {
                let (present, past) = by_time(&lines);
                let is_both = !present.is_empty() && !past.is_empty();
                let heading = |which| if is_both { format!("{}: {which}", part.heading) } else { part.heading.clone() };
                cv.add(&heading("at present"), Kind::Present, &present);
                cv.add(&heading("before"), Kind::Past, &past);
            }
            kind => cv.add(&part.heading, kind, &lines),
        }
    }
    cv.has_contact = has_contact;
    cv
}

impl Cv {
    fn add(&mut self, heading: &str, kind: Kind, lines: &[Line]) {
        let text = joined(lines);
        if !text.is_empty() {
            self.sections.push(Section { heading: heading.to_owned(), kind, text });
        }
    }
}

/// The lines of positions that last, and of those that have ended. A position without a time is taken for ended.
fn by_time(lines: &[Line]) -> (Vec<Line>, Vec<Line>) {
    let times = times(lines);
    let above = times.iter().position(Option::is_some).unwrap_or(0).min(ABOVE_MAX);
    let begins = |at: usize| {
        let is_above = |line: &Line| !line.is_item() && !line.text.ends_with('.');
        let mut begin = at;
        while begin > 0 && at - begin < above && times[begin - 1].is_none() && is_above(&lines[begin - 1]) {
            begin -= 1;
            if lines[begin].after_gap {
                break;
            }
        }
        begin
    };
    let positions: Vec<(usize, Time)> = (0..lines.len()).filter_map(|at| Some((begins(at), times[at]?))).collect();
    let (mut present, mut past) = (Vec::new(), Vec::new());
    let first = positions.first().map_or(lines.len(), |(begin, _)| *begin);
    past.extend_from_slice(&lines[..first]);
    for (number, (begin, time)) in positions.iter().enumerate() {
        let end = positions.get(number + 1).map_or(lines.len(), |(next, _)| *next);
        let taken = &lines[*begin..end.max(*begin)];
        if *time == Time::Present { present.extend_from_slice(taken) } else { past.extend_from_slice(taken) }
    }
    (present, past)
}

/// The times of lines. A line that only goes on with an item has none: what it tells is no position.
fn times(lines: &[Line]) -> Vec<Option<Time>> {
    let mut times = Vec::with_capacity(lines.len());
    let mut item: Option<&Line> = None;
    for line in lines {
        let goes_on = item.is_some_and(|before| goes_on(before, line));
        item = (line.is_item() || goes_on).then_some(line);
        times.push(if goes_on { None } else { dates::time_of(&line.text) });
    }
    times
}

/// Whether a line goes on with the item before it. One with a capital and a whole span of time is a position that
/// follows without a gap.
fn goes_on(before: &Line, line: &Line) -> bool {
    let is_wrapped = before.text.chars().count() >= MARGIN_MIN && !before.text.ends_with('.');
    let is_position = !line.text.starts_with(char::is_lowercase) && dates::is_span(&line.text);
    is_wrapped && !line.is_item() && !line.after_gap && !is_position
}

/// The text of lines; one that goes on from the margin of the line before stands behind it.
fn joined(lines: &[Line]) -> String {
    let mut text = String::new();
    let mut before = 0;
    for line in lines {
        let goes_on = before >= MARGIN_MIN
            && !line.is_item()
            && !text.ends_with(['.', ':', ';', '!', '?'])
            && line.text.starts_with(char::is_lowercase);
        if !text.is_empty() {
            text.push(if goes_on { ' ' } else { '\n' });
        }
        text.push_str(&line.text);
        before = line.text.chars().count();
    }
    text
}

/// `3`, `Page 1 of 2` and the like.
fn is_page_number(text: &str) -> bool {
    let lower = text.to_lowercase();
    let rest = lower.replace("page", "").replace("of", "").replace("seite", "");
    // `05/21` is a month, and `2021 –` the time of a position.
    let is_month = |part: &str| part.trim().len() == 2 && part.trim().starts_with('0');
    let is_time = rest.contains('/') && rest.split('/').any(is_month) || dates::time_of(text).is_some();
    text.chars().count() <= 16
        && !is_time
        && rest.chars().any(char::is_numeric)
        && rest.chars().filter(|c| c.is_numeric()).count() <= 4
        && rest.chars().all(|c| c.is_numeric() || " /|-–".contains(c))
        && !(1950..2100).contains(&rest.trim().parse::<u32>().unwrap_or(0))
}

#[cfg(test)]
mod tests;
