//! Adds to a position what stands behind it: its size, its time, its place, its shift, its subject.

use std::ops::Range;

use super::marks::size;
use super::{Reader, SHIFTS, names, position, promotion, sizes, spoken, trades};
use crate::facts::fact::{Fact, Kind, Position, Time, Why, Words};
use crate::facts::time;
use crate::facts::verb::{self, Form};
use crate::pattern::pattern;

pattern!(BEDS = r"^(?P<beds>\d+)[- ]bed(?:ded)? (?P<what>(?:[a-z]+ ){0,3}(?:home|ward|unit|hospice|hospital|house))$");

impl Reader {
    /// "Automated a report, cutting it from two days to three hours": whether the text adds to the feat before it.
    pub(super) fn adds_to_feat(&mut self, text: &str) -> bool {
        let is_doing = verb::read(text).is_some_and(|(form, _)| form == Form::Doing);
        match self.reading.facts.last_mut() {
            Some(Fact { kind: Kind::Feat, words: Words::Act(act), .. }) if is_doing => {
                for form in [&mut act.base, &mut act.past, &mut act.doing] {
                    *form = format!("{form}, {text}");
                }
                true
            }
            _ => false,
        }
    }

    /// What brackets say: the size of a job, its time, its place or its shift.
    pub(super) fn bracket(&mut self, text: &str, span: &Range<usize>) {
        let time = time::find(text);
        if self.roles_in_brackets(text) {
            return;
        }
        if self.bare.is_some() {
            let (rest, time) = time.map_or((text.to_owned(), None), |(time, rest)| (rest, Some(time)));
            if !self.adds_to_bare(&rest, time.as_ref()) {
                self.leave_out(span.clone(), Why::Unread);
            }
            return;
        }
        let (rest, time) = time.map_or((text.to_owned(), None), |(time, rest)| (rest, Some(time)));
        let read = self.read_context(&rest, span) && time.is_none_or(|time| self.add_time(time));
        if !read {
            self.leave_out(span.clone(), Why::Unread);
        }
    }

    /// "Northumbria Police control room (call handler then team leader)": what somebody was at the bare job before it.
    fn roles_in_brackets(&mut self, text: &str) -> bool {
        let (later, earlier) = promotion::later(text);
        let Some(read) = position::read(&later).filter(|read| read.place.is_empty()) else { return false };
        let role = earlier.map_or_else(|| read.role.clone(), |earlier| format!("{earlier} and then {}", read.role));
        // "Police staff (call handler then team leader)".
        if let Some(Fact { words: Words::Position(position), .. }) =
            self.last.and_then(|at| self.reading.facts.get_mut(at))
            && position.role.ends_with(" staff")
        {
            position.role = role;
            return true;
        }
        let Some(Fact { kind: Kind::Job, words, .. }) = self.bare.and_then(|at| self.reading.facts.get_mut(at)) else {
            return false;
        };
        let Words::Act(act) = &*words else { return false };
        let Some(place) = act.doing.strip_prefix("working ") else { return false };
        let (time, place) = time::find(place).map_or((None, place.to_owned()), |(time, rest)| (Some(time), rest));
        let is_now = self.is_now && !matches!(time, Some(Time::During(_)));
        *words = Words::Position(Position { role, place, time, is_now });
        self.last = self.bare.take();
        true
    }

    fn read_context(&mut self, text: &str, span: &Range<usize>) -> bool {
        if text.is_empty() {
            return true;
        }
        if self.adds_size(text, span) {
            return true;
        }
        if size(text).is_some() {
            return false;
        }
        self.context(text, true)
    }

    /// A place or a shift, which belongs to the position before it. In brackets, only what is surely one.
    pub(super) fn context(&mut self, text: &str, is_in_brackets: bool) -> bool {
        let is_below = self.line.is_below && self.last.is_some_and(|at| at < self.line.first);
        let Some(Fact { kind, words: Words::Position(position), .. }) =
            self.last.and_then(|at| self.reading.facts.get_mut(at))
        else {
            return false;
        };
        if let Some(shift) = SHIFTS.pair_of(&text.to_lowercase()) {
            match shift {
                // "A self-employed nail technician".
                "self-employed" | "freelance" => position.role = trades::by_oneself(&position.role, shift),
                shift => position.add_place(shift),
            }
            return true;
        }
        if let Some(rota) = spoken::rota(text) {
            position.add_place(&rota);
            return true;
        }
        // "Chef de partie (sauce)".
        if is_in_brackets && let Some(section) = trades::section(text, &position.role) {
            let place = [section.as_str(), &position.place].join(" ");
            place.trim_end().clone_into(&mut position.place);
            return true;
        }
        // A bullet says what is done, not where.
        if is_below && !is_in_brackets {
            return false;
        }
        // What a student is of may be a subject as well.
        if *kind == Kind::Study && !text.contains(' ') && !names::is_town(text) {
            return false;
        }
        // What another line says is a place only where it says little else.
        let is_other_line = !is_in_brackets && self.last.is_some_and(|at| at < self.line.first);
        if is_other_line && text.split(' ').count() > 3 {
            return false;
        }
        let Some(Fact { words: Words::Position(position), .. }) =
            self.last.and_then(|at| self.reading.facts.get_mut(at))
        else {
            return false;
        };
        // "At Ashdown Lodge, a 42-bed dementia home".
        if let Some(found) = BEDS.captures(text).filter(|_| position.place.starts_with("at ")) {
            position.place = format!("{}, a {}-bed {}", position.place, &found["beds"], &found["what"]);
            return true;
        }
        let Some(place) = position::further_place(text, &position.place, is_in_brackets) else { return false };
        position.add_place(&place);
        true
    }

    /// A number that measures the position before it, or a part of what was counted there.
    pub(super) fn adds_size(&mut self, text: &str, span: &Range<usize>) -> bool {
        // A number in a sentence of its own measures what the applicant does first of all.
        let first = || {
            let is_job = |fact: &Fact| fact.kind == Kind::Job && fact.is_position();
            self.reading.facts.iter().position(is_job).filter(|_| self.is_now)
        };
        let of = self.last.or_else(first).filter(|at| {
            let fact = &self.reading.facts[*at];
            fact.is_position() && fact.kind != Kind::Study
        });
        let Some(of) = of else { return false };
        if let Some(part) = sizes::part_of_them(text)
            && let Some(Fact { kind: Kind::Size, of: Some(before), words: Words::Thing(size), .. }) =
                self.reading.facts.last_mut()
            && *before == of
        {
            *size = format!("{size}, {part}");
            return true;
        }
        let measured = |text: &str| sizes::counted(text).or_else(|| size(text));
        let sizes = match (measured(text), text.split_once(" and ")) {
            (Some(size), _) => vec![size],
            // "1,900 employees and a budget of £41m".
            (None, Some((first, last))) => match (measured(first), measured(last)) {
                (Some(first), Some(last)) => vec![first, last],
                _ => return false,
            },
            (None, None) => return false,
        };
        for size in sizes {
            self.push(Kind::Size, span.clone(), text, Some(of), Words::Thing(size));
        }
        true
    }

    /// Whether an entry names the year that a teacher teaches: "class teacher, Year 2".
    pub(super) fn is_class_taught(&mut self, text: &str) -> bool {
        let Some(Fact { kind: Kind::Job, words: Words::Position(position), .. }) =
            self.last.and_then(|at| self.reading.facts.get_mut(at))
        else {
            return false;
        };
        let Some(role) = trades::teacher_of(&position.role, text) else { return false };
        position.role = role;
        true
    }

    /// The place of the position before, where one says "at the same place".
    pub(super) fn place_before(&self) -> Option<String> {
        self.reading.facts.iter().rev().find_map(|fact| match &fact.words {
            Words::Position(position) if !position.place.is_empty() => Some(position.place.clone()),
            _ => None,
        })
    }

    /// Whether the position before has a time already.
    pub(super) fn has_time(&self) -> bool {
        let last = self.last.and_then(|at| self.reading.facts.get(at));
        matches!(last.map(|fact| &fact.words), Some(Words::Position(position)) if position.time.is_some())
    }

    /// Whether the position before it had no time yet, and has this one now.
    pub(super) fn add_time(&mut self, time: Time) -> bool {
        let is_now = self.is_now;
        let Some(fact) = self.last.and_then(|at| self.reading.facts.get_mut(at)) else { return false };
        match &mut fact.words {
            Words::Position(position) if position.time.is_none() => {
                position.is_now = is_now && !matches!(time, Time::During(_));
                position.time = Some(time);
                true
            }
            // A course under way is told without its beginning.
            Words::Act(_) if fact.kind == Kind::Study && is_now => true,
            Words::Act(act) => {
                let words = time.words();
                for form in [&mut act.base, &mut act.past, &mut act.doing] {
                    *form = format!("{form} {words}");
                }
                true
            }
            _ => false,
        }
    }

    /// Adds the place of a course to it.
    pub(super) fn place_of_study(&mut self, text: &str) -> bool {
        let first = crate::facts::lexicon::bare(text.split(' ').next().unwrap_or_default());
        let is_below = self.line.is_below && self.last.is_some_and(|at| at < self.line.first);
        if is_below || ["thesis", "dissertation", "modules", "module", "project", "predicted"].contains(&first.as_str())
        {
            return false;
        }
        let Some(fact) = self.last.and_then(|at| self.reading.facts.get_mut(at)) else { return false };
        let place =
            if names::is_town(text) { format!("at {text}") } else { position::place_of(text).unwrap_or_default() };
        if fact.kind != Kind::Study || !place.starts_with("at ") {
            return false;
        }
        match &mut fact.words {
            Words::Act(act) if !act.base.contains(" at ") => {
                for form in [&mut act.base, &mut act.past, &mut act.doing] {
                    *form = format!("{form} {place}");
                }
                true
            }
            Words::Clause(clause) if !clause.contains(" at ") => {
                *clause = format!("{clause} {place}");
                true
            }
            _ => false,
        }
    }

    /// Adds what is studied to a university that was named first: "Uni of Hull, criminology".
    pub(super) fn subject_of_study(&mut self, text: &str) -> bool {
        let Some(fact) = self.last.and_then(|at| self.reading.facts.get_mut(at)) else { return false };
        let is_subject = text.split(' ').count() < 5 && text.chars().all(|c| c.is_alphabetic() || " -&".contains(c));
        match &mut fact.words {
            Words::Act(act) if fact.kind == Kind::Study && is_subject && act.base.starts_with("study at ") => {
                for form in [&mut act.base, &mut act.past, &mut act.doing] {
                    *form = form.replacen(" at ", &format!(" {text} at "), 1);
                }
                true
            }
            _ => false,
        }
    }
}
