//! Writes one letter: request -> facts -> prompt -> completions -> the best letter -> its checks.

mod candidates;
mod progress;
mod samples;
mod streaming;

use crds::CoverLetterRequestSpec;

use crate::complete::{Ask, Complete, Completion};
use crate::compose::Composer;
use crate::evidence::evidence;
use crate::facts::Facts;
use crate::instructions;
use crate::letter::Letter;
use crate::plan::Plan;
use crate::style::Style;
use candidates::{Answer, Candidates, seed_of};
use streaming::Streaming;

pub use progress::{Progress, WriteError};
pub use samples::samples;

/// A letter in progress. Dropping it stops the work.
pub struct Writing<C> {
    request: CoverLetterRequestSpec,
    prompt_tokens: usize,
    source: Source<C>,
    stage: Stage,
}

#[derive(Clone, Copy)]
enum Stage {
    /// The model writes.
    Writing,
    /// The model has finished, and the letter is to be checked.
    Checking,
    /// The last progress was returned.
    Over,
}

/// Where the letter comes from.
enum Source<C> {
    /// The one completion is the letter, and is shown as it is written.
    Streaming(Box<Streaming<C>>),
    /// Several completions are written; nothing is shown until the best is known.
    Choosing(Box<Candidates<C>>),
    /// The model is not asked, for this reason.
    Plain(String),
}

/// Begins the letter for `request` with `model`, which expects prompts in `style`. The letter is the best of
/// `candidates`, at least one; a chat model's single candidate is shown as it is written. The same model, request and
/// seed write the same letter.
///
/// # Errors
/// When the model does not take the request.
pub fn write<M: Complete>(
    model: &M,
    style: Style,
    candidates: usize,
    request: &CoverLetterRequestSpec,
    seed: u64,
) -> Result<Writing<M::Completion>, WriteError<M::Error>> {
    let writing =
        |prompt_tokens, source| Writing { request: request.clone(), prompt_tokens, source, stage: Stage::Writing };
    let (messages, answer) = match style {
        Style::Chat => (instructions::messages(request), Answer::Letter),
        Style::BuiltIn => match Facts::of(request) {
            Err(why) => return Ok(writing(0, Source::Plain(why.to_string()))),
            Ok(facts) => {
                let evidence = evidence(&request.job, &facts.all);
                let plan = Plan::of(&facts, &evidence, &request.letter, seed);
                (plan.messages(), Answer::Sentences(Box::new(plan)))
            }
        },
    };
    let candidates = candidates.max(1);
    let is_shown = candidates == 1 && matches!(answer, Answer::Letter);
    let seeds: Vec<u64> = (0..candidates).map(|candidate| seed_of(seed, candidate)).collect();
    let mut asked = model.complete(&Ask { messages: &messages, seeds: &seeds, is_shown }).map_err(WriteError::Model)?;
    let source = match asked.all.pop() {
        Some(only) if is_shown => {
            let composer = Composer::new(request.letter.tone, &request.applicant.name);
            Source::Streaming(Box::new(Streaming::new(only, composer)))
        }
        last => Source::Choosing(Box::new(Candidates::new(answer, asked.all.into_iter().chain(last)))),
    };
    Ok(writing(asked.prompt_tokens, source))
}

impl<C: Completion> Writing<C> {
    /// Tokens of the prompt; 0 when the model is not asked.
    #[must_use]
    pub fn prompt_tokens(&self) -> usize {
        self.prompt_tokens
    }

    /// Waits for the next progress; `None` after [`Progress::Finished`] or an error. Safe to drop while waiting.
    ///
    /// # Errors
    /// When the letter cannot be finished.
    pub async fn next(&mut self) -> Option<Result<Progress, WriteError<C::Error>>> {
        let progress = match self.stage {
            Stage::Writing => self.written().await.map(|written| written.unwrap_or(Progress::Checking)),
            Stage::Checking => self.letter().map(|letter| Progress::Finished(Box::new(letter))),
            Stage::Over => return None,
        };
        match &progress {
            Ok(Progress::Reading { .. } | Progress::Writing { .. }) => {}
            Ok(Progress::Checking) => self.stage = Stage::Checking,
            Ok(Progress::Finished(_)) | Err(_) => self.stage = Stage::Over,
        }
        Some(progress)
    }

    /// The model's next progress; `None` when it has finished.
    async fn written(&mut self) -> Result<Option<Progress>, WriteError<C::Error>> {
        match &mut self.source {
            Source::Streaming(streaming) => streaming.next().await,
            Source::Choosing(candidates) => candidates.next().await.map_err(WriteError::Model),
            Source::Plain(_) => Ok(None),
        }
    }

    /// The letter with its checks, once the model has finished.
    fn letter(&mut self) -> Result<Letter, WriteError<C::Error>> {
        let (letter, completion_tokens) = match &mut self.source {
            Source::Streaming(streaming) => (streaming.letter(&self.request)?, streaming.tokens()),
            Source::Choosing(candidates) => (candidates.best(&self.request)?, candidates.tokens()),
            Source::Plain(why) => (Letter::in_plain_form(&self.request, why.clone())?, 0),
        };
        Ok(Letter { prompt_tokens: self.prompt_tokens, completion_tokens, ..letter })
    }
}

#[cfg(test)]
mod tests;
