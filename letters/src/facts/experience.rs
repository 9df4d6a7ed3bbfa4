//! Says what is surely something that somebody did, where no reader can tell what: "matchday hospitality at Franklin's
//! Gardens, 2021-2023". The frame holds for any noun.

use std::ops::Range;

use super::article::with_article;
use super::fact::{Fact, Time, Words};
use super::lexicon::{bare, is_role};
use super::list::joined;
use super::screen::screen;
use super::shorthand::holds_shorthand;
use super::sound::reads;
use super::spell;
use super::spelling::lower_first;
use super::time;
use super::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;

list!(MASS = "facts/kinds_of_work");
list!(STINTS = "facts/stints");
list!(PLACES = "facts/places");
list!(NOT_IN_DUTIES = "facts/not_in_duties");
list!(DETERMINERS = "facts/determiners");

/// Most words of a piece, and most pieces that one sentence names.
const WORDS_MAX: usize = 14;
const NAMED_MAX: usize = 4;

pattern!(MARKS = r"[£$€=?!<>~@*#|\\_\[\]{}“””:/+(]");
pattern!(BROKEN = r"(?i)(?:^| )(?:I|I've|I'm|I'd|we|we've|was|were|is|isn't|are|am|did|has) ");
pattern!(
    RELATIVE = r"(?i)(?:^| )(?:which|who|whom|where|that|when|because|while|if|so|until|after|before|as|whose|what|than|since|how) "
);
// What nobody did: "did off work from 2020", "took off in 2019".
pattern!(
    ABSENT = r"(?i)^(?:have )?(?:did|do|done|took|take|taken|had|have|work|worked) (?:off|out of|time off|unemployed|redundan\w+|without|no|not|few|sick)\b|^(?:have )?(?:had|have|got|caught) (?:a |an )?(?:bad |serious )?(?:glandular|covid|long covid|operation|surgery|breakdown)\b"
);
pattern!(
    LEADS = r"(?i)^(?:and |then |also |plus |before that,? |prior to that,? |previously,? |next,? |a bit of |some |did |had |was )+"
);
pattern!(PLACE = r" (?:at|in|for|with|on|through) (?:(?:a|an|the|my|his|her) )?\S");
pattern!(
    SPAN = r"(?i)^(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|several) (?:years?|months?|weeks?|summers?|seasons?|winters?|terms?) (?:as|in|at|with|for|on an?|on the)\b"
);

const PREPOSITIONS: [&str; 10] = ["at", "in", "for", "with", "on", "to", "from", "by", "through", "of"];

/// Whether a place or a deed holds a verb of another clause.
pub fn is_broken(fact: &Fact) -> bool {
    let text = match &fact.words {
        Words::Position(position) => format!("{} {}", position.role, position.place),
        Words::Act(act) => act.base.split_once(' ').map_or("", |(_, rest)| rest).to_owned(),
        Words::Thing(_) | Words::Adjective(_) | Words::Clause(_) => return false,
    };
    let is_absence = matches!(&fact.words, Words::Act(act) if ABSENT.is_match(&act.base) || ABSENT.is_match(&act.past));
    is_absence || BROKEN.find(&text).is_some_and(|found| !RELATIVE.is_match(&text[..=found.start()]))
}

/// The sentences that name what was not read, each with the bytes that it says.
pub fn said(
    field: &str,
    mut unread: Vec<Range<usize>>,
    taken: &[(Range<usize>, String)],
) -> Vec<(Range<usize>, String)> {
    unread.sort_by_key(|span| (span.start, span.end));
    unread.dedup();
    let is_free = |span: &Range<usize>| {
        let near = taken.iter().filter(|(taken, _)| taken.start < span.end && span.start < taken.end);
        let said: String = near.map(|(_, said)| said.to_lowercase() + " ").collect();
        let typed = field.get(span.clone()).unwrap_or_default().to_lowercase();
        let words: Vec<&str> = typed.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 3).collect();
        words.iter().filter(|word| said.contains(**word)).count() * 2 < words.len()
    };
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    for (at, span) in unread.iter().enumerate() {
        // A time that follows at once belongs to it.
        let next =
            unread.get(at + 1).filter(|next| span.end <= next.start && field[span.end..next.start].trim() == ",");
        let whole = next.map(|next| span.start..next.end);
        let piece = whole.into_iter().chain([span.clone()]).filter(&is_free).find_map(|span| {
            let said = phrase(field.get(span.clone())?)?;
            Some((span, said))
        });
        if let Some((span, said)) = piece
            && found.len() < NAMED_MAX
            && found.last().is_none_or(|(last, _)| last.end <= span.start)
        {
            found.push((span, said));
        }
    }
    if found.is_empty() {
        return found;
    }
    // Each piece keeps its place; the first tells all of them.
    let all: Vec<String> = found.iter().map(|(_, said)| said.clone()).collect();
    let is_long = all.iter().any(|said| said.contains(" and ")) && all.len() > 1;
    let named = if is_long {
        let (last, before) = all.split_last().map_or(("", &all[..]), |(last, before)| (last, before));
        format!("{}, and {last}", before.join(", "))
    } else {
        joined(&all)
    };
    vec![(found[0].0.start..found[0].0.end, format!("my experience includes {named}"))]
}

/// A piece as "my experience includes" takes it; `None` where it is not surely something that somebody did.
fn phrase(typed: &str) -> Option<String> {
    let right = spell::put_right(typed.trim().trim_end_matches(['.', ',']));
    let right = LEADS.replace(&right, "").into_owned();
    if MARKS.is_match(&right) || screen(&right).is_some() || holds_shorthand(&right, typed) {
        return None;
    }
    let spent = SPAN.is_match(&right);
    let (text, when) = match time::find(&right).filter(|_| !spent) {
        Some((time, rest)) => (rest, Some(time)),
        None => (right, None),
    };
    let text = text.trim_matches([' ', ',', '-', '–']).to_owned();
    let words: Vec<&str> = text.split_whitespace().collect();
    let lower: Vec<String> = words.iter().map(|word| bare(word)).collect();
    if words.len() < 2 || words.len() > WORDS_MAX || lower.iter().any(|word| NOT_IN_DUTIES.has(word)) && !spent {
        return None;
    }
    if BROKEN.is_match(&format!(" {text} ")) || text.contains(", ") || lower[0].chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    let place = PLACE.find(&text).map(|found| found.start());
    let head = place.map_or(text.as_str(), |at| &text[..at]);
    let is_done = verb::read(&text).is_some_and(|(form, act)| {
        form == Form::Past
            || form == Form::Base && place.is_some_and(|_| head == act.base.split(' ').next().unwrap_or_default())
    });
    let heads: Vec<&str> = head.split(' ').collect();
    // Names before the place are an employer or a title, of which the frame would say nothing.
    let is_small = heads
        .iter()
        .skip(1)
        .all(|word| !word.starts_with(char::is_uppercase) || word.chars().skip(1).any(char::is_uppercase));
    let is_odd = PREPOSITIONS.contains(&lower[0].as_str()) || text.contains(" and at ");
    let is_role_alone = place.is_none() && heads.len() > 4;
    if is_odd || is_role_alone || text.starts_with("a lot ") {
        return None;
    }
    if is_done || head.is_empty() || heads.len() > 5 || !is_small || place.is_none() && when.is_none() {
        return None;
    }
    let is_named = spell::is_name(&lower[0]) || heads[0].chars().skip(1).any(char::is_uppercase);
    let text = if is_named { text.clone() } else { lower_first(&text) };
    let last = bare(heads.last()?);
    let noun = noun(&text, &last, spent)?;
    // Without a place, only a kind of work is surely one.
    if place.is_none() && !(MASS.has(&last) || is_role(&last)) {
        return None;
    }
    let when = when.map_or(String::new(), |time: Time| format!(" {}", time.words()));
    let said = format!("{noun}{when}");
    reads(&said).then_some(said)
}

/// The noun with what it needs before it: "work at an interior design studio", "a graduate scheme".
fn noun(text: &str, last: &str, spent: bool) -> Option<String> {
    let first = bare(text.split(' ').next()?);
    let is_plural = last.ends_with('s') && !last.ends_with("ss");
    match () {
        () if spent || DETERMINERS.has(&first) || MASS.has(last) || is_plural || last.ends_with("ing") => {
            Some(text.to_owned())
        }
        () if is_role(last) => Some(format!("work as {}", with_article(text))),
        () if PLACES.pair_of(last).is_some() => Some(format!("work {} {}", PLACES.pair_of(last)?, with_article(text))),
        () if STINTS.has(last) => Some(with_article(text)),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_reader_understands_is_named_as_experience() {
        for (typed, expect) in [
            (
                "Interior design studio in Łódź, 2013-2017",
                "work at an interior design studio in Łódź from 2013 to 2017",
            ),
            ("Matchday hospitality at Franklin's Gardens", "matchday hospitality at Franklin's Gardens"),
            ("Two summers in Supermac's on the N7", "two summers in Supermac's on the N7"),
            ("Graduate scheme at Dyson for two years", "a graduate scheme at Dyson for two years"),
            ("a year on a yacht in Palma", "a year on a yacht in Palma"),
            ("groundworks with Barr in Hull", "groundworks with Barr in Hull"),
        ] {
            assert_eq!(phrase(typed).as_deref(), Some(expect), "{typed}");
        }
        for typed in [
            "sold it when dad passed",
            "67",
            "redundancy covid",
            "Kenya - UK 2015",
            "best thing I did",
            "Came home Feb 2023",
            "Leeds Beckett (left after 1st year, criminology)",
            "leaks",
        ] {
            assert_eq!(phrase(typed), None, "{typed}");
        }
    }
}
