//! Several completions of one request, of which the checks keep the best.

use crds::CoverLetterRequestSpec;

use super::{Form, Progress, WriteError, Written, plain};
use crate::checks::check;
use crate::complete::{Completion, Event, Finish};
use crate::compose::{EmptyLetter, signed};
use crate::facts::Facts;
use crate::plan::{Astray, Draft, Plan};

/// How the model's answer becomes the text of a letter.
#[derive(Debug)]
pub(super) enum Answer {
    /// It is the letter.
    Letter,
    /// It is sentences of a plan, with references to facts.
    Sentences {
        /// What was asked for.
        plan: Plan,
        /// What the references stand for.
        facts: Box<Facts>,
    },
}

/// Completions of one request that are written at the same time.
pub(super) struct Candidates<C> {
    answer: Answer,
    all: Vec<Candidate<C>>,
    /// The one that is waited for; those before it are done.
    current: usize,
}

struct Candidate<C> {
    completion: C,
    text: String,
    tokens: usize,
    finish: Finish,
}

/// The seed of a candidate: the request's own for the first.
pub(super) fn seed_of(seed: u64, candidate: usize) -> u64 {
    seed.wrapping_add((candidate as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

impl<C: Completion> Candidates<C> {
    /// Waits for `completions`, which are in the order of their seeds.
    pub(super) fn new(answer: Answer, completions: impl Iterator<Item = C>) -> Self {
        let candidate = |completion| Candidate { completion, text: String::new(), tokens: 0, finish: Finish::Stop };
        Self { answer, all: completions.map(candidate).collect(), current: 0 }
    }

    /// The next progress; `None` when all are done.
    pub(super) async fn next(&mut self) -> Result<Option<Progress>, WriteError<C::Error>> {
        while let Some(candidate) = self.all.get_mut(self.current) {
            match candidate.completion.next().await.map_err(WriteError::Model)? {
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

    fn tokens(&self) -> usize {
        self.all.iter().map(|candidate| candidate.tokens).sum()
    }

    /// The letter that fails the fewest checks, of equals the one with the fewest other faults, then the first; a plain
    /// one when none can be used.
    pub(super) fn best(&self, request: &CoverLetterRequestSpec) -> Result<Written, EmptyLetter> {
        let completion_tokens = self.tokens();
        let usable = self.all.iter().filter_map(|candidate| {
            let (text, faults) = self.letter(request, &candidate.text)?;
            let checks = check(request, &text);
            let failed = checks.iter().filter(|check| !check.passed).count();
            let letter =
                Written { text, form: Form::Model, checks: Some(checks), finish: candidate.finish, completion_tokens };
            Some(((failed, faults), letter))
        });
        match (usable.min_by_key(|(rank, _)| *rank), &self.answer) {
            (Some((_, letter)), _) => Ok(letter),
            (None, Answer::Sentences { .. }) => {
                let is_cut = self.all.iter().all(|candidate| candidate.finish == Finish::Length);
                let why = if is_cut {
                    "the letter does not fit into `maxNewTokens`".to_owned()
                } else {
                    Astray::Moves.to_string()
                };
                plain(request, why, completion_tokens)
            }
            (None, Answer::Letter) => Err(EmptyLetter),
        }
    }

    /// The letter that an answer makes, if it makes one, and its faults beyond those that the checks find.
    fn letter(&self, request: &CoverLetterRequestSpec, answer: &str) -> Option<(String, usize)> {
        let (text, faults) = match &self.answer {
            Answer::Letter => (answer.to_owned(), 0),
            Answer::Sentences { plan, facts } => {
                let draft = Draft::read(answer, plan).ok()?;
                (draft.filled(facts).ok()?, draft.faults())
            }
        };
        signed(request, &text).ok().map(|letter| (letter, faults))
    }
}
