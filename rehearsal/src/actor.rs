//! What all programs of a rehearsal have in common: a clock that is wrong, and what they want from the world around them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::server::{Call, timestamp};

/// The clock of one machine.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// When the rehearsal began, for what only measures.
    pub base: Instant,
    /// By how many milliseconds it is wrong.
    pub offset: i64,
}

impl Clock {
    /// The date that it shows at `now`.
    #[must_use]
    pub fn date(&self, now: i64) -> Timestamp {
        timestamp(now + self.offset)
    }

    /// The time for what only measures.
    #[must_use]
    pub fn instant(&self, now: i64) -> Instant {
        self.base + Duration::from_millis(now.unsigned_abs())
    }
}

/// What a program wants after it has looked at something.
#[derive(Debug, Default)]
pub struct Wishes {
    /// Calls, each with a number that its answer carries and the milliseconds for which it is awaited.
    pub calls: Vec<(u64, Call, i64)>,
    /// When it wants to look again, even if nothing happens.
    pub wakes: Vec<i64>,
    /// Number of the next call.
    next: u64,
    /// Further times at which it wants to look again.
    later: BTreeSet<i64>,
}

impl Wishes {
    /// Asks for `call`, and returns its number.
    pub fn call(&mut self, call: Call, within: i64) -> u64 {
        self.next += 1;
        self.calls.push((self.next, call, within));
        self.next
    }

    /// Puts a wake off: another one comes before it.
    pub fn later(&mut self, time: i64) {
        self.later.insert(time);
    }

    /// The first wake that was put off, after those that are over at `now`.
    pub fn put_off(&mut self, now: i64) -> Option<i64> {
        self.later = self.later.split_off(&(now + 1));
        self.later.pop_first()
    }

    /// Asks to be woken at `time`.
    pub fn wake(&mut self, time: i64) {
        self.wakes.push(time);
    }
}

/// The app that everything is about, as far as it matters.
#[derive(Clone, Debug)]
pub struct App {
    /// Its name.
    pub name: &'static str,
    /// Its limits.
    pub limits: crds::app::Requests,
    /// Letters that one worker writes at the same time.
    pub slots: usize,
}
