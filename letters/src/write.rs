//! Writes one letter: request -> facts -> prompt -> completions -> the best letter -> its checks.

mod candidates;
mod progress;
mod samples;
mod screened;
mod streaming;
mod worded;

use crds::CoverLetterRequestSpec;

use crate::complete::{Ask, Complete, Completion};
use crate::compose::Composer;
use crate::evidence::evidence;
use crate::facts::notes::Notes;
use crate::facts::{Facts, Unserved};
use crate::guided::Guided;
use crate::instructions;
use crate::letter::Letter;
use crate::plan::Plan;
use crate::style::Style;
use candidates::{Answer, Candidates, seed_of};
use screened::screened;
use streaming::Streaming;
use worded::Worded;

pub use progress::{Progress, WriteError};
pub use samples::samples;

/// Why a letter has the plain form although the model was asked.
const SILENT: &str = "the model wrote nothing that could be a letter";

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
    /// The model words planned letters.
    Worded(Box<Worded<C>>),
    /// The model is not asked, for this reason.
    Plain(String),
}

/// Begins the letter for `request`, of which a reader wrote these `notes`, with `model`, which expects prompts in `style`. The letter is the best of
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
    notes: &Notes,
    seed: u64,
) -> Result<Writing<M::Completion>, WriteError<M::Error>> {
    let writing =
        |prompt_tokens, source| Writing { request: request.clone(), prompt_tokens, source, stage: Stage::Writing };
    let candidates = candidates.max(1);
    let (messages, answer) = match (style, Facts::with(request, notes)) {
        (Style::BuiltIn, Err(why)) | (Style::Chat, Err(why @ Unserved::Unread)) => {
            return Ok(writing(0, Source::Plain(why.to_string())));
        }
        (Style::BuiltIn, Ok(facts)) => {
            let facts = screened(request, facts, seed);
            let evidence = evidence(&request.job, &facts.all);
            let plan = Plan::of(&facts, &evidence, &request.letter, seed);
            (plan.messages(), Answer::Sentences(Box::new(plan)))
        }
        (Style::Chat, Ok(facts)) => {
            let facts = screened(request, facts, seed);
            let (prompt_tokens, worded) = worded(model, candidates, request, &facts, seed)?;
            return Ok(writing(prompt_tokens, Source::Worded(Box::new(worded))));
        }
        // The sentences of plans are English.
        (Style::Chat, Err(Unserved::Language)) => (instructions::messages(request), Answer::Letter),
    };
    let is_shown = candidates == 1 && matches!(answer, Answer::Letter);
    let seeds: Vec<u64> = (0..candidates).map(|candidate| seed_of(seed, candidate)).collect();
    let ask = Ask { messages: &messages, seeds: &seeds, is_shown, phrases: None };
    let mut asked = model.complete(&ask).map_err(WriteError::Model)?;
    let source = match asked.all.pop() {
        Some(only) if is_shown => {
            let composer = Composer::new(request.letter.tone, &request.applicant.name);
            Source::Streaming(Box::new(Streaming::new(only, composer)))
        }
        last => Source::Choosing(Box::new(Candidates::new(answer, asked.all.into_iter().chain(last)))),
    };
    Ok(writing(asked.prompt_tokens, source))
}

/// The tokens of a prompt, and the letters that a model words.
type Begun<M> = Result<(usize, Worded<<M as Complete>::Completion>), WriteError<<M as Complete>::Error>>;

/// Begins letters that the model words, each after a plan of its own; and the tokens of the first prompt.
fn worded<M: Complete>(
    model: &M,
    candidates: usize,
    request: &CoverLetterRequestSpec,
    facts: &Facts,
    seed: u64,
) -> Begun<M> {
    let evidence = evidence(&request.job, &facts.all);
    let (mut prompt_tokens, mut letters) = (0, Vec::new());
    for seed in (0..candidates).map(|candidate| seed_of(seed, candidate)) {
        let guided = Guided::new(Plan::of(facts, &evidence, &request.letter, seed));
        if guided.messages.is_empty() {
            letters.push((guided, None));
            continue;
        }
        let (messages, phrases) = (&guided.messages, Some(&guided.phrases));
        let ask = Ask { messages, seeds: &[seed], is_shown: candidates == 1, phrases };
        let mut asked = model.complete(&ask).map_err(WriteError::Model)?;
        if letters.is_empty() {
            prompt_tokens = asked.prompt_tokens;
        }
        letters.push((guided, asked.all.pop()));
    }
    Ok((prompt_tokens, Worded::new(request, letters)))
}

impl<C: Completion> Writing<C> {
    /// Tokens of the prompt, as far as they are known; 0 when the model is not asked.
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
            // Some models tell only afterwards how long the prompt was.
            Ok(Progress::Reading { tokens }) => self.prompt_tokens = self.prompt_tokens.max(*tokens),
            Ok(Progress::Writing { .. }) => {}
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
            Source::Worded(worded) => worded.next().await,
            Source::Plain(_) => Ok(None),
        }
    }

    /// The letter with its checks, once the model has finished.
    fn letter(&mut self) -> Result<Letter, WriteError<C::Error>> {
        let silent = |_| Letter::in_plain_form(&self.request, SILENT.to_owned());
        let (letter, completion_tokens) = match &mut self.source {
            Source::Streaming(streaming) => (streaming.letter(&self.request).or_else(silent)?, streaming.tokens()),
            Source::Choosing(candidates) => (candidates.best(&self.request).or_else(silent)?, candidates.tokens()),
            Source::Worded(worded) => (worded.best(&self.request)?, worded.tokens()),
            Source::Plain(why) => (Letter::in_plain_form(&self.request, why.clone())?, 0),
        };
        Ok(Letter { prompt_tokens: self.prompt_tokens, completion_tokens, ..letter })
    }
}

#[cfg(test)]
mod tests;
