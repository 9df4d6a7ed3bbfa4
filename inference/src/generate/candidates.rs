//! Several completions of one request, of which the checks keep the best.

use std::sync::Arc;

use crds::CoverLetterRequestSpec;
use tokio::sync::mpsc::UnboundedReceiver;

use super::writing::Telling;
use super::{Finished, Form, Options, Progress, WriteError};
use crate::built_in::{Astray, Draft, Plan};
use crate::checks::check;
use crate::facts::Facts;
use crate::letter::{Composer, EmptyLetter};
use crate::model::thread::{Event, FinishReason};
use crate::plain;

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
pub(super) struct Candidates {
    spec: Arc<CoverLetterRequestSpec>,
    answer: Answer,
    options: Options,
    writing: Vec<Candidate>,
    /// The one that is waited for; those before it are done.
    current: usize,
}

struct Candidate {
    events: UnboundedReceiver<Event>,
    text: String,
    tokens: usize,
    finish_reason: FinishReason,
}

/// The seed of a candidate: the request's own for the first.
pub(super) fn seed_of(seed: u64, candidate: usize) -> u64 {
    seed.wrapping_add((candidate as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

impl Candidates {
    /// Waits for completions whose events come from `events`, in the order of their seeds.
    pub(super) fn new(
        spec: Arc<CoverLetterRequestSpec>,
        answer: Answer,
        options: Options,
        events: Vec<UnboundedReceiver<Event>>,
    ) -> Self {
        let candidate =
            |events| Candidate { events, text: String::new(), tokens: 0, finish_reason: FinishReason::Stop };
        Self { spec, answer, options, writing: events.into_iter().map(candidate).collect(), current: 0 }
    }

    /// The next progress, or the letter to tell when all are done.
    pub(super) async fn next(&mut self, prompt_tokens: usize) -> Result<Result<Progress, Telling>, WriteError> {
        while let Some(candidate) = self.writing.get_mut(self.current) {
            match candidate.events.recv().await {
                Some(Event::Read { tokens }) if self.current == 0 => return Ok(Ok(Progress::Reading { tokens })),
                Some(Event::Read { .. }) => {}
                Some(Event::Wrote { text, tokens }) => {
                    candidate.text += &text;
                    candidate.tokens = tokens;
                    let completion_tokens = self.tokens();
                    return Ok(Ok(Progress::Writing { text: String::new(), completion_tokens }));
                }
                Some(Event::Done(done)) => {
                    (candidate.tokens, candidate.finish_reason) = (done.completion_tokens, done.finish_reason);
                    self.current += 1;
                }
                Some(Event::Failed(error)) => return Err(error.into()),
                None => return Err(WriteError::Interrupted),
            }
        }
        Ok(Err(Telling::new(self.chosen(prompt_tokens)?, &self.options)))
    }

    fn tokens(&self) -> usize {
        self.writing.iter().map(|candidate| candidate.tokens).sum()
    }

    /// The letter that fails the fewest checks, of equals the one with the fewest other faults, then the first; a plain one when none can be used.
    fn chosen(&self, prompt_tokens: usize) -> Result<Finished, WriteError> {
        let completion_tokens = self.tokens();
        let finished =
            |finish_reason, letter, form| Finished { finish_reason, letter, form, prompt_tokens, completion_tokens };
        let stopped = |reason: &FinishReason| matches!(reason, FinishReason::Cancelled | FinishReason::Deadline);
        if let Some(reason) = self.writing.iter().map(|candidate| candidate.finish_reason).find(stopped) {
            return Ok(finished(reason, String::new(), Form::Model));
        }
        let usable = self.writing.iter().filter_map(|candidate| {
            let (letter, faults) = self.letter(&candidate.text)?;
            let failed = check(&self.spec, &letter).iter().filter(|check| !check.passed).count();
            Some(((failed, faults), letter, candidate.finish_reason))
        });
        match (usable.min_by_key(|(rank, ..)| *rank), &self.answer) {
            (Some((_, letter, reason)), _) => Ok(finished(reason, letter, Form::Model)),
            (None, Answer::Sentences { .. }) => {
                let letter = signed(&self.spec, &plain::letter(&self.spec))?;
                let is_cut = self.writing.iter().all(|candidate| candidate.finish_reason == FinishReason::Length);
                let why = if is_cut {
                    "the letter does not fit into `maxNewTokens`".to_owned()
                } else {
                    Astray::Moves.to_string()
                };
                Ok(finished(FinishReason::Stop, letter, Form::Plain(why)))
            }
            (None, Answer::Letter) => Err(EmptyLetter.into()),
        }
    }

    /// The letter that an answer makes, if it makes one, and its faults beyond those that the checks find.
    fn letter(&self, answer: &str) -> Option<(String, usize)> {
        let (text, faults) = match &self.answer {
            Answer::Letter => (answer.to_owned(), 0),
            Answer::Sentences { plan, facts } => {
                let draft = Draft::read(answer, plan).ok()?;
                (draft.filled(facts).ok()?, draft.faults())
            }
        };
        signed(&self.spec, &text).ok().map(|letter| (letter, faults))
    }
}

/// A text with salutation and signature.
pub(super) fn signed(spec: &CoverLetterRequestSpec, text: &str) -> Result<String, EmptyLetter> {
    let mut composer = Composer::new(spec.letter.tone, &spec.applicant.name);
    composer.push(text);
    composer.finish().map(|(_, letter)| letter)
}
