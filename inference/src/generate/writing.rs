//! A letter being written: streamed as the model writes it, or chosen among several and then told.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use super::candidates::Candidates;
use super::{Finished, Form, Options, Progress, WriteError};
use crate::letter::Composer;
use crate::model::thread::{Event, FinishReason};

/// A letter being written. Dropping it stops the work.
pub struct Writing {
    stage: Stage,
    prompt_tokens: usize,
    over: bool,
}

enum Stage {
    /// The one completion is the letter, and is shown as it is written.
    Streaming(Box<Streaming>),
    /// Several completions are written; nothing is shown until the best is known.
    Choosing(Box<Candidates>),
    /// The letter is known and is shown piece by piece.
    Telling(Telling),
}

/// One completion on its way to a letter.
pub(super) struct Streaming {
    pub(super) events: UnboundedReceiver<Event>,
    pub(super) composer: Composer,
    /// The whole, when the rest of the text has been told.
    pub(super) finished: Option<Finished>,
}

/// A known letter, shown at a pace.
pub(super) struct Telling {
    pieces: VecDeque<String>,
    finished: Finished,
    told: String,
    pause: Option<Duration>,
    due: Instant,
    deadline: Option<Instant>,
    cancel: CancellationToken,
}

impl Telling {
    /// Shows the letter of `finished` at the pace of `options`: word by word, or a paragraph at a time when there is none.
    pub(super) fn new(finished: Finished, options: &Options) -> Self {
        let pause = options.tokens_per_second.map(|pace| Duration::from_secs(1) / pace.max(1));
        let letter = &finished.letter;
        let pieces: VecDeque<String> = match pause {
            Some(_) => letter.split_inclusive([' ', '\n']).map(str::to_owned).collect(),
            None => letter.split_inclusive('\n').map(str::to_owned).collect(),
        };
        let (deadline, cancel) = (options.deadline, options.cancel.clone());
        Self { pieces, finished, told: String::new(), pause, due: Instant::now(), deadline, cancel }
    }

    /// The next piece, when it is due; the end when there is none or when the letter is no longer wanted.
    async fn next(&mut self) -> Progress {
        let end = self.deadline.unwrap_or(self.due).min(self.due);
        tokio::select! {
            () = self.cancel.cancelled() => return self.cut(FinishReason::Cancelled),
            () = tokio::time::sleep_until(end.into()) => {}
        }
        if self.cancel.is_cancelled() {
            return self.cut(FinishReason::Cancelled);
        }
        if self.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return self.cut(FinishReason::Deadline);
        }
        let Some(piece) = self.pieces.pop_front() else { return Progress::Finished(self.finished.clone()) };
        self.due += self.pause.unwrap_or_default();
        self.told += &piece;
        Progress::Writing { text: piece, completion_tokens: self.finished.completion_tokens }
    }

    fn cut(&mut self, finish_reason: FinishReason) -> Progress {
        Progress::Finished(Finished { finish_reason, letter: std::mem::take(&mut self.told), ..self.finished.clone() })
    }
}

impl Writing {
    pub(super) fn streaming(events: UnboundedReceiver<Event>, composer: Composer, prompt_tokens: usize) -> Self {
        let streaming = Streaming { events, composer, finished: None };
        Self { stage: Stage::Streaming(Box::new(streaming)), prompt_tokens, over: false }
    }

    pub(super) fn choosing(candidates: Candidates, prompt_tokens: usize) -> Self {
        Self { stage: Stage::Choosing(Box::new(candidates)), prompt_tokens, over: false }
    }

    pub(super) fn telling(telling: Telling) -> Self {
        Self { prompt_tokens: telling.finished.prompt_tokens, stage: Stage::Telling(telling), over: false }
    }

    /// Tokens of the prompt; 0 when the model is not asked.
    #[must_use]
    pub fn prompt_tokens(&self) -> usize {
        self.prompt_tokens
    }

    /// Waits for the next progress; `None` after [`Progress::Finished`] or an error. Safe to drop while waiting.
    ///
    /// # Errors
    /// When the letter cannot be finished.
    pub async fn next(&mut self) -> Option<Result<Progress, WriteError>> {
        if self.over {
            return None;
        }
        let progress = match &mut self.stage {
            Stage::Streaming(streaming) => streaming.next(self.prompt_tokens).await,
            Stage::Telling(telling) => Ok(telling.next().await),
            Stage::Choosing(candidates) => match candidates.next(self.prompt_tokens).await {
                Ok(Ok(progress)) => Ok(progress),
                Ok(Err(telling)) => {
                    let completion_tokens = telling.finished.completion_tokens;
                    self.stage = Stage::Telling(telling);
                    Ok(Progress::Writing { text: String::new(), completion_tokens })
                }
                Err(error) => Err(error),
            },
        };
        self.over = !matches!(progress, Ok(Progress::Reading { .. } | Progress::Writing { .. }));
        Some(progress)
    }
}

impl Streaming {
    async fn next(&mut self, prompt_tokens: usize) -> Result<Progress, WriteError> {
        if let Some(finished) = self.finished.take() {
            return Ok(Progress::Finished(finished));
        }
        match self.events.recv().await {
            Some(Event::Read { tokens }) => Ok(Progress::Reading { tokens }),
            Some(Event::Wrote { text, tokens }) => {
                Ok(Progress::Writing { text: self.composer.push(&text), completion_tokens: tokens })
            }
            Some(Event::Done(done)) => self.finish(done.finish_reason, done.completion_tokens, prompt_tokens),
            Some(Event::Failed(error)) => Err(error.into()),
            None => Err(WriteError::Interrupted),
        }
    }

    /// The rest of the text first, then the whole.
    fn finish(
        &mut self,
        finish_reason: FinishReason,
        completion_tokens: usize,
        prompt_tokens: usize,
    ) -> Result<Progress, WriteError> {
        let composer = std::mem::take(&mut self.composer);
        let (text, letter) = match finish_reason {
            FinishReason::Stop | FinishReason::Length => composer.finish()?,
            FinishReason::Cancelled | FinishReason::Deadline => (String::new(), composer.abandon()),
        };
        self.finished = Some(Finished { finish_reason, letter, form: Form::Model, prompt_tokens, completion_tokens });
        Ok(Progress::Writing { text, completion_tokens })
    }
}
