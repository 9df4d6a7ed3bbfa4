//! Several completions of one request, of which the checks choose the best.

use crds::CoverLetterRequestSpec;

use super::progress::Progress;
use crate::complete::{Completion, Event, Finish};
use crate::compose::signed;
use crate::letter::{EmptyLetter, Letter};
use crate::plan::Plan;

/// What the model's answer holds.
pub(super) enum Answer {
    /// The letter.
    Letter,
    /// The sentences of a plan.
    Sentences(Box<Plan>),
}

/// Completions of one request that are written at the same time.
pub(super) struct Candidates<C> {
    answer: Answer,
    all: Vec<Candidate<C>>,
    /// The first one that is not finished.
    current: usize,
}

struct Candidate<C> {
    completion: C,
    text: String,
    tokens: usize,
    finish: Finish,
}

/// The seed of a candidate: the request's own for the first.
pub(super) const fn seed_of(seed: u64, candidate: usize) -> u64 {
    seed.wrapping_add((candidate as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

impl<C: Completion> Candidates<C> {
    /// The candidates of these completions, which are in the order of their seeds.
    pub(super) fn new(answer: Answer, completions: impl Iterator<Item = C>) -> Self {
        let candidate = |completion| Candidate { completion, text: String::new(), tokens: 0, finish: Finish::Stop };
        Self { answer, all: completions.map(candidate).collect(), current: 0 }
    }

    /// The next progress; `None` when all are finished.
    pub(super) async fn next(&mut self) -> Result<Option<Progress>, C::Error> {
        while let Some(candidate) = self.all.get_mut(self.current) {
            match candidate.completion.next().await? {
                Event::Read { tokens } if self.current == 0 => return Ok(Some(Progress::Reading { tokens })),
                Event::Read { .. } => {}
                Event::Wrote { text, tokens } => {
                    candidate.text += &text;
                    candidate.tokens = tokens;
                    let completion_tokens = self.tokens();
                    return Ok(Some(Progress::Writing { text: String::new(), completion_tokens }));
                }
                Event::Done { finish, tokens } => {
                    (candidate.tokens, candidate.finish) = (tokens, finish);
                    self.current += 1;
                }
            }
        }
        Ok(None)
    }

    /// Tokens written so far.
    pub(super) fn tokens(&self) -> usize {
        self.all.iter().map(|candidate| candidate.tokens).sum()
    }

    /// The letter that fails the fewest checks; of equals the one with the fewest sentences that the model did not find
    /// words for, then the first.
    pub(super) fn best(&self, request: &CoverLetterRequestSpec) -> Result<Letter, EmptyLetter> {
        let usable = self.all.iter().filter_map(|candidate| {
            let (text, faults) = self.text(request, &candidate.text)?;
            let letter = Letter::by_model(request, text, candidate.finish);
            Some(((letter.failed(), faults), letter))
        });
        usable.min_by_key(|(rank, _)| *rank).map(|(_, letter)| letter).ok_or(EmptyLetter)
    }

    /// The text of the letter that an answer makes, if it makes one, and its faults beyond those that the checks find.
    fn text(&self, request: &CoverLetterRequestSpec, answer: &str) -> Option<(String, usize)> {
        let (text, faults) = match &self.answer {
            Answer::Letter => (answer.to_owned(), 0),
            Answer::Sentences(plan) => plan.read(answer),
        };
        signed(request, &text).ok().map(|text| (text, faults))
    }
}
