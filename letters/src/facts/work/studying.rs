//! Reads a run of entries about studies, before each entry is read on its own.

use super::marks::brackets;
use super::{Reader, study, turned};
use crate::facts::fact::{Kind, Words};
use crate::facts::pieces::{Piece, entries};
use crate::facts::screen::screen;
use crate::facts::spell::{put_names_right, put_right};

impl Reader {
    /// Reads what the first of these entries and those behind it say of studies together; how many they are.
    pub(super) fn studies(&mut self, pieces: &[Piece]) -> usize {
        let is_sound =
            |piece: &&Piece| screen(&piece.text).is_none() && !piece.text.contains(['<', '>', '{', '}', '\\']);
        let texts: Vec<String> = pieces.iter().take_while(is_sound).map(|piece| put_names_right(&piece.text)).collect();
        let Some(first) = texts.first().filter(|first| !turned::is_year_of_job(first)) else { return 0 };
        if let Some(clause) = study::topic::thesis(first, self.is_now) {
            self.push_topic(&pieces[0], clause);
            return 1;
        }
        if let Some(clause) = study::topic::paper(first) {
            self.push(Kind::Paper, pieces[0].span.clone(), first, None, Words::Clause(clause));
            return 1;
        }
        let parts: Vec<(String, Vec<String>)> = texts.iter().map(|text| brackets(text)).collect();
        if let Some(found) = study::run(&parts, self.is_now) {
            let at = self.push(
                Kind::Study,
                pieces[0].span.start..pieces[found.taken - 1].span.end,
                first,
                None,
                found.words,
            );
            self.last = Some(at);
            if let Some(topic) = found.topic {
                self.push_topic(&pieces[topic.0], topic.1);
            }
            for (at, text) in found.left {
                let (time, rest) =
                    crate::facts::time::find(&text).map_or((None, text.clone()), |(time, rest)| (Some(time), rest));
                match study::result(&rest, time.as_ref()) {
                    Some((kind, words)) => {
                        self.push(kind, pieces[at].span.clone(), &text, self.last, words);
                    }
                    None => self.leave_out(pieces[at].span.clone(), crate::facts::fact::Why::Unread),
                }
            }
            return found.taken;
        }
        let (head, _) = brackets(&put_right(&pieces[0].text));
        let (_, inner) = brackets(&pieces[0].text);
        let (named, _) = &parts[0];
        let next: Vec<String> = parts[1..].iter().map(|(text, _)| text.clone()).collect();
        let inner: Vec<String> =
            inner.into_iter().map(|text| if text.contains('/') { text } else { put_right(&text) }).collect();
        // What is a name keeps its capitals.
        let text = if named.eq_ignore_ascii_case(&head) { named } else { &head };
        let Some((kind, words, taken)) = study::beside::read(text, &inner, &next, self.is_now) else { return 0 };
        self.push(kind, pieces[0].span.start..pieces[taken].span.end, text, None, words);
        taken + 1
    }

    /// Reads "thesis: X" at the beginning of a block, and returns what is left of the block.
    pub(super) fn thesis(&mut self, field: &str, block: &Piece) -> Option<Piece> {
        let entries = entries(field, block.span.clone());
        let first = entries.first()?;
        let Some(clause) = study::topic::thesis(&put_names_right(&first.text), self.is_now) else {
            return Some(block.clone());
        };
        self.push_topic(first, clause);
        let next = entries.get(1)?;
        let span = next.span.start..block.span.end;
        Some(Piece { text: field[span.clone()].trim().to_owned(), span })
    }

    fn push_topic(&mut self, piece: &Piece, clause: String) {
        let of = self.reading.facts.iter().rposition(|fact| fact.kind == Kind::Study);
        self.push(Kind::Topic, piece.span.clone(), &piece.text, of, Words::Clause(clause));
    }
}
