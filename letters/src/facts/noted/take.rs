//! Says a field by the sentences that a reader wrote of it.

use std::ops::Range;

use super::super::Facts;
use super::super::fact::{Fact, Field, Kind, Source};
use super::super::prose::Told;
use super::align::{UNFINISHED, behind};
use super::listing::listed;
use super::plain::certificate;
use super::support::ADDED;
use super::together::together;
use super::token::{Token, tokens};
use super::{Found, Noted, noted};

/// Words behind an award that more often begin another course than speak of it.
const NEXT: [&str; 7] = ["doing", "halfway", "started", "starting", "studying", "towards", "working"];
/// Beginnings of sentences about oneself.
const FIRST_PERSON: [&str; 5] = ["I ", "I'", "I’", "My ", "We "];
/// Most words before the "I" of a sentence, with it.
const LEAD_MAX: usize = 5;
/// Words behind an award that may speak of it.
const REMARK_MAX: usize = 2;

/// Kinds of facts that rules often misread where a reader could not put a note into a sentence either: a shorter letter is
/// better than a wrong one.
const fn is_doubtful(kind: Kind) -> bool {
    matches!(kind, Kind::Study | Kind::Course | Kind::Duty | Kind::Feat | Kind::Size | Kind::Topic)
}

impl Facts {
    /// Says a field by the sentences that a reader wrote of it, as far as the words that were typed bear them out. Where
    /// they bear out all of them, and the sentences say the most of the field, nothing else of it is said.
    pub(in crate::facts) fn note(&mut self, typed: &str, written: &str, field: Field) {
        let Found { sentences, is_all } = noted(typed, written, field);
        if sentences.is_empty() {
            return;
        }
        let mut lists = Vec::new();
        for Noted { span, text } in sentences {
            if self.is_written_out(typed, field, &span) {
                continue;
            }
            let overlaps =
                |told: &Told| told.field == field && told.span.start < span.end && span.start < told.span.end;
            self.told.retain(|told| !overlaps(told));
            match listed(&text, typed, &span).filter(|_| field == Field::Skills) {
                Some(facts) => lists.push(facts),
                None if field == Field::Qualifications => self.tell_whole(field, span, certificate(&text)),
                None => self.tell_whole(field, span, text),
            }
        }
        self.told.sort_by_key(|told| (told.field, told.span.start));
        let words = tokens(typed);
        for at in (0..self.all.len()).rev() {
            let is_beside = self.all[at].source.field == field && !self.is_told(at);
            let is_misread = || is_doubtful(self.all[at].kind) || self.is_open(at, typed, &words);
            if is_beside && (is_all || is_misread() || self.is_said(at) || self.is_begun(at)) {
                self.remove(at);
            }
        }
        for facts in lists {
            self.list(facts);
        }
        if field == Field::Skills {
            self.say_together(field);
        }
    }

    /// Puts the facts that a sentence lists in the place of what rules read of the same bytes. What it leaves out of them
    /// is still said as rules read it.
    fn list(&mut self, facts: Vec<Fact>) {
        let places: Vec<Range<usize>> = facts.iter().map(|fact| fact.source.span.clone()).collect();
        let is_there = |source: &Source| {
            source.field == Field::Skills
                && places.iter().any(|place| source.span.start < place.end && place.start < source.span.end)
        };
        for at in (0..self.all.len()).rev() {
            if is_there(&self.all[at].source) && !self.is_told(at) {
                self.remove(at);
            }
        }
        self.left_out.retain(|left| !is_there(&left.source));
        let first = self.all.len();
        self.all.extend(facts.into_iter().map(|fact| Fact { of: fact.of.map(|of| of + first), ..fact }));
    }

    /// Whether the applicant wrote a whole sentence there that is said as it is: nobody words it better.
    fn is_written_out(&self, typed: &str, field: Field, span: &Range<usize>) -> bool {
        let is_about_oneself = |text: &str| FIRST_PERSON.iter().any(|lead| text.starts_with(lead));
        // "In Turkey I worked four years", but no "Before that I was" of which the beginning is left out.
        let first = |text: &str| text.split(' ').next().unwrap_or_default().to_lowercase();
        let is_led = |text: &str| text.split(' ').take(LEAD_MAX).skip(1).any(|word| word == "I");
        let is_kept = |typed: &str, text: &str| is_about_oneself(typed) || is_led(typed) && first(typed) == first(text);
        let mut told = self.told.iter().filter(|told| told.field == field);
        told.any(|told| {
            told.span.start <= span.start
                && span.end <= told.span.end
                && typed.get(told.span.clone()).is_some_and(|typed| is_kept(typed, &told.text))
        })
    }

    /// Whether an award or a licence was typed with words that say that it is not held: "enrolled", "should finish in July".
    fn is_open(&self, at: usize, typed: &str, words: &[Token]) -> bool {
        let Fact { kind, source, .. } = &self.all[at];
        let is_held = matches!(kind, Kind::Award | Kind::Licence | Kind::Grade | Kind::Member);
        let is_open = |word: &Token| UNFINISHED.has(&word.key) && !NEXT.contains(&word.key.as_str());
        let inside = words.iter().filter(|word| source.span.contains(&word.span.start));
        // "AAT level 2, 3 started in January": a number begins the next one.
        let is_same = |word: &&Token| !word.key.starts_with(|c: char| c.is_ascii_digit());
        let remark = behind(typed, words, &source.span, REMARK_MAX).iter().take_while(is_same);
        is_held && inside.chain(remark).any(is_open)
    }

    /// Whether a sentence says a part of where a fact was typed.
    fn is_begun(&self, at: usize) -> bool {
        let Source { field, span } = &self.all[at].source;
        let mut told = self.told.iter().filter(|told| told.field == *field);
        told.any(|told| told.span.start < span.end && span.start < told.span.end)
    }

    /// Whether a sentence of the same field has all words of a fact.
    fn is_said(&self, at: usize) -> bool {
        let fact = &self.all[at];
        let words: Vec<String> = tokens(&fact.text).into_iter().map(|word| word.key).collect();
        let mut told = self.told.iter().filter(|told| told.field == fact.source.field);
        told.any(|told| {
            let said = tokens(&told.text);
            words.iter().all(|word| ADDED.has(word) || said.iter().any(|said| said.key == *word))
        })
    }

    /// Two sentences that go on with the same list become one.
    fn say_together(&mut self, field: Field) {
        let mut at = 0;
        while at < self.told.len() {
            let later = (at + 1..self.told.len()).filter(|other| self.told[*other].field == field);
            let one = later
                .filter(|_| self.told[at].field == field)
                .find_map(|other| together(&self.told[at].text, &self.told[other].text).map(|text| (other, text)));
            match one {
                Some((other, text)) => {
                    let Told { facts, .. } = self.told.remove(other);
                    self.told[at].facts.extend(facts);
                    self.told[at].text = text;
                }
                None => at += 1,
            }
        }
    }
}
