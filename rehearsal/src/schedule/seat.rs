//! The place of a program: what runs there now, in which pod, by which clock, and what its watches have told it.

use rand::RngExt as _;
use rand::rngs::StdRng;

use super::chance::Chance;
use super::feed::{Feed, Kind};
use crate::actor::Wishes;
use crate::leader::Leader;
use crate::server::{Answer, Refusal, Writer};
use crate::worker::Worker;

/// What runs in a place.
pub enum Program {
    Leader(Box<Leader>),
    Worker(Box<Worker>),
}

/// A place for a program.
pub struct Seat {
    pub program: Option<Program>,
    /// Number of what runs now.
    pub start: Option<u32>,
    pub wishes: Wishes,
    pub writer: Writer,
    /// Name and uid of the pod, for a worker.
    pub pod: Option<(String, String)>,
    pub frozen_until: i64,
    /// By how many milliseconds the clock is wrong.
    pub offset: i64,
    pub feeds: [Feed; 4],
    /// When it is woken next.
    wake: Option<i64>,
}

impl Seat {
    pub fn draw(rng: &mut StdRng, chance: &Chance) -> Self {
        Self {
            program: None,
            start: None,
            wishes: Wishes::default(),
            writer: Writer::account("nobody"),
            pod: None,
            frozen_until: 0,
            offset: rng.random_range(-chance.clocks..=chance.clocks),
            feeds: [Feed::default(); 4],
            wake: None,
        }
    }

    /// Ends what runs here.
    pub fn stop(&mut self) {
        (self.program, self.start, self.frozen_until, self.wake) = (None, None, 0, None);
        (self.feeds, self.wishes) = ([Feed::default(); 4], Wishes::default());
    }

    /// Whether an event is needed to wake it at `time`.
    pub fn wakes_at(&mut self, time: i64, now: i64) -> bool {
        let is_needed = self.wake.is_none_or(|wake| wake <= now || time < wake);
        if is_needed {
            self.wake = Some(time);
        } else {
            self.wishes.later(time);
        }
        is_needed
    }

    /// Notes whether a watch is wanted. Whether it is to be opened now.
    pub fn wants(&mut self, kind: Kind, is_wanted: bool) -> bool {
        let feed = &mut self.feeds[kind.slot()];
        if !is_wanted {
            *feed = Feed::default();
        } else if !feed.is_open && !feed.opens {
            feed.opens = true;
            return true;
        }
        false
    }
}

impl Program {
    pub fn work(&mut self, now: i64, wishes: &mut Wishes) {
        match self {
            Self::Leader(leader) => leader.work(now, wishes),
            Self::Worker(worker) => worker.work(now, wishes),
        }
    }

    pub fn answered(&mut self, number: u64, answer: Result<Answer, Refusal>, now: i64, wishes: &mut Wishes) {
        match self {
            Self::Leader(leader) => leader.answered(number, &answer, now, wishes),
            Self::Worker(worker) => worker.answered(number, answer, now, wishes),
        }
    }
}
