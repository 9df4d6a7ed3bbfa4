//! Work that is told by its employer or its kind alone, and what stands behind it: "Greggs Whitchurch Rd, sats, 14
//! months", "warehouse (2018-19)".

use std::ops::Range;

use super::cutting::Order;
use super::employer::{self, areas};
use super::{Reader, SHIFTS, names, undertaking};
use crate::facts::fact::{Act, Field, Kind, Time, Words};
use crate::facts::pieces::Piece;
use crate::facts::spell;
use crate::facts::time;
use crate::words::list;

list!(FIELDS = "facts/work_fields");

/// Whether an act says when it was, or for how long.
pub fn has_time(act: &Act) -> bool {
    [" for ", " from ", " since ", " in 19", " in 20"].iter().any(|mark| act.base.contains(mark))
}

impl Reader {
    /// Tells a job by its place, or by what it is; what follows it in its block belongs to it.
    pub(super) fn push_bare(&mut self, kind: Kind, span: Range<usize>, text: &str, words: Words) {
        let is_work = matches!(&words, Words::Act(act) if ["working ", "serving ", "doing "].iter().any(|lead| act.doing.starts_with(lead)));
        let words = match words {
            Words::Act(act) if (self.is_over || self.field == Field::Now && !self.is_now) && kind == Kind::Job => {
                Words::Act(Act { base: act.past.clone(), ..act })
            }
            words => words,
        };
        let at = self.push(kind, span, text, None, words);
        self.bare = (is_work && matches!(kind, Kind::Job | Kind::Placement)).then_some(at);
    }

    /// Whether an entry says when, how or where the bare job before it was.
    pub(super) fn adds_to_bare(&mut self, text: &str, time: Option<&Time>) -> bool {
        let Some(at) = self.bare else { return false };
        let Some(said) = Self::behind_bare(text, time) else { return false };
        let Some(fact) = self.reading.facts.get_mut(at) else { return false };
        // Where one works is said once: another kind of place is another job.
        let is_place = !text.is_empty() && areas(text).is_some();
        if is_place
            && matches!(&fact.words, Words::Act(act) if !act.past.contains("worked at ") || act.base.contains(" in "))
        {
            return false;
        }
        let Words::Act(act) = &mut fact.words else { return false };
        if time.is_some() && has_time(act) {
            return false;
        }
        let goes_on = matches!(time, Some(Time::Since(_)));
        let is_long = self.is_now && matches!(time, Some(Time::For(_)));
        for form in [&mut act.base, &mut act.past, &mut act.doing] {
            // Where and how stand before when.
            match time::find(form).filter(|_| time.is_none()) {
                Some((when, rest)) => *form = format!("{rest}{said} {}", when.words()),
                None => form.push_str(&said),
            }
        }
        if goes_on && !act.past.starts_with("have ") {
            act.past = format!("have {}", act.past);
        }
        if goes_on {
            act.base.clone_from(&act.past);
        }
        if is_long {
            let done = act.past.strip_prefix("did ").map(|rest| format!("done {rest}"));
            act.base = format!("have {}", done.as_deref().unwrap_or(&act.past));
        }
        true
    }

    /// The words that an entry adds behind a bare job, with a space before them.
    fn behind_bare(text: &str, time: Option<&Time>) -> Option<String> {
        let when = time.map_or(String::new(), |time| format!(" {}", time.words()));
        if text.is_empty() {
            return time.is_some().then_some(when);
        }
        if let Some(shift) = SHIFTS.pair_of(&text.to_lowercase()) {
            return Some(format!(" {shift}{when}"));
        }
        if names::is_agency(text) {
            return Some(format!(" through {text}{when}"));
        }
        let mostly =
            ["mostly ", "mainly "].iter().find_map(|lead| text.to_lowercase().starts_with(lead).then_some(*lead));
        if let Some(lead) = mostly {
            let place = text[lead.len()..].trim_start_matches("at ");
            let place = place.replace(" hq", " HQ");
            let place = employer::with_part(&place)
                .or_else(|| names::is_name(&place).then(|| format!("at {}", spell::with_the(&place))))?;
            return Some(format!(", {lead}{place}{when}"));
        }
        if names::is_town(text) {
            return Some(format!(" in {text}{when}"));
        }
        if FIELDS.has(&text.to_lowercase()) {
            return Some(format!(" in {}{when}", text.to_lowercase()));
        }
        areas(text).map(|area| format!(" {area}{when}"))
    }

    /// Reads the name that nothing was read of, where what follows shows that somebody worked there.
    pub(super) fn reads_pending(&mut self, text: &str, time: Option<&Time>) -> bool {
        if self.pending.is_none() || self.bare.is_some() || Self::behind_bare(text, time).is_none() {
            return false;
        }
        let Some(Piece { text: name, span }) = self.pending.take() else { return false };
        let Some(words) = undertaking::named_place(&name) else {
            self.pending = Some(Piece { text: name, span });
            return false;
        };
        self.reading.left_out.retain(|left| left.source.span != span);
        self.push_bare(Kind::Job, span, &name, words);
        self.adds_to_bare(text, time)
    }

    /// Whether a name with a time is another employer than that of the position before, which has its own time.
    pub(super) fn is_next_employer(&self, text: &str, time: Option<&Time>) -> bool {
        time.is_some() && super::names::is_name_of_place(text) && self.has_time()
    }

    pub(super) fn next_employer(&mut self, text: &str, time: Option<&Time>, span: Range<usize>) -> bool {
        let words = undertaking::place(text, time, self.is_now).or_else(|| undertaking::named_place(text));
        let Some(words) = words else { return false };
        self.last = None;
        self.push_bare(Kind::Job, span, text, words);
        true
    }

    /// Behind a word that begins another job, a name with a time is an employer.
    pub(super) fn names_next(&mut self, text: &str, time: Option<&Time>, span: &Range<usize>) -> bool {
        let is_next = self.line.job != Order::First && self.reading.facts.len() == self.line.block;
        if !is_next || time.is_none() || !super::names::is_name_of_place(text) {
            return false;
        }
        let Some(words) = undertaking::named_place(text) else { return false };
        self.push_bare(Kind::Job, span.clone(), text, words);
        self.adds_to_bare("", time)
    }

    /// The place of the employer that was named before a role: "Wickes, Christmas temp", "Royal Navy, technician".
    pub(super) fn employer_before(&mut self, has_time: bool) -> Option<(String, Option<Time>)> {
        if !self.starts_block {
            return None;
        }
        let fact = self.reading.facts.pop_if(|fact| match &fact.words {
            // Two times are two jobs.
            Words::Act(act) if has_time && self::has_time(act) => false,
            Words::Act(act) => {
                let lead = act.doing.split_once(' ').map_or("", |(_, rest)| rest);
                let is_work = act.doing.starts_with("working ");
                act.doing.starts_with("serving ")
                    || is_work && ["at ", "with ", "for "].iter().any(|preposition| lead.starts_with(preposition))
            }
            _ => false,
        })?;
        self.bare = None;
        let Words::Act(act) = fact.words else { return None };
        let place = act.doing.split_once(' ')?.1;
        Some(match time::find(place) {
            Some((time, rest)) => (rest, Some(time)),
            None => (place.to_owned(), None),
        })
    }
}
