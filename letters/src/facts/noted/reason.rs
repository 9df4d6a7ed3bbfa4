//! Says reasons by the sentences that a reader wrote of them.

use std::ops::Range;

use super::super::Facts;
use super::super::fact::{Fact, Field, Kind, LeftOut, Why};
use super::super::motivation;
use super::{Noted, noted};

impl Facts {
    /// Reads the reasons, and what a reader wrote of them.
    pub(in crate::facts) fn read_reasons(&mut self, typed: &str, written: &str) {
        self.read(typed, Field::Motivation, motivation::motivation);
        if !written.is_empty() {
            self.note_reasons(typed, written);
        }
    }

    /// Puts the sentences that a reader wrote of the reasons in the place of what rules read of notes: a note has no
    /// verb, rules guess one, and a guess is worse than nothing. So what the reader was not sure of is left out, and
    /// the applicant is told. Sentences that were written out stay as they are, and so does what rules read of where
    /// somebody lives.
    fn note_reasons(&mut self, typed: &str, written: &str) {
        let sentences = noted(typed, written, Field::Motivation).sentences;
        let is_kept = |fact: &Fact| {
            let span = &fact.source.span;
            typed.get(span.clone()).is_some_and(motivation::is_written_out)
                || fact.kind == Kind::Home && !sentences.iter().any(|noted| overlaps(&noted.span, span))
        };
        let mut reasons = Vec::new();
        for at in
            (0..self.all.len()).rev().filter(|at| self.all[*at].source.field == Field::Motivation).collect::<Vec<_>>()
        {
            let fact = self.all[at].clone();
            self.remove(at);
            if is_kept(&fact) {
                reasons.push(Fact { of: None, ..fact });
            } else {
                self.left_out.push(LeftOut { source: fact.source, why: Why::Unread });
            }
        }
        for Noted { span, text } in sentences {
            if reasons.iter().any(|reason| overlaps(&reason.source.span, &span)) {
                continue;
            }
            // What is not said of it stays among what the applicant is told.
            let Some(reason) = motivation::noted(span.clone(), &text) else { continue };
            self.left_out.retain(|left| left.source.field != Field::Motivation || !overlaps(&left.source.span, &span));
            reasons.push(reason);
        }
        reasons.sort_by_key(|reason| reason.source.span.start);
        self.all.extend(reasons);
    }
}

fn overlaps(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::notes::Notes;
    use crate::fixtures;

    /// The reasons that a letter says where a reader wrote `written` of what was `typed`.
    fn reasons(typed: &str, written: &str) -> Vec<String> {
        let mut request = fixtures::documented();
        request.applicant.reason = typed.into();
        let facts = Facts::with(&request, &Notes { reason: written.into(), ..Notes::default() }).expect("is English");
        let of_reasons = facts.all.iter().filter(|fact| fact.source.field == Field::Motivation);
        of_reasons.map(Fact::said).collect()
    }

    #[test]
    fn notes_are_said_as_a_reader_words_them_or_not_at_all() {
        assert_eq!(
            reasons(
                "own unit rather than sharing / better coffee",
                "I would have my own unit rather than sharing.\n?\n"
            ),
            ["I would have my own unit rather than sharing"]
        );
        for nothing in ["?\n?\n", "\n"] {
            assert!(reasons("want faster pace, see pts at front door", nothing).is_empty());
        }
        assert!(reasons("need a job", "I need a job.\n").is_empty());
        assert!(reasons("days as well as nights", "I work days as well as nights.\n").is_empty());
        let shop = "I shop at your Oadby branch";
        assert_eq!(reasons("shop at your oadby branch", &format!("{shop}.\n")), [shop]);
        let known = "I have used your maps for ten years.";
        assert_eq!(reasons(known, "?\n"), ["I have used your maps for ten years"]);
        assert_eq!(reasons("10 min walk from home", "?\n"), ["I live ten minutes from you on foot"]);
    }

    #[test]
    fn the_applicant_is_told_of_what_is_not_said() {
        let typed = "days as well as nights";
        for written in ["I work days as well as nights.\n", "?\n", "\n"] {
            let mut request = fixtures::documented();
            request.applicant.reason = typed.into();
            let facts =
                Facts::with(&request, &Notes { reason: written.into(), ..Notes::default() }).expect("is English");
            let told = facts.left_out.iter().any(|left| left.source.field == Field::Motivation);
            assert!(told, "{written:?}: {:?}", facts.left_out);
        }
    }

    #[test]
    fn without_a_reader_rules_read_notes() {
        assert_eq!(reasons("used your maps for ten years", ""), ["I used your maps for ten years"]);
    }
}
