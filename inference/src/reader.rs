//! Puts the notes of an applicant into sentences with a small model that was trained for it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crds::CoverLetterRequestSpec;
use engine::constraint::{Guide, TokenBytes};
use engine::sampling::Sampling;
use engine::schedule::{Event, FinishReason, Schedule};
use engine::{CompleteError, Engine, LoadError, LoadOptions, Options};
use futures::future::join_all;
use letters::{Note, Notes, Wording, notes};
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::limit::Limit;

/// Texts that are read at the same time, of all letters together: more would need more memory than they save time.
const ROWS: usize = 8;
/// Most texts of one letter; of a form with more, rules read the rest, but for reasons, of which no more is said.
const NOTES_MAX: usize = 24;
/// Longest time that a text is read in a pod: a stuck model must not keep a letter for ever.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// Most tokens of a text with its sentences.
const CONTEXT: usize = 1_024;
/// Tokens of sentences for each token of a text, and for any text: notes become somewhat longer.
const GROWTH: usize = 2;
const SENTENCE: usize = 48;
/// Least mean of the logarithms of the probabilities of a line's tokens, and least of any of them: below, a line is not
/// used.
const MEAN_MIN: f32 = -0.22;
const LEAST_MIN: f32 = -1.2;
/// The line in the place of one that is not used. It is no sentence, so that rules read that part of the form, and
/// nothing is said of a reason.
const UNSURE: &str = "?\n";

/// Where a reader is, and how it is loaded.
#[derive(Clone, Debug)]
pub struct ReaderConfig {
    /// Folder of the model.
    pub path: PathBuf,
    /// Folder that keeps repacked weights for the next start.
    pub cache: Option<PathBuf>,
    /// Threads that compute; `None` is as many as the process may use.
    pub threads: Option<usize>,
    /// Longest time that a text is read, from when its turn comes.
    pub patience: Duration,
}

/// A model that puts notes into sentences.
pub struct Reader {
    engine: Engine,
    vocabulary: Arc<TokenBytes>,
    rows: Semaphore,
    patience: Duration,
}

/// Why notes were not read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The model cannot write.
    #[error(transparent)]
    Complete(#[from] CompleteError),
    /// The model took too long.
    #[error("failed to read a text of the notes within {} s", .0.as_secs())]
    Late(Duration),
    /// Preparing the texts panicked, or the reader is gone. This is a bug.
    #[error("failed to prepare the notes")]
    Unprepared,
}

impl Reader {
    /// Loads the model of `config`.
    ///
    /// # Errors
    /// When a file is missing, damaged or contradicts another; the error names it.
    pub fn load(config: ReaderConfig) -> Result<Self, LoadError> {
        let ReaderConfig { path, cache, threads, patience } = config;
        let options = LoadOptions { cache, threads, context: CONTEXT, ..LoadOptions::default() };
        let engine = Engine::start(engine::load(&path, &options)?, Schedule::new(ROWS));
        let vocabulary = Arc::new(engine.token_bytes());
        Ok(Self { engine, vocabulary, rows: Semaphore::new(ROWS), patience })
    }

    /// Writes sentences of what was typed in `spec`. The same notes give the same sentences. Dropping the future stops the
    /// work.
    ///
    /// # Errors
    /// When the model cannot write, or is stuck.
    pub async fn read(&self, spec: &CoverLetterRequestSpec) -> Result<Notes, ReadError> {
        // Comparing words takes a while for long forms.
        let spec = spec.clone();
        let texts = tokio::task::spawn_blocking(move || notes(&spec)).await.map_err(|_| ReadError::Unprepared)?;
        let read = texts.iter().take(NOTES_MAX).map(|note| self.read_one(note));
        let written: Vec<Result<String, ReadError>> = join_all(read).await;
        let mut all = Notes::default();
        for (note, written) in texts.iter().zip(written) {
            all.add(note.field, &written?);
        }
        for note in texts.iter().skip(NOTES_MAX) {
            all.add(note.field, UNSURE);
        }
        Ok(all)
    }

    /// What is written of a note, once its turn comes.
    async fn read_one(&self, note: &Note) -> Result<String, ReadError> {
        let _row = self.rows.acquire().await.map_err(|_| ReadError::Unprepared)?;
        timeout(self.patience, self.likeliest(note)).await.map_err(|_| ReadError::Late(self.patience))?
    }

    /// The likeliest sentences of a note. Others that were drawn said more of it, and worse.
    async fn likeliest(&self, note: &Note) -> Result<String, ReadError> {
        let prompt = self.engine.encode_text(&note.prompt).map_err(CompleteError::from)?;
        let words = Guide::new(Limit(Arc::clone(&note.wording)), Arc::clone(&self.vocabulary));
        let Some(completion) = self.begin(&prompt, words)? else { return Ok(UNSURE.to_owned()) };
        Ok(written(completion).await?)
    }

    /// Begins to go on with a text; `None` for one that is too long to be read.
    fn begin(&self, prompt: &[u32], words: Guide<Limit<Wording>>) -> Result<Option<engine::Completion>, CompleteError> {
        let options = Options {
            ends_loops: true,
            tells_probability: true,
            constraint: Some(Arc::new(words)),
            ..Options::new(prompt.len() * GROWTH + SENTENCE, Sampling::GREEDY)
        };
        match self.engine.complete(prompt, options) {
            Ok(completion) => Ok(Some(completion)),
            Err(CompleteError::TooLong(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A line as far as it is written, and the probability of its tokens.
#[derive(Default)]
struct Line {
    text: String,
    sum: f32,
    least: f32,
    tokens: f32,
}

impl Line {
    /// Whether the model was sure of the line.
    fn is_sure(&self) -> bool {
        self.tokens > 0.0 && self.sum / self.tokens > MEAN_MIN && self.least > LEAST_MIN
    }
}

/// The lines of a completion, without those that the model was not sure of. Where it was cut off, the last one is not whole.
async fn written(mut completion: engine::Completion) -> Result<String, CompleteError> {
    let (mut sure, mut line) = (String::new(), Line::default());
    loop {
        match completion.next().await? {
            Event::Wrote { text, log_probability, .. } => {
                let log_probability = log_probability.unwrap_or_default();
                line.sum += log_probability;
                line.least = line.least.min(log_probability);
                line.tokens += 1.0;
                line.text.push_str(&text);
                if line.text.ends_with('\n') {
                    sure.push_str(if line.is_sure() { &line.text } else { UNSURE });
                    line = Line::default();
                }
            }
            Event::Done(done) if done.finish_reason == FinishReason::Stop => return Ok(sure),
            Event::Done(_) => return Ok(sure + UNSURE),
            Event::Read { .. } => {}
            Event::Failed(error) => return Err(error.into()),
        }
    }
}
