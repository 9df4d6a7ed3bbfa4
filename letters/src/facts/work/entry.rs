//! Reads one entry about work: it adds to the job before it, or it is a course, a position, a deed or a name of its own.

use std::ops::Range;

use super::marks::size;
use super::{Belongs, Entry, Reader, done, family, position, shift, study, trades, undertaking};
use crate::facts::fact::{Kind, Position, Time, Words};
use crate::facts::verb::{self, Form};

impl Reader {
    /// Adds an entry to the job before it, if it belongs there.
    fn belongs(&mut self, text: &str, time: Option<&Time>, span: &Range<usize>) -> Belongs {
        if self.adds_to_bare(text, time) || self.reads_pending(text, time) {
            return Belongs::Whole;
        }
        if text.is_empty() {
            return if time.is_some() { Belongs::Untimed } else { Belongs::Not };
        }
        if self.adds_size(text, span) {
            return Belongs::Untimed;
        }
        if size(text).is_some() {
            return Belongs::Not;
        }
        if self.is_class_taught(text) || self.place_of_study(text) {
            return Belongs::Untimed;
        }
        if self.is_next_employer(text, time) {
            let is_read = self.next_employer(text, time, span.clone());
            return if is_read { Belongs::Whole } else { Belongs::Not };
        }
        if super::names::is_name_of_place(text) && self.context(text, false) {
            return Belongs::Untimed;
        }
        Belongs::Unknown
    }

    /// The place of a role: its own, that of the employer named before it, or the same as before.
    fn place_of_role(&mut self, role: &str, place: String, time: Option<Time>) -> (String, Option<Time>) {
        if place.is_empty() && !trades::is_own(role, time.is_some()) {
            let before = self.employer_before(time.is_some());
            let (place, since) = before.unwrap_or_default();
            return (place, time.or(since));
        }
        let place = if place.contains("the same ") { self.place_before().unwrap_or_default() } else { place };
        (place, time)
    }

    /// Reads one entry; whether it could be read.
    pub(super) fn read(&mut self, entry: Entry<'_>) -> bool {
        match self.belongs(entry.text, entry.time.as_ref(), &entry.span) {
            Belongs::Untimed => return entry.time.is_none_or(|time| self.add_time(time)),
            Belongs::Whole => return true,
            Belongs::Not => return false,
            Belongs::Unknown => {}
        }
        self.reads_course(&entry) || self.reads_position(&entry) || self.reads_deed(&entry) || self.reads_name(&entry)
    }

    /// A course, or what is heard of one.
    fn reads_course(&mut self, entry: &Entry<'_>) -> bool {
        let Entry { text, span, time, .. } = entry;
        if let Some((kind, words)) = study::result(text, time.as_ref()) {
            self.push(kind, span.clone(), text, self.last, words);
            return true;
        }
        let studies = self.last.is_some_and(|at| self.reading.facts[at].kind == Kind::Study);
        let has_position = self.last.is_some_and(|at| self.reading.facts[at].is_position());
        if has_position && study::is_bare_year(text) || studies && study::is_numbered_year(text) {
            return true;
        }
        if let Some((kind, words)) = study::read(text, self.is_now, time.as_ref()) {
            self.last = Some(self.push(kind, span.clone(), text, None, words));
            return true;
        }
        false
    }

    /// Time at home, a shift, or what somebody is or was.
    fn reads_position(&mut self, entry: &Entry<'_>) -> bool {
        let Entry { text, span, time, earlier } = entry;
        // "Managed volunteers" says what was done; "care assistant" and "teaching assistant" say what somebody is.
        let is_done = verb::read(text).is_some_and(|(form, _)| form == Form::Past);
        if let Some((kind, words)) = self.reads_home(text, time.as_ref()) {
            self.push_bare(kind, span.clone(), text, words);
            return true;
        }
        if let Some(words) = shift::read(text, time.as_ref()) {
            self.push_bare(Kind::Job, span.clone(), text, words);
            return true;
        }
        let Some(position::Read { kind, role, place }) = position::read(text).filter(|_| !is_done) else {
            return false;
        };
        let (place, time) = self.place_of_role(&role, place, time.clone());
        let role = earlier.as_ref().map_or_else(|| role.clone(), |earlier| format!("{earlier} and then {role}"));
        let recurs = |when: &str| ["every ", "once ", "twice "].iter().any(|lead| when.starts_with(lead));
        let is_over = matches!(&time, Some(Time::During(when)) if !recurs(when));
        let words = Words::Position(Position { role, place, time, is_now: self.is_now && !is_over });
        self.last = Some(self.push(kind, span.clone(), text, None, words));
        true
    }

    /// Work that is named, or what somebody did or does.
    fn reads_deed(&mut self, entry: &Entry<'_>) -> bool {
        let Entry { text, span, time, .. } = entry;
        if let Some((kind, words)) = undertaking::named(text, time.as_ref(), self.is_now) {
            let words = match words {
                // "I do a placement" would be done again and again.
                Words::Act(act) if kind == Kind::Placement && self.is_now && act.base.starts_with("do ") => {
                    Words::Clause(format!("I am {}", act.doing))
                }
                words => words,
            };
            self.push_bare(kind, span.clone(), text, words);
            return true;
        }
        if self.adds_to_feat(text) {
            return true;
        }
        if let Some(act) = done::charge(text) {
            self.push(Kind::Duty, span.clone(), text, self.last, Words::Act(act));
            return true;
        }
        if let Some((kind, of, words)) = self.act(text, time.as_ref()) {
            self.push(kind, span.clone(), text, of, words);
            return true;
        }
        false
    }

    /// A name, or a place, of which what stands around it tells what it is.
    fn reads_name(&mut self, entry: &Entry<'_>) -> bool {
        let Entry { text, span, time, .. } = entry;
        if self.context(text, false) {
            return time.clone().is_none_or(|time| self.add_time(time));
        }
        if let Some(words) = study::at_university(text, self.is_now && self.last.is_none()) {
            self.last = Some(self.push(Kind::Study, span.clone(), text, None, words));
            return true;
        }
        if self.subject_of_study(text) || self.names_next(text, time.as_ref(), span) {
            return true;
        }
        let words =
            undertaking::place(text, time.as_ref(), self.is_now).or_else(|| undertaking::activity(text, time.as_ref()));
        let Some(words) = words else { return false };
        self.push_bare(Kind::Job, span.clone(), text, words);
        true
    }

    /// A verb phrase: a duty of the position before it, or a feat.
    fn act(&self, text: &str, time: Option<&Time>) -> Option<(Kind, Option<usize>, Words)> {
        let (form, mut act) = verb::read(text)?;
        let words: Vec<&str> = text.split_whitespace().collect();
        // "Call centre" is no call; in what is past, a verb without its past form is a noun.
        let speaks_of_others =
            words.iter().any(|word| ["it", "its", "them", "they", "their", "he", "she"].contains(word));
        let is_private =
            ["redundant", "redundancy", "furlough", "sacked", "dismissed"].iter().any(|word| text.contains(word));
        if !done::is_surely_done(&words, form, self.is_now) || speaks_of_others || is_private {
            return None;
        }
        let is_past = form == Form::Past;
        act = done::promoted(act);
        if let Some(time) = time {
            let time = time.words();
            for form in [&mut act.base, &mut act.past, &mut act.doing] {
                form.push(' ');
                form.push_str(time);
            }
        }
        let kind = match (form, is_past) {
            _ if family::is_care(text) => Kind::Break,
            (_, true) => Kind::Feat,
            (_, false) => Kind::Duty,
        };
        Some((kind, self.last, Words::Act(act)))
    }
}
