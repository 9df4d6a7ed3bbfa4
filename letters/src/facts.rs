//! Parses a request: its fields are tidied and taken apart, so that a plan can be drawn from what they say.
//!
//! ```text
//!   request ──▶ tidy ──▶ title, experience, skills, qualifications, preferred ──▶ Facts ──▶ plan
//! ```

pub(crate) mod article;
mod contraction;
mod experience;
pub(crate) mod fact;
mod lexicon;
pub(crate) mod list;
pub(crate) mod listed;
mod motivation;
pub(crate) mod noted;
pub(crate) mod notes;
pub(crate) mod nothing;
pub(crate) mod pieces;
pub(crate) mod prose;
mod qualification;
mod repeated;
mod screen;
mod sentence;
mod shorthand;
mod skill;
pub(crate) mod sound;
pub(crate) mod spell;
pub(crate) mod spelling;
pub(crate) mod tidy;
mod time;
pub(crate) mod title;
#[cfg(test)]
mod told;
pub(crate) mod verb;
mod verdict;
mod work;

use std::collections::BTreeSet;
use std::ops::Range;

use crds::CoverLetterRequestSpec;

use fact::{Fact, Field, Kind, LeftOut, Source, Why, Words};
use notes::Notes;
use nothing::says_nothing;
use prose::{Clause, Tense, Told};
use shorthand::holds_shorthand;
use tidy::one_line;
use title::Title;

/// Everything that a letter can say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The job title.
    pub title: Option<Title>,
    /// The company.
    pub company: Option<String>,
    /// What the form says about the applicant, field by field, in the order in which it was typed.
    pub all: Vec<Fact>,
    /// Sentences of the form that a letter says as they are; the facts in them are among all.
    pub told: Vec<Told>,
    /// What no sentence says, and why.
    pub left_out: Vec<LeftOut>,
}

/// Why the built-in model cannot write a letter for a request; the plain form can still be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unserved {
    /// The letter was asked for in a language that the model does not write.
    #[error("the built-in model writes English only")]
    Language,
    /// Something was typed about the applicant, and none of it can stand in a sentence.
    #[error("nothing that the form says about the applicant could be read surely")]
    Unread,
}

/// Most characters of a title or a company in a sentence.
const NAME_MAX: usize = 110;
/// Share of letters that must be Latin, in per cent.
const LATIN_PERCENT: usize = 70;

impl Facts {
    /// Reads a request by rules alone.
    ///
    /// # Errors
    /// [`Unserved`] when the built-in model's sentences do not fit the request.
    pub fn of(spec: &CoverLetterRequestSpec) -> Result<Self, Unserved> {
        Self::with(spec, &Notes::default())
    }

    /// Reads a request with the sentences that a reader wrote of its notes.
    ///
    /// # Errors
    /// [`Unserved`] when the built-in model's sentences do not fit the request.
    pub fn with(spec: &CoverLetterRequestSpec, notes: &Notes) -> Result<Self, Unserved> {
        let (job, applicant) = (&spec.job, &*tidy::quiet(&spec.applicant));
        if !is_english(spec) {
            return Err(Unserved::Language);
        }
        let title = given(&name(&job.title)).filter(|text| text.chars().count() <= NAME_MAX);
        let is_name = |text: &String| text.chars().count() <= NAME_MAX && !text.starts_with("a ");
        let company = given(&name(&job.company)).filter(is_name);
        let mut facts = Self {
            title: title.map(|text| Title::of(&text)),
            company: company.map(|text| spell::with_the(&spell::name(tidy::without_stop(tidy::unquoted(&text))))),
            ..Self::default()
        };
        facts.read(&applicant.current_experience, Field::Now, |text| work::work(text, Field::Now));
        facts.read(&applicant.past_experience, Field::Past, |text| work::work(text, Field::Past));
        facts.read(&applicant.skills, Field::Skills, skill::skills);
        facts.read(&applicant.qualifications, Field::Qualifications, qualification::qualifications);
        for (field, typed, written) in notes.of(applicant) {
            facts.note(typed, written, field);
        }
        facts.read_reasons(&applicant.reason, &notes.reason);
        if let Some(company) = &facts.company {
            motivation::address(&mut facts.all, company);
        }
        for at in repeated::repeated(&facts.all).into_iter().rev() {
            if !facts.is_told(at) {
                facts.remove(at);
            }
        }
        facts.keep_sentences();
        let is_unread = facts.left_out.iter().any(|left| left.why == Why::Unread);
        if is_unread && facts.told.is_empty() && !facts.all.iter().any(Fact::is_sound) {
            Err(Unserved::Unread)
        } else {
            Ok(facts)
        }
    }

    /// Adds what a field says. Places in the field's own list of facts become places in the whole.
    fn read(&mut self, text: &str, field: Field, reader: impl Fn(&str) -> (Vec<Fact>, Vec<LeftOut>)) {
        let source = Source { field, span: 0..text.len() };
        if says_nothing(&one_line(text)) {
            if !text.trim().is_empty() {
                self.left_out.push(LeftOut { source, why: Why::Blank });
            }
            return;
        }
        if !is_latin(text) {
            return self.left_out.push(LeftOut { source, why: Why::Unread });
        }
        let first = self.all.len();
        let (found, left_out) = reader(text);
        self.all.extend(found.into_iter().map(|fact| Fact { of: fact.of.map(|of| of + first), ..fact }));
        self.left_out.extend(left_out);
        if field != Field::Motivation {
            self.tell(text, field);
        }
        if matches!(field, Field::Now | Field::Past) {
            self.tell_fragments(text, field);
            self.join_told(text, field);
            self.leave_out_broken(field);
            self.say_experience(text, field);
        }
        self.leave_out_shorthand(text, field);
    }

    /// Takes away the facts of a field that hold shorthand which nobody wrote out; a position may only lose its place.
    fn leave_out_shorthand(&mut self, text: &str, field: Field) {
        for at in (0..self.all.len()).rev() {
            let is_told = self.is_told(at);
            let fact = &mut self.all[at];
            let Source { field: of, span } = fact.source.clone();
            if of != field || is_told || !holds_shorthand(&fact.said(), &text[span.clone()]) {
                continue;
            }
            match &mut fact.words {
                Words::Position(position) if !holds_shorthand(&position.role, &text[span.clone()]) => {
                    position.place.clear();
                }
                _ => self.remove(at),
            }
            self.left_out.push(LeftOut { source: Source { field, span }, why: Why::Unread });
        }
    }

    /// Takes away what was read of clauses as if it were a place or a deed: "did Here I work in hotel".
    fn leave_out_broken(&mut self, field: Field) {
        for at in (0..self.all.len()).rev() {
            let fact = &self.all[at];
            if fact.source.field == field && !self.is_told(at) && experience::is_broken(fact) {
                let source = fact.source.clone();
                self.left_out.push(LeftOut { source, why: Why::Unread });
                self.remove(at);
            }
        }
    }

    /// Says what of a field about work no reader understood, and what is surely something that somebody did.
    fn say_experience(&mut self, text: &str, field: Field) {
        let of_field = self.all.iter().filter(|fact| fact.source.field == field);
        let taken: Vec<(Range<usize>, String)> =
            of_field.map(|fact| (fact.source.span.clone(), fact.said() + " " + &fact.text)).collect();
        let mine = || self.left_out.iter().filter(|left| left.source.field == field);
        // What stands in one sentence with something private may be about that: "was homeless, hostel in Hackney".
        let is_beside_private = |span: &Range<usize>| {
            mine().filter(|left| matches!(left.why, Why::Private | Why::Weak)).any(|left| {
                let (start, end) = (span.start.max(left.source.span.start), span.end.min(left.source.span.end));
                // They overlap, or what is between them ends no sentence.
                start <= end || text.get(end..start).is_some_and(|between| !between.contains(['.', ';', '\n']))
            })
        };
        let unread = mine().filter(|left| left.why == Why::Unread).map(|left| left.source.span.clone());
        let unread: Vec<Range<usize>> = unread.filter(|span| !is_beside_private(span)).collect();
        for (span, clause) in experience::said(text, unread, &taken) {
            self.left_out.retain(|left| left.source.field != field || !span.contains(&middle(&left.source.span)));
            let source = Source { field, span: span.clone() };
            let text = spell::put_right(&text[span]);
            self.all.push(Fact { kind: Kind::Feat, source, of: None, text, words: Words::Clause(clause) });
        }
    }

    /// Finds the sentences of a field that a letter says as they are, and the facts in them.
    fn tell(&mut self, text: &str, field: Field) {
        for (span, clause) in prose::clauses(text, tense(field)) {
            let is_within = |source: &Source| source.field == field && span.contains(&middle(&source.span));
            match clause {
                Clause::Whole(told) => self.tell_whole(field, span.clone(), told),
                Clause::LeftOut(why) => {
                    self.leave_out(is_within);
                    self.left_out.push(LeftOut { source: Source { field, span: span.clone() }, why });
                }
            }
        }
    }

    /// Says a piece of a field by this sentence, with the facts that were read of it.
    fn tell_whole(&mut self, field: Field, span: Range<usize>, text: String) {
        let is_within = |source: &Source| source.field == field && span.contains(&middle(&source.span));
        let mut facts: Vec<usize> = (0..self.all.len()).filter(|at| is_within(&self.all[*at].source)).collect();
        self.left_out.retain(|left| !is_within(&left.source));
        if facts.is_empty() {
            facts.push(self.all.len());
            let source = Source { field, span: span.clone() };
            let words = Words::Clause(text.clone());
            self.all.push(Fact { kind: kind_of(field), source, of: None, text: text.clone(), words });
        }
        self.told.push(Told { field, span, text, facts });
    }

    /// A sentence that says more than the facts in it is a fact as well, so that requirements find its words.
    fn keep_sentences(&mut self) {
        for at in 0..self.told.len() {
            let told = &self.told[at];
            let read = told.facts.iter().map(|fact| self.all[*fact].text.as_str()).collect::<Vec<_>>().join(" ");
            if told.facts.is_empty() || !loses(&told.text, &read) {
                continue;
            }
            let of = told.facts.iter().copied().find(|fact| self.all[*fact].is_position());
            let source = Source { field: told.field, span: told.span.clone() };
            let (text, words) = (told.text.clone(), Words::Clause(told.text.clone()));
            self.told[at].facts.push(self.all.len());
            self.all.push(Fact { kind: kind_of(source.field), source, of, text, words });
        }
    }

    /// Finds the notes of a field that only lack their subject, and says those whole of which the facts would lose
    /// something. Where the reader put a line in order first, its facts stand for all of its notes, which are said
    /// together or not at all.
    fn tell_fragments(&mut self, text: &str, field: Field) {
        let notes = work::fragments(text, field == Field::Now);
        let mut from = 0;
        while let Some(note) = notes.get(from) {
            let of_line = |fact: &&Fact| {
                let span = &fact.source.span;
                fact.source.field == field && span.start <= note.span.start && note.span.end < span.end
            };
            let end = self.all.iter().filter(of_line).map(|fact| fact.source.span.end).max().unwrap_or(note.span.end);
            let together: Vec<_> = notes[from..].iter().take_while(|note| note.span.end <= end).collect();
            from += together.len();
            let span = note.span.start..end;
            let said: Option<Vec<&str>> = together.iter().map(|note| note.sentence.as_deref()).collect();
            let Some(said) = said else { continue };
            let overlaps =
                |told: &Told| told.field == field && told.span.start < span.end && span.start < told.span.end;
            let is_within = |fact: &&Fact| fact.source.field == field && span.contains(&middle(&fact.source.span));
            let read: String = self.all.iter().filter(is_within).map(|fact| fact.said() + " ").collect();
            if !self.told.iter().any(overlaps) && loses(&spell::put_right(&text[span.clone()]), &read) {
                self.tell_whole(field, span, said.join(". "));
            }
        }
    }

    /// "I left when the shop closed": a sentence that hangs on the one before it goes with it.
    fn join_told(&mut self, text: &str, field: Field) {
        self.told.sort_by_key(|told| (told.field, told.span.start));
        for at in (1..self.told.len()).rev() {
            let (before, behind) = (&self.told[at - 1], &self.told[at]);
            let follows = before.field == field
                && behind.field == field
                && before.span.end <= behind.span.start
                && text[before.span.end..behind.span.start].chars().all(|c| !c.is_alphanumeric());
            if follows && prose::hangs(&behind.text) {
                let Told { span, text, facts, .. } = self.told.remove(at);
                let before = &mut self.told[at - 1];
                before.text = format!("{}. {text}", before.text);
                before.span.end = span.end;
                before.facts.extend(facts);
            }
        }
    }

    /// Whether a sentence of the form says the fact as it is.
    #[must_use]
    pub fn is_told(&self, at: usize) -> bool {
        self.told.iter().any(|told| told.facts.contains(&at))
    }

    /// Takes these facts away, which could not be read surely.
    pub fn leave_out_unread(&mut self, facts: &BTreeSet<usize>) {
        for at in facts.iter().rev() {
            let source = self.all[*at].source.clone();
            self.left_out.push(LeftOut { source, why: Why::Unread });
            self.remove(*at);
        }
    }

    /// Takes away the facts of some places of the form.
    fn leave_out(&mut self, is_left: impl Fn(&Source) -> bool) {
        for at in (0..self.all.len()).rev() {
            if is_left(&self.all[at].source) {
                self.remove(at);
            }
        }
    }

    /// Takes a fact away, and mends the places by which others name theirs.
    fn remove(&mut self, at: usize) {
        self.all.remove(at);
        for fact in &mut self.all {
            fact.of = fact.of.filter(|of| *of != at).map(|of| if of > at { of - 1 } else { of });
        }
        for told in &mut self.told {
            told.facts.retain(|fact| *fact != at);
            told.facts.iter_mut().filter(|fact| **fact > at).for_each(|fact| *fact -= 1);
        }
    }
}

/// When the work is that a field tells of.
const fn tense(field: Field) -> Option<Tense> {
    match field {
        Field::Now => Some(Tense::Now),
        Field::Past => Some(Tense::Past),
        Field::Skills | Field::Qualifications | Field::Motivation => None,
    }
}

/// The middle of a piece: its beginning may be the "and" before it.
const fn middle(piece: &Range<usize>) -> usize {
    piece.start.midpoint(piece.end)
}

/// Whether `said` lacks words of substance that were `typed`.
fn loses(typed: &str, said: &str) -> bool {
    let said = said.to_lowercase();
    let words = typed.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| word.chars().count() > 3).any(|word| !said.contains(&word))
}

/// What a sentence of a field is when nothing in it was told apart.
const fn kind_of(field: Field) -> Kind {
    match field {
        Field::Now => Kind::Duty,
        Field::Past => Kind::Feat,
        Field::Skills => Kind::Skill,
        Field::Qualifications => Kind::Course,
        Field::Motivation => Kind::Reason,
    }
}

/// The field as one tidy line; `None` when it says nothing.
#[must_use]
pub fn given(text: &str) -> Option<String> {
    let line = one_line(text);
    (!says_nothing(&line)).then_some(line)
}

/// A name on one line.
fn name(text: &str) -> String {
    tidy::lines(text).join(" ")
}

/// Whether most letters are Latin; true for a text without letters.
fn is_latin(line: &str) -> bool {
    let is_latin_letter = |c: &char| matches!(c, 'A'..='Z' | 'a'..='z' | 'ª' | 'º' | 'À'..='ɏ' | 'Ḁ'..='ỿ');
    let letters = line.chars().filter(|c| c.is_alphabetic());
    let (latin, all) = letters.fold((0, 0), |(latin, all), c| (latin + usize::from(is_latin_letter(&c)), all + 1));
    latin * 100 >= all * LATIN_PERCENT
}

/// Whether the letter is to be in English.
#[must_use]
pub fn is_english(spec: &CoverLetterRequestSpec) -> bool {
    let primary = spec.letter.language.trim().split(['-', '_']).next().unwrap_or_default();
    primary.eq_ignore_ascii_case("en") || primary.eq_ignore_ascii_case("eng")
}
