//! Planned letters that a general model words.

use crds::CoverLetterRequestSpec;

use super::progress::{Progress, WriteError};
use crate::complete::{Completion, Event, Finish};
use crate::compose::Composer;
use crate::guided::Guided;
use crate::letter::{EmptyLetter, Letter};

/// Letters of one request, written at the same time; the only one is shown while it is written.
pub(super) struct Worded<C> {
    all: Vec<One<C>>,
    /// The first one that is not finished.
    current: usize,
}

struct One<C> {
    guided: Guided,
    /// `None` when the model has nothing to write, or nothing more.
    completion: Option<C>,
    composer: Composer,
    is_begun: bool,
    tokens: usize,
    /// The whole letter, at the end.
    text: Option<String>,
}

impl<C: Completion> Worded<C> {
    /// These letters with their completions, none where the model has nothing to write.
    pub(super) fn new(
        request: &CoverLetterRequestSpec,
        letters: impl IntoIterator<Item = (Guided, Option<C>)>,
    ) -> Self {
        let composer = Composer::new(request.letter.tone, &request.applicant.name);
        let one = |(guided, completion)| {
            let composer = composer.clone();
            One { guided, completion, composer, is_begun: false, tokens: 0, text: None }
        };
        Self { all: letters.into_iter().map(one).collect(), current: 0 }
    }

    /// The next progress; `None` when all are finished.
    pub(super) async fn next(&mut self) -> Result<Option<Progress>, WriteError<C::Error>> {
        let is_shown = self.all.len() == 1;
        while let Some(one) = self.all.get_mut(self.current) {
            match one.next().await? {
                Some(Progress::Writing { text, .. }) => {
                    let text = if is_shown { text } else { String::new() };
                    return Ok(Some(Progress::Writing { text, completion_tokens: self.tokens() }));
                }
                Some(Progress::Reading { .. }) if self.current > 0 => {}
                Some(progress) => return Ok(Some(progress)),
                None => self.current += 1,
            }
        }
        Ok(None)
    }

    /// Tokens written so far.
    pub(super) fn tokens(&self) -> usize {
        self.all.iter().map(|one| one.tokens).sum()
    }

    /// The letter that fails the fewest checks; of equals the first.
    pub(super) fn best(&self, request: &CoverLetterRequestSpec) -> Result<Letter, EmptyLetter> {
        let texts = self.all.iter().filter_map(|one| one.text.clone());
        let letters = texts.map(|text| Letter::by_model(request, text, Finish::Stop));
        letters.min_by_key(Letter::failed).ok_or(EmptyLetter)
    }
}

impl<C: Completion> One<C> {
    async fn next(&mut self) -> Result<Option<Progress>, WriteError<C::Error>> {
        if self.text.is_some() {
            return Ok(None);
        }
        if !std::mem::replace(&mut self.is_begun, true) {
            let text = self.composer.push(&self.guided.beginning);
            return Ok(Some(Progress::Writing { text, completion_tokens: 0 }));
        }
        let Some(completion) = &mut self.completion else { return self.end().map(Some) };
        Ok(Some(match completion.next().await.map_err(WriteError::Model)? {
            Event::Read { tokens } => Progress::Reading { tokens },
            Event::Wrote { text, tokens } => {
                self.tokens = tokens;
                let text = self.composer.push(&self.guided.push(&text));
                if self.guided.is_over() {
                    self.completion = None;
                }
                Progress::Writing { text, completion_tokens: tokens }
            }
            Event::Done { tokens, .. } => {
                (self.tokens, self.completion) = (tokens, None);
                Progress::Writing { text: String::new(), completion_tokens: tokens }
            }
        }))
    }

    fn end(&mut self) -> Result<Progress, WriteError<C::Error>> {
        let closing = self.composer.push(&self.guided.rest());
        let (rest, text) = std::mem::take(&mut self.composer).finish()?;
        self.text = Some(text);
        Ok(Progress::Writing { text: closing + &rest, completion_tokens: self.tokens })
    }
}
