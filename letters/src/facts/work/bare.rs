//! Work that is told by its employer or its kind alone, and what stands behind it: "Greggs Whitchurch Rd, sats, 14
//! months", "warehouse (2018-19)".

use std::ops::Range;

use super::cutting::Order;
use super::employer::areas;
use super::undertaking;
use super::{Reader, SHIFTS, position};
use crate::facts::fact::{Act, Kind, Time, Words};
use crate::facts::pieces::Piece;

/// Whether an act says when it was, or for how long.
pub fn has_time(act: &Act) -> bool {
    [" for ", " from ", " since ", " in 19", " in 20"].iter().any(|mark| act.base.contains(mark))
}

impl Reader {
    /// Tells a job by its place, or by what it is; what follows it in its block belongs to it.
    pub(super) fn push_bare(&mut self, kind: Kind, span: Range<usize>, text: &str, words: Words) {
        let is_work =
            matches!(&words, Words::Act(act) if act.base.starts_with("work ") || act.base.starts_with("serve "));
        let words = match words {
            Words::Act(act) if self.is_over && kind == Kind::Job => Words::Act(Act { base: act.past.clone(), ..act }),
            words => words,
        };
        let at = self.push(kind, span, text, None, words);
        self.bare = (is_work && kind == Kind::Job).then_some(at);
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
            form.push_str(&said);
        }
        if goes_on && !act.past.starts_with("have ") {
            act.past = format!("have {}", act.past);
        }
        if is_long {
            act.base = format!("have {}", act.past);
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
        if position::is_town(text) {
            return Some(format!(" in {text}{when}"));
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
        time.is_some() && position::is_name_of_place(text) && self.has_time()
    }

    pub(super) fn next_employer(&mut self, text: &str, time: Option<&Time>, span: Range<usize>) -> bool {
        let words = undertaking::place(text, time).or_else(|| undertaking::named_place(text));
        let Some(words) = words else { return false };
        self.last = None;
        self.push_bare(Kind::Job, span, text, words);
        true
    }

    /// Behind a word that begins another job, a name with a time is an employer.
    pub(super) fn names_next(&mut self, text: &str, time: Option<&Time>, span: &Range<usize>) -> bool {
        let is_next = self.line.job != Order::First && self.reading.facts.len() == self.line.block;
        if !is_next || time.is_none() || !position::is_name_of_place(text) {
            return false;
        }
        let Some(words) = undertaking::named_place(text) else { return false };
        self.push_bare(Kind::Job, span.clone(), text, words);
        self.adds_to_bare("", time)
    }

    /// The place of the employer that was named before a role: "Wickes, Christmas temp", "Royal Navy, technician".
    pub(super) fn employer_before(&mut self, has_time: bool) -> Option<String> {
        if !self.starts_block {
            return None;
        }
        let fact = self.reading.facts.pop_if(|fact| match &fact.words {
            // Two times are two jobs.
            Words::Act(act) if has_time && self::has_time(act) => false,
            Words::Act(act) => act.base.starts_with("work at ") || act.base.starts_with("serve "),
            _ => false,
        })?;
        let Words::Act(act) = fact.words else { return None };
        act.base.split_once(' ').map(|(_, place)| place.to_owned())
    }
}
