//! One completion that is shown while it is written.

use super::{Form, Progress, WriteError, Written};
use crate::complete::{Completion, Event, Finish};
use crate::compose::{Composer, EmptyLetter};

/// One completion on its way to a letter.
pub(super) struct Streaming<C> {
    completion: C,
    composer: Composer,
    end: Option<End>,
}

/// What is known once the model has stopped.
struct End {
    text: String,
    finish: Finish,
    tokens: usize,
}

impl<C: Completion> Streaming<C> {
    pub(super) fn new(completion: C, composer: Composer) -> Self {
        Self { completion, composer, end: None }
    }

    /// The next text; `None` after the last one.
    pub(super) async fn next(&mut self) -> Result<Option<Progress>, WriteError<C::Error>> {
        if self.end.is_some() {
            return Ok(None);
        }
        Ok(Some(match self.completion.next().await.map_err(WriteError::Model)? {
            Event::Read { tokens } => Progress::Reading { tokens },
            Event::Wrote { text, tokens } => {
                Progress::Writing { text: self.composer.push(&text), completion_tokens: tokens }
            }
            Event::Done { finish, tokens } => {
                let (rest, text) = std::mem::take(&mut self.composer).finish()?;
                self.end = Some(End { text, finish, tokens });
                Progress::Writing { text: rest, completion_tokens: tokens }
            }
        }))
    }

    /// The letter, after the last text.
    pub(super) fn written(&mut self) -> Result<Written, EmptyLetter> {
        let End { text, finish, tokens } = self.end.take().ok_or(EmptyLetter)?;
        Ok(Written { text, form: Form::Model, checks: None, finish, completion_tokens: tokens })
    }
}
