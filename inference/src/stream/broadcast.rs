//! The letters that readers can follow: those being written, and for a minute those that are finished.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crds::request::State;
use crds::stream::{End, Phase, Piece, StreamEvent, WorkerState};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::metrics;

/// How long a finished letter stays readable, so that a reader gets its end.
const KEPT_FOR: Duration = Duration::from_mins(1);
/// Most finished letters kept; at 16 KiB each they take 4 MiB.
const FINISHED_MAX: usize = 256;
/// Most readers; each is one connection.
const READERS_MAX: usize = 512;

/// All letters that can be read from this process, by the uid of their request.
#[derive(Debug)]
pub struct Streams {
    entries: Mutex<HashMap<String, Entry>>,
    readers: Arc<Semaphore>,
}

#[derive(Debug)]
struct Entry {
    attempt: i32,
    snapshot: watch::Receiver<Snapshot>,
    closed: Option<Instant>,
}

/// One letter as far as it is written.
#[derive(Clone, Debug)]
struct Snapshot {
    phase: Phase,
    attempt: i32,
    prompt_tokens: usize,
    completion_tokens: usize,
    text: String,
    done: Option<State>,
}

impl Default for Streams {
    fn default() -> Self {
        Self { entries: Mutex::default(), readers: Arc::new(Semaphore::new(READERS_MAX)) }
    }
}

impl Streams {
    /// Opens the stream of one attempt. Readers find it under `uid` until a minute after it is finished or dropped.
    #[must_use]
    pub fn open(self: &Arc<Self>, uid: &str, attempt: i32) -> LetterStream {
        let (sender, snapshot) = watch::channel(Snapshot {
            phase: Phase::Reading,
            attempt,
            prompt_tokens: 0,
            completion_tokens: 0,
            text: String::new(),
            done: None,
        });
        let mut entries = self.entries();
        evict(&mut entries, Instant::now());
        entries.insert(uid.to_owned(), Entry { attempt, snapshot, closed: None });
        LetterStream { streams: Arc::clone(self), uid: uid.to_owned(), attempt, snapshot: sender }
    }

    /// Starts to read the letter `uid` after its first `offset` Unicode scalar values.
    pub(super) fn read(&self, uid: &str, offset: usize) -> Result<Reader, ReadError> {
        let mut entries = self.entries();
        evict(&mut entries, Instant::now());
        let snapshot = entries.get(uid).ok_or(ReadError::Unknown)?.snapshot.clone();
        let permit = Arc::clone(&self.readers).try_acquire_owned().map_err(|_| ReadError::TooManyReaders)?;
        let readers = Arc::clone(&self.readers);
        metrics::watchers(READERS_MAX - readers.available_permits());
        Ok(Reader {
            snapshot,
            skip: offset,
            bytes: 0,
            offset: 0,
            sent_state: None,
            ended: false,
            _permit: ReaderPermit { permit: Some(permit), readers },
        })
    }

    fn close(&self, uid: &str, attempt: i32) {
        // A later attempt may already have replaced this one.
        if let Some(entry) = self.entries().get_mut(uid).filter(|entry| entry.attempt == attempt) {
            entry.closed.get_or_insert_with(Instant::now);
        }
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        // The map is whole after every statement, so a panic elsewhere does not matter.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes finished letters that are too old, and the oldest of those that are too many.
fn evict(entries: &mut HashMap<String, Entry>, now: Instant) {
    entries.retain(|_, entry| entry.closed.is_none_or(|closed| now.duration_since(closed) < KEPT_FOR));
    let mut closed: Vec<_> = entries.iter().filter_map(|(uid, entry)| Some((entry.closed?, uid.clone()))).collect();
    if closed.len() > FINISHED_MAX {
        closed.sort_unstable();
        for (_, uid) in &closed[..closed.len() - FINISHED_MAX] {
            entries.remove(uid);
        }
    }
}

/// Why a letter cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadError {
    /// This pod does not hold it.
    Unknown,
    /// All connections for readers are taken.
    TooManyReaders,
}

/// The writing end of one letter.
#[derive(Debug)]
pub struct LetterStream {
    streams: Arc<Streams>,
    uid: String,
    attempt: i32,
    snapshot: watch::Sender<Snapshot>,
}

impl LetterStream {
    /// Announces the length of the prompt.
    pub fn read_prompt(&self, tokens: usize) {
        self.snapshot.send_modify(|snapshot| snapshot.prompt_tokens = tokens);
    }

    /// Appends `text` to the letter, for which the model has written `completion_tokens` tokens in all.
    pub fn write(&self, text: &str, completion_tokens: usize) {
        self.snapshot.send_modify(|snapshot| {
            snapshot.phase = Phase::Writing;
            snapshot.completion_tokens = completion_tokens;
            snapshot.text.push_str(text);
        });
    }

    /// Announces that the model is done and only checking and reporting are left.
    pub fn check(&self) {
        self.snapshot.send_modify(|snapshot| snapshot.phase = Phase::Checking);
    }

    /// Ends the stream; the request's status now says `state`.
    pub fn finish(self, state: State) {
        self.snapshot.send_modify(|snapshot| snapshot.done = Some(state));
    }
}

impl Drop for LetterStream {
    fn drop(&mut self) {
        self.streams.close(&self.uid, self.attempt);
    }
}

/// The reading end of one letter. It holds no text of its own: a slow reader gets larger pieces, not a longer queue.
#[derive(Debug)]
pub(super) struct Reader {
    snapshot: watch::Receiver<Snapshot>,
    /// Unicode scalar values that the reader already has.
    skip: usize,
    bytes: usize,
    offset: usize,
    sent_state: Option<(Phase, usize)>,
    ended: bool,
    _permit: ReaderPermit,
}

impl Reader {
    /// The next event; `None` after `Done`, and when the writing end was dropped without one.
    pub(super) async fn next(&mut self) -> Option<StreamEvent> {
        loop {
            if self.ended {
                return None;
            }
            if let Some(event) = self.pending() {
                return Some(event);
            }
            if self.snapshot.changed().await.is_err() {
                // The writing end is gone, but its last snapshot may not have been sent yet.
                let event = self.pending();
                self.ended |= event.is_none();
                return event;
            }
        }
    }

    /// The next event that the current snapshot holds for this reader.
    fn pending(&mut self) -> Option<StreamEvent> {
        let snapshot = self.snapshot.borrow_and_update();
        let state = (snapshot.phase, snapshot.prompt_tokens);
        if self.sent_state != Some(state) {
            self.sent_state = Some(state);
            return Some(StreamEvent::State(WorkerState {
                attempt: snapshot.attempt,
                completion_tokens: snapshot.completion_tokens,
                prompt_tokens: snapshot.prompt_tokens,
                state: snapshot.phase,
            }));
        }
        let mut rest = &snapshot.text[self.bytes..];
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
        let state = snapshot.done?;
        self.ended = true;
        Some(StreamEvent::Done(End { state }))
    }
}

/// The right to one connection, counted in the metrics while it is held.
#[derive(Debug)]
struct ReaderPermit {
    permit: Option<OwnedSemaphorePermit>,
    readers: Arc<Semaphore>,
}

impl Drop for ReaderPermit {
    fn drop(&mut self) {
        self.permit = None;
        metrics::watchers(READERS_MAX - self.readers.available_permits());
    }
}

#[cfg(test)]
mod tests;
