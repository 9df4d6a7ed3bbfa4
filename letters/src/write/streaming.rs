//! One completion that is shown while it is written.

use crds::CoverLetterRequestSpec;

use super::progress::{Progress, WriteError};
use crate::complete::{Completion, Event, Finish};
use crate::compose::Composer;
use crate::letter::{EmptyLetter, Letter};

/// One completion that becomes a letter.
pub(super) struct Streaming<C> {
    completion: C,
    composer: Composer,
    tokens: usize,
    /// The whole text, and why the model stopped.
    end: Option<Result<(String, Finish), EmptyLetter>>,
}

impl<C: Completion> Streaming<C> {
    pub(super) fn new(completion: C, composer: Composer) -> Self {
        Self { completion, composer, tokens: 0, end: None }
    }

    /// The next progress; `None` after the last text.
    pub(super) async fn next(&mut self) -> Result<Option<Progress>, WriteError<C::Error>> {
        if self.end.is_some() {
            return Ok(None);
        }
        Ok(Some(match self.completion.next().await.map_err(WriteError::Model)? {
            Event::Read { tokens } => Progress::Reading { tokens },
            Event::Wrote { text, tokens } => {
                self.tokens = tokens;
                Progress::Writing { text: self.composer.push(&text), completion_tokens: tokens }
            }
            Event::Done { finish, tokens } => {
                self.tokens = tokens;
                let rest = match std::mem::take(&mut self.composer).finish() {
                    Ok((rest, text)) => {
                        self.end = Some(Ok((text, finish)));
                        rest
                    }
                    Err(empty) => {
                        self.end = Some(Err(empty));
                        String::new()
                    }
                };
                Progress::Writing { text: rest, completion_tokens: tokens }
            }
        }))
    }

    /// Tokens written so far.
    pub(super) const fn tokens(&self) -> usize {
        self.tokens
    }

    /// The letter, after the last text.
    pub(super) fn letter(&mut self, request: &CoverLetterRequestSpec) -> Result<Letter, EmptyLetter> {
        let (text, finish) = self.end.take().ok_or(EmptyLetter)??;
        Ok(Letter::by_model(request, text, finish))
    }
}
