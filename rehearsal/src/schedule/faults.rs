//! What goes wrong: programs crash, freeze, leave and lose their pods, watches break, and the API server is away.

use rand::RngExt as _;

use super::Play;
use super::event::{Event, Who};
use super::feed::Kind;

/// How long a worker may finish its letters after it was asked to leave.
const GRACE: i64 = 10_000;

impl Play<'_> {
    /// Has one thing go wrong, and the next one later.
    pub(super) fn fail(&mut self) {
        if self.now > self.chance.faults_until {
            return;
        }
        self.faults += 1;
        let seat = self.rng.random_range(0..self.seats.len());
        let duration = self.rng.random_range(100..40_000);
        match self.rng.random_range(0..7) {
            0 => self.crash(seat, duration / 8),
            1 if self.seats[seat].program.is_some() => self.seats[seat].frozen_until = self.now + duration,
            // Nothing runs there that could freeze.
            1 => {}
            2 if seat > 0 => self.replace_pod(seat),
            3 if seat > 0 => self.ask_to_leave(seat),
            4 => {
                self.away_until = self.now + duration / 4;
                for seat in 0..self.seats.len() {
                    for kind in kinds(seat) {
                        let late = self.latency();
                        self.break_watch(seat, *kind, duration / 4 + late);
                    }
                }
            }
            _ => {
                let kinds = kinds(seat);
                let kind = kinds[self.rng.random_range(0..kinds.len())];
                self.break_watch(seat, kind, duration / 2);
            }
        }
        let pause = self.rng.random_range(1..=self.chance.fault_every * 2);
        self.after(pause, Event::Fault);
    }

    /// The process dies and starts anew in its pod.
    fn crash(&mut self, seat: usize, away: i64) {
        self.seats[seat].stop();
        self.after(away, Event::Start(seat));
    }

    /// The pod of a worker is gone, and its Lease soon; another pod follows.
    pub(super) fn replace_pod(&mut self, seat: usize) {
        self.seats[seat].stop();
        if let Some((name, _)) = self.seats[seat].pod.take() {
            self.server.remove_pod(&name, self.now);
            self.spread(Kind::Pods);
            self.after(500, Event::CollectGarbage);
        }
        let delay = self.rng.random_range(500..5_000);
        self.after(delay, Event::Start(seat));
    }

    fn ask_to_leave(&mut self, seat: usize) {
        let Some(start) = self.seats[seat].start else { return };
        let who = Who { seat, start };
        // A frozen worker learns of it when it goes on, and then has less time.
        self.after(0, Event::Leave(who));
        self.after(GRACE, Event::Release(who));
    }
}

/// The watches of a program.
fn kinds(seat: usize) -> &'static [Kind] {
    if seat == 0 { &[Kind::Requests, Kind::Leases, Kind::Pods] } else { &[Kind::Own, Kind::All, Kind::Dispatcher] }
}
