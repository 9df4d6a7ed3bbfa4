//! Letters that lie open for readers: those being written, and for a minute those that are finished.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crds::request::State;
use crds::stream::{End, Phase, Piece, StreamEvent, WorkerState};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::metrics;

/// How long a finished letter can still be read, so that a reader gets its end.
const KEPT_FOR: Duration = Duration::from_mins(1);
/// Finished letters kept at most; at 16 KiB each this is 4 MiB.
const KEPT_MOST: usize = 256;
/// Readers at most; each is one connection.
const READERS_MOST: usize = 512;

/// All letters that can be read here.
#[derive(Debug)]
pub struct Desk {
    letters: Mutex<HashMap<String, Kept>>,
    readers: Arc<Semaphore>,
}

#[derive(Debug)]
struct Kept {
    attempt: i32,
    sheet: watch::Receiver<Sheet>,
    closed: Option<Instant>,
}

/// One letter as far as it is written.
#[derive(Clone, Debug)]
struct Sheet {
    phase: Phase,
    attempt: i32,
    prompt_tokens: usize,
    completion_tokens: usize,
    text: String,
    done: Option<State>,
}

impl Default for Desk {
    fn default() -> Self {
        Self { letters: Mutex::default(), readers: Arc::new(Semaphore::new(READERS_MOST)) }
    }
}

impl Desk {
    /// Opens a page for one attempt; readers find it under `uid` until a minute after it is finished or dropped.
    #[must_use]
    pub fn open(self: &Arc<Self>, uid: &str, attempt: i32) -> Page {
        let sheet = Sheet {
            phase: Phase::Reading,
            attempt,
            prompt_tokens: 0,
            completion_tokens: 0,
            text: String::new(),
            done: None,
        };
        let (sender, sheet) = watch::channel(sheet);
        let mut letters = self.letters();
        tidy(&mut letters, Instant::now());
        letters.insert(uid.to_owned(), Kept { attempt, sheet, closed: None });
        Page { desk: Arc::clone(self), uid: uid.to_owned(), attempt, sheet: sender }
    }

    /// Starts to read the letter `uid` after its first `offset` Unicode scalar values.
    pub(super) fn read(&self, uid: &str, offset: usize) -> Result<Reader, NotRead> {
        let mut letters = self.letters();
        tidy(&mut letters, Instant::now());
        let sheet = letters.get(uid).ok_or(NotRead::Unknown)?.sheet.clone();
        let seat = Arc::clone(&self.readers).try_acquire_owned().map_err(|_| NotRead::Crowded)?;
        let readers = Arc::clone(&self.readers);
        metrics::watchers(READERS_MOST - readers.available_permits());
        Ok(Reader {
            sheet,
            skip: offset,
            bytes: 0,
            offset: 0,
            told: None,
            ended: false,
            _seat: Seat { permit: Some(seat), readers },
        })
    }

    fn close(&self, uid: &str, attempt: i32) {
        // A later attempt may already lie in its place.
        if let Some(kept) = self.letters().get_mut(uid).filter(|kept| kept.attempt == attempt) {
            kept.closed.get_or_insert_with(Instant::now);
        }
    }

    fn letters(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        // The map is whole after every statement, so a panic elsewhere does not matter.
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tidy(letters: &mut HashMap<String, Kept>, now: Instant) {
    letters.retain(|_, kept| kept.closed.is_none_or(|closed| now.duration_since(closed) < KEPT_FOR));
    let mut closed: Vec<_> = letters.iter().filter_map(|(uid, kept)| Some((kept.closed?, uid.clone()))).collect();
    if closed.len() > KEPT_MOST {
        closed.sort_unstable();
        for (_, uid) in &closed[..closed.len() - KEPT_MOST] {
            letters.remove(uid);
        }
    }
}

/// Why a letter cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotRead {
    /// This pod does not hold it.
    Unknown,
    /// Too many readers.
    Crowded,
}

/// The writing end of one letter.
#[derive(Debug)]
pub struct Page {
    desk: Arc<Desk>,
    uid: String,
    attempt: i32,
    sheet: watch::Sender<Sheet>,
}

impl Page {
    /// The prompt has this many tokens.
    pub fn read_prompt(&self, tokens: usize) {
        self.sheet.send_modify(|sheet| sheet.prompt_tokens = tokens);
    }

    /// `text` comes next in the letter, after `completion_tokens` tokens in all.
    pub fn write(&self, text: &str, completion_tokens: usize) {
        self.sheet.send_modify(|sheet| {
            sheet.phase = Phase::Writing;
            sheet.completion_tokens = completion_tokens;
            sheet.text.push_str(text);
        });
    }

    /// The model is done, the rest is checking and reporting.
    pub fn check(&self) {
        self.sheet.send_modify(|sheet| sheet.phase = Phase::Checking);
    }

    /// What was written so far.
    #[must_use]
    pub fn text(&self) -> String {
        self.sheet.borrow().text.clone()
    }

    /// The request's status now says `state`.
    pub fn finish(self, state: State) {
        self.sheet.send_modify(|sheet| sheet.done = Some(state));
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.desk.close(&self.uid, self.attempt);
    }
}

/// The reading end of one letter. Holds no text of its own: a slow reader gets larger pieces, not a longer queue.
#[derive(Debug)]
pub(super) struct Reader {
    sheet: watch::Receiver<Sheet>,
    /// Unicode scalar values that the reader already has.
    skip: usize,
    bytes: usize,
    offset: usize,
    told: Option<(Phase, usize)>,
    ended: bool,
    _seat: Seat,
}

impl Reader {
    /// The next event; `None` after `Done`, and when the writer went away without one.
    pub(super) async fn next(&mut self) -> Option<StreamEvent> {
        loop {
            if self.ended {
                return None;
            }
            if let Some(event) = self.due() {
                return Some(event);
            }
            if self.sheet.changed().await.is_err() {
                // The writer is gone. Its last words may not have been told yet.
                let event = self.due();
                self.ended |= event.is_none();
                return event;
            }
        }
    }

    fn due(&mut self) -> Option<StreamEvent> {
        let sheet = self.sheet.borrow_and_update();
        let news = (sheet.phase, sheet.prompt_tokens);
        if self.told != Some(news) {
            self.told = Some(news);
            return Some(StreamEvent::State(WorkerState {
                attempt: sheet.attempt,
                completion_tokens: sheet.completion_tokens,
                prompt_tokens: sheet.prompt_tokens,
                state: sheet.phase,
            }));
        }
        let mut rest = &sheet.text[self.bytes..];
        if self.skip > 0 {
            let known = rest.char_indices().nth(self.skip).map_or(rest.len(), |(byte, _)| byte);
            let skipped = rest[..known].chars().count();
            (self.skip, self.offset, self.bytes) = (self.skip - skipped, self.offset + skipped, self.bytes + known);
            rest = &rest[known..];
        }
        if !rest.is_empty() {
            let piece = Piece { offset: self.offset, text: rest.to_owned() };
            (self.offset, self.bytes) = (self.offset + rest.chars().count(), self.bytes + rest.len());
            return Some(StreamEvent::Text(piece));
        }
        let state = sheet.done?;
        self.ended = true;
        Some(StreamEvent::Done(End { state }))
    }
}

/// A reader's place, counted while it is taken.
#[derive(Debug)]
struct Seat {
    permit: Option<OwnedSemaphorePermit>,
    readers: Arc<Semaphore>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.permit = None;
        metrics::watchers(READERS_MOST - self.readers.available_permits());
    }
}

#[cfg(test)]
mod tests;
