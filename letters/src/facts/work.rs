//! Reads what the applicant does and did: positions, duties, feats, sizes, study, in the order in which they were typed.

mod bare;
mod change;
mod cutting;
mod dates;
mod done;
pub mod duties;
mod employer;
mod entry;
mod family;
mod fragment;
mod home;
mod joining;
mod joint;
mod marks;
mod names;
mod notes;
mod placements;
mod position;
mod promotion;
mod record;
mod service;
mod shift;
mod sizes;
mod spoken;
mod study;
mod studying;
mod trades;
mod turned;
mod undertaking;

use std::ops::Range;

use super::fact::{Fact, Field, Kind, LeftOut, Source, Time, Why, Words};
use super::nothing::says_nothing;
use super::pieces::{Piece, blocks, entries};
use super::screen::screen;
use super::spell::put_right;
use super::time;
use super::verb;
use crate::words::list;
pub use fragment::fragments;
use marks::{brackets, dashes};

list!(LEADS = "facts/work_leads");
list!(SHIFTS = "facts/shifts");
list!(CUTS = "facts/clause_beginnings");

/// The facts of a field about work, in the order in which they were typed, and what no sentence says. A fact that
/// belongs to another names its place in the list.
#[must_use]
pub fn work(text: &str, field: Field) -> (Vec<Fact>, Vec<LeftOut>) {
    let mut reader = Reader {
        field,
        is_now: field == Field::Now,
        last: None,
        starts_block: false,
        is_over: false,
        bare: None,
        pending: None,
        line: At::default(),
        reading: Reading::default(),
    };
    for line in record::lines(text) {
        reader.line.is_below = line.is_below;
        if line.job != cutting::Order::First {
            reader.last = None;
        }
        reader.line.job = line.job;
        reader.is_over = line.job == cutting::Order::Before;
        reader.is_now = field == Field::Now && !reader.is_over;
        reader.line.starts = true;
        for block in blocks(&line.text) {
            let Reading { facts, left_out, notes } = &reader.reading;
            let first = (facts.len(), left_out.len(), notes.len());
            if reader.line.starts {
                reader.line.first = first.0;
            }
            reader.block(&line.text, &block);
            reader.place(first, &line, text);
            reader.line.starts = false;
        }
    }
    reader.say_notes();
    (reader.reading.facts, reader.reading.left_out)
}

#[derive(Default)]
struct Reading {
    facts: Vec<Fact>,
    /// What is named below a position, by its place, the bytes that name it, and its words.
    notes: Vec<(usize, Range<usize>, String)>,
    left_out: Vec<LeftOut>,
}

struct Reader {
    field: Field,
    /// Whether the field says what the applicant does now.
    is_now: bool,
    /// The position that what follows is about, by its place in the reading.
    last: Option<usize>,
    /// Whether the block holds a single fact so far.
    starts_block: bool,
    /// Whether what is read was over before something else that the field tells.
    is_over: bool,
    /// The bare job that what follows in its block may belong to.
    bare: Option<usize>,
    /// What nothing was read of at the beginning of the block.
    pending: Option<Piece>,
    line: At,
    reading: Reading,
}

/// Where in the field the reader is.
#[derive(Default)]
struct At {
    /// Where the line stands among the jobs that were typed in one.
    job: cutting::Order,
    /// Whether the line is a bullet below another.
    is_below: bool,
    /// Whether the block is the first of its line.
    starts: bool,
    /// How many facts were read before the line.
    first: usize,
    /// How many facts were read before the block.
    block: usize,
}

/// What is read of one entry, before it is joined to others.
struct Entry<'a> {
    text: &'a str,
    span: Range<usize>,
    time: Option<Time>,
    /// The role in the same place before it.
    earlier: Option<String>,
}

/// Whether an entry belongs to the job before it.
enum Belongs {
    /// All of it, with its time.
    Whole,
    /// All but its time.
    Untimed,
    /// It could be nothing else, and does not.
    Not,
    /// It may be something else.
    Unknown,
}

impl Reader {
    /// Moves what was read of a line to where the line stands in the field.
    fn place(&mut self, (fact, left, note): (usize, usize, usize), line: &record::Line, text: &str) {
        let Reading { facts, left_out, notes } = &mut self.reading;
        let found = facts.iter_mut().skip(fact).map(|fact| &mut fact.source.span);
        for left in left_out.iter_mut().skip(left) {
            let span = &mut left.source.span;
            let typed = &text[line.span.clone()];
            // What was put in another order is looked for where it was typed.
            *span = match typed.find(&line.text[span.clone()]).filter(|_| !line.is_typed) {
                Some(at) => line.span.start + at..line.span.start + at + span.len(),
                None if line.is_typed => span.start + line.span.start..span.end + line.span.start,
                None => line.span.clone(),
            };
        }
        for span in found.chain(notes.iter_mut().skip(note).map(|(_, span, _)| span)) {
            let moved = span.start + line.span.start..span.end + line.span.start;
            *span = if line.is_typed { moved } else { line.span.clone() };
        }
    }

    /// Reads a block; what it says of a position belongs to the position in it. In a field with a single position, a
    /// later block is about that position too.
    fn block(&mut self, field: &str, block: &Piece) {
        if says_nothing(&block.text) {
            return self.leave_out(block.span.clone(), Why::Blank);
        }
        let positions = self.reading.facts.iter().filter(|fact| fact.is_position()).count();
        let of = self.job_before();
        let studies = self.last.is_some_and(|at| self.reading.facts[at].kind == Kind::Study);
        if !self.line.is_below && (!self.is_now || positions > 1 || studies && self.line.starts) {
            self.last = None;
        }
        (self.bare, self.pending) = (None, None);
        if self.lists_placements(field, block) {
            return;
        }
        let rest = self.thesis(field, block);
        let Some(block) = &rest else { return };
        if let Some(of) = of
            && self.lists_duties(of, block)
        {
            return;
        }
        let mut dashed = dashes(field, block);
        // "Site administrator for Kier: RFIs, inductions, minutes".
        let duties = dashed.get(1).cloned().map(|span| Piece { text: field[span.clone()].to_owned(), span });
        let duties = duties.filter(|tail| duties::listed(&tail.text).is_some() && position::read(&tail.text).is_none());
        dashed.truncate(if duties.is_some() { 1 } else { 2 });
        let first = self.reading.facts.len();
        self.line.block = first;
        let pieces: Vec<Piece> = dashed.into_iter().flat_map(|part| entries(field, part)).collect();
        let mut at = 0;
        while let Some(piece) = pieces.get(at) {
            if let Some(why) = screen(&turned::over(&piece.text)) {
                self.leave_out(piece.span.clone(), why);
                at += 1;
                continue;
            }
            // One fact so far, and nothing else: a name that a role may follow.
            self.starts_block = self.reading.facts.len() == first + 1;
            let served = self.serves(&pieces[at..]);
            let taken = if served > 0 { served } else { self.studies(&pieces[at..]) };
            if taken == 0 {
                self.entry_in_its_time(piece);
            }
            at += taken.max(1);
        }
        let Some(tail) = duties else { return };
        match (first..self.reading.facts.len())
            .rev()
            .find(|at| self.reading.facts[*at].is_position() || self.reading.facts[*at].kind == Kind::Job)
        {
            Some(of) if self.lists_duties(of, &tail) => {}
            _ => entries(field, tail.span).iter().for_each(|piece| self.entry_in_its_time(piece)),
        }
    }

    /// The job that a list of duties would be about: the last one of the line, or of what is done now.
    fn job_before(&self) -> Option<usize> {
        let is_job = |fact: &Fact| fact.is_position() || fact.kind == Kind::Job;
        let at = self.reading.facts.iter().rposition(is_job)?;
        let is_near = at >= self.line.first && !self.line.starts || self.is_now || self.line.is_below;
        (is_near && self.reading.facts[at].kind != Kind::Study).then_some(at)
    }

    /// Reads a block as the list of what the work in a job holds; whether it is one.
    fn lists_duties(&mut self, of: usize, block: &Piece) -> bool {
        let Some(items) = duties::listed(&block.text) else { return false };
        let (how, is_now) = match &self.reading.facts[of].words {
            Words::Position(position) => (format!("as {}", position.role), position.is_now),
            // "I have worked at Corps Security since 2019".
            Words::Act(act) => match act.doing.strip_prefix("working ") {
                Some(place) => (time::find(place).map_or_else(|| place.to_owned(), |(_, rest)| rest), self.is_now),
                None => return false,
            },
            Words::Thing(_) | Words::Adjective(_) | Words::Clause(_) => return false,
        };
        let clause = duties::includes(&items, &how, is_now);
        self.push(Kind::Duty, block.span.clone(), &items.join(", "), Some(of), Words::Clause(clause));
        self.last = Some(of).filter(|of| self.reading.facts[*of].is_position());
        true
    }

    /// Reads the placements that a block lists; whether it lists any.
    fn lists_placements(&mut self, field: &str, block: &Piece) -> bool {
        let Some(begin) = placements::begins(&field[block.span.clone()]) else { return false };
        let listed = entries(field, block.span.start + begin..block.span.end);
        let Some((words, left)) = placements::read(&listed, self.is_now) else { return false };
        self.push(Kind::Placement, block.span.clone(), &block.text, None, words);
        for at in left {
            self.leave_out(listed[at].span.clone(), Why::Unread);
        }
        true
    }

    /// Reads what a run of entries says of a service; how many they are.
    fn serves(&mut self, pieces: &[Piece]) -> usize {
        let texts: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
        let Some(served) = service::read(&texts, self.is_now) else { return 0 };
        let span = pieces[0].span.start..pieces[served.taken - 1].span.end;
        let mut of = None;
        for (kind, words) in served.facts {
            let at = self.push(kind, span.clone(), texts[0], of, words);
            of = of.or(served.is_position.then_some(at));
        }
        self.last = of;
        served.taken
    }

    /// Reads an entry that may say itself that it is over, or goes on: "was a waiter, now assistant manager".
    fn entry_in_its_time(&mut self, piece: &Piece) {
        let is_now = self.is_now;
        let lower = piece.text.to_lowercase();
        if ["was ", "used to be ", "formerly ", "previously ", "last worked ", "most recently worked "]
            .iter()
            .any(|lead| lower.starts_with(lead))
        {
            self.is_now = false;
        } else if ["now ", "currently ", "still ", "presently "].iter().any(|lead| lower.starts_with(lead)) {
            self.is_now = true;
        }
        // "Checkout then promoted to team leader" says two things.
        match turned::promotion(&piece.text) {
            Some((before, behind)) => {
                self.entry(&Piece { text: before, span: piece.span.clone() });
                self.entry(&Piece { text: behind, span: piece.span.clone() });
            }
            None => self.entry(piece),
        }
        self.is_now = is_now;
    }

    fn entry(&mut self, piece: &Piece) {
        if let Some(Words::Position(position)) = self.last.map(|at| &self.reading.facts[at].words)
            && let Some(clause) = change::change(&piece.text, position)
        {
            self.push(Kind::Feat, piece.span.clone(), &piece.text, self.last, Words::Clause(clause));
            return;
        }
        if piece.text.contains(['<', '>', '→', '*', '=', '{', '}', '[', ']', '@', '_', '\\'])
            && !piece.text.contains(" @ ")
        {
            return self.leave_out(piece.span.clone(), Why::Unread);
        }
        // Reading is a town too.
        let is_town = names::is_town(&piece.text);
        let whole = if is_town { piece.text.clone() } else { put_right(&spoken::whole(&piece.text)) };
        if let Some(clause) = turned::moved(&whole) {
            self.push(Kind::Feat, piece.span.clone(), &piece.text, None, Words::Clause(clause));
            return;
        }
        let whole = turned::turned(&whole, self.is_now);
        let whole = done::with_brackets(&whole);
        let (text, brackets) = brackets(&whole);
        let text = text.replace('[', "(").replace(']', ")");
        // "Got one lad who would not come in": without the clause it says something else.
        if text.contains(" who ") && verb::read(&text).is_some() {
            return self.leave_out(piece.span.clone(), Why::Unread);
        }
        let text = cutting::without_age(&text).to_owned();
        let text = CUTS.iter().filter_map(|cut| text.find(cut)).min().map_or(text.clone(), |at| text[..at].to_owned());
        let (text, earlier) = promotion::later(&text);
        let mut lead = 0;
        while let Some(next) =
            LEADS.beginning_of(&text[lead..].to_lowercase()).filter(|next| lead + next.len() < text.len())
        {
            lead += next.len();
        }
        let (mut text, time) = match time::find(text[lead..].trim_start()) {
            Some((time, rest)) => (rest, Some(time)),
            None => (text[lead..].trim_start().to_owned(), None),
        };
        if let Some(turned) = turned::employer_first(&whole, &text).filter(|_| time.is_some()) {
            text = turned;
        }
        for lead in ["as a ", "as an ", "as ", "of experience as ", "in a role as "] {
            if let Some(rest) = text.strip_prefix(lead).filter(|_| time.is_some()) {
                text = rest.to_owned();
            }
        }
        let text = turned::joined(text.trim_matches([' ', ',', '-', '–', ':']));
        let entry = Entry { text: &text, span: piece.span.clone(), time, earlier };
        let is_first = self.reading.facts.len() == self.line.block && self.pending.is_none();
        if !self.read(entry) {
            // A name that stands alone: only what follows can show what it is.
            // What a place of unknown kind holds measures the job all the same.
            let has_position = self.last.is_some();
            for bracket in brackets.iter().filter(|_| has_position) {
                self.adds_size(bracket, &piece.span);
            }
            if is_first && self.last.is_none() {
                self.pending = Some(Piece { text, span: piece.span.clone() });
            }
            return self.note(piece);
        }
        for bracket in brackets {
            self.bracket(&bracket, &piece.span);
        }
    }

    /// Adds a fact and returns its place in the reading.
    fn push(&mut self, kind: Kind, span: Range<usize>, text: &str, of: Option<usize>, words: Words) -> usize {
        let source = Source { field: self.field, span };
        self.reading.facts.push(Fact { kind, source, of, text: text.to_owned(), words });
        self.reading.facts.len() - 1
    }

    fn leave_out(&mut self, span: Range<usize>, why: Why) {
        self.reading.left_out.push(LeftOut { source: Source { field: self.field, span }, why });
    }
}

#[cfg(test)]
mod tests;
