//! Writes one letter: request -> facts -> what the model is asked -> completions -> the best letter -> its checks.

mod candidates;
mod samples;
mod streaming;

use crds::CoverLetterRequestSpec;
use crds::request::Check;

use crate::checks::{self, check};
use crate::complete::{Ask, Complete, Completion, Finish};
use crate::compose::{Composer, EmptyLetter, signed};
use crate::facts::Facts;
use crate::instructions;
use crate::plain;
use crate::plan::{self, Plan};
use crate::style::Style;
use candidates::{Answer, Candidates, seed_of};
use streaming::Streaming;

pub use samples::samples;

/// What becomes of a letter, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The model has read this much of the prompt.
    Reading {
        /// Tokens read so far.
        tokens: usize,
    },
    /// The model has written on.
    Writing {
        /// The letter's next text, possibly none. All texts put together are the letter, or its beginning.
        text: String,
        /// Tokens written so far, for all candidates together.
        completion_tokens: usize,
    },
    /// The model has done its part; the letter is being checked.
    Checking,
    /// The letter is done; nothing follows.
    Finished(Box<Letter>),
}

/// A finished letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The letter, from salutation to signature.
    pub text: String,
    /// Who wrote it.
    pub form: Form,
    /// What a reader may want to look at, see [`mod@crate::checks`].
    pub checks: Vec<Check>,
    /// Why the model stopped.
    pub finish: Finish,
    /// Tokens of the prompt; 0 when the model was not asked.
    pub prompt_tokens: usize,
    /// Tokens written, for all candidates together.
    pub completion_tokens: usize,
}

/// Who wrote a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// The model.
    Model,
    /// The program, in the plain form, because the model could not: the reason, in words.
    Plain(String),
}

/// Why a letter could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError<E> {
    /// The model could not complete what it was asked.
    #[error(transparent)]
    Model(E),
    /// The model wrote nothing.
    #[error(transparent)]
    Empty(#[from] EmptyLetter),
}

/// A letter being written. Dropping it stops the work.
pub struct Writing<C> {
    request: CoverLetterRequestSpec,
    prompt_tokens: usize,
    work: Work<C>,
    stage: Stage,
}

#[derive(Clone, Copy)]
enum Stage {
    /// The model writes.
    Writing,
    /// The model has done its part.
    Checking,
    /// The last progress was told.
    Over,
}

/// Where the letter comes from.
enum Work<C> {
    /// The one completion is the letter, and is shown as it is written.
    Streaming(Box<Streaming<C>>),
    /// Several completions are written; nothing is shown until the best is known.
    Choosing(Box<Candidates<C>>),
    /// The model is not asked, for this reason.
    Plain(String),
}

/// A letter as it was written.
struct Written {
    text: String,
    form: Form,
    /// The checks, where they had to be known to choose the letter.
    checks: Option<Vec<Check>>,
    finish: Finish,
    completion_tokens: usize,
}

/// Begins the letter for `request` with `model`, which wants to be asked in `style`: the best of `candidates` (at least
/// one; a chat model's single candidate is shown as it is written). The same model, request and seed write the same letter.
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
    let begun = |prompt_tokens, work| Writing { request: request.clone(), prompt_tokens, work, stage: Stage::Writing };
    let (messages, answer) = match style {
        Style::Chat => (instructions::messages(request), Answer::Letter),
        Style::BuiltIn => match Facts::of(request) {
            Err(why) => return Ok(begun(0, Work::Plain(why.to_string()))),
            Ok(facts) => {
                let plan = Plan::of(&facts, &request.letter, seed);
                (plan::messages(&plan), Answer::Sentences { plan, facts: Box::new(facts) })
            }
        },
    };
    let candidates = candidates.max(1);
    let is_shown = candidates == 1 && matches!(answer, Answer::Letter);
    let seeds: Vec<u64> = (0..candidates).map(|candidate| seed_of(seed, candidate)).collect();
    let mut asked = model.complete(&Ask { messages: &messages, seeds: &seeds, is_shown }).map_err(WriteError::Model)?;
    let work = match asked.all.pop() {
        Some(only) if is_shown => {
            let composer = Composer::new(request.letter.tone, &request.applicant.name);
            Work::Streaming(Box::new(Streaming::new(only, composer)))
        }
        last => Work::Choosing(Box::new(Candidates::new(answer, asked.all.into_iter().chain(last)))),
    };
    Ok(begun(asked.prompt_tokens, work))
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
            Stage::Writing => self.work.next().await,
            Stage::Checking => self.letter().map(|letter| Some(Progress::Finished(Box::new(letter)))),
            Stage::Over => return None,
        };
        let (stage, progress) = match progress {
            Ok(None) => (Stage::Checking, Ok(Some(Progress::Checking))),
            Ok(Some(Progress::Finished(_))) | Err(_) => (Stage::Over, progress),
            Ok(Some(_)) => (Stage::Writing, progress),
        };
        self.stage = stage;
        progress.transpose()
    }

    /// The letter that was written, with its checks.
    fn letter(&mut self) -> Result<Letter, WriteError<C::Error>> {
        let Written { text, form, checks, finish, completion_tokens } = match &mut self.work {
            Work::Streaming(streaming) => streaming.written()?,
            Work::Choosing(candidates) => candidates.best(&self.request)?,
            Work::Plain(why) => plain(&self.request, why.clone(), 0)?,
        };
        let mut checks = checks.unwrap_or_else(|| check(&self.request, &text));
        if let Form::Plain(why) = &form {
            checks.insert(0, checks::plain_form(why));
        }
        Ok(Letter { text, form, checks, finish, prompt_tokens: self.prompt_tokens, completion_tokens })
    }
}

impl<C: Completion> Work<C> {
    /// The next progress; `None` when the model has done its part.
    async fn next(&mut self) -> Result<Option<Progress>, WriteError<C::Error>> {
        match self {
            Self::Streaming(streaming) => streaming.next().await,
            Self::Choosing(candidates) => candidates.next().await,
            Self::Plain(_) => Ok(None),
        }
    }
}

/// A letter in the plain form.
fn plain(request: &CoverLetterRequestSpec, why: String, completion_tokens: usize) -> Result<Written, EmptyLetter> {
    let text = signed(request, &plain::letter(request))?;
    Ok(Written { text, form: Form::Plain(why), checks: None, finish: Finish::Stop, completion_tokens })
}
