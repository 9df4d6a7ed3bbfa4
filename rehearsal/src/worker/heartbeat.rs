//! The Lease of a worker, renewed as the program renews it.

use crds::life::Claimant;
use inference::lease::{Announced, RENEW_EVERY, Told, lease};
use inference::retirement::Retirement;
use jiff::Timestamp;

use crate::actor::{App, Clock, Wishes};
use crate::server::{Answer, Call, Refusal};

/// Pause after a renewal that failed, in milliseconds.
const RETRY_AFTER: i64 = 1_000;
/// Longest wait for one answer.
const CALL_WITHIN: i64 = 5_000;

/// Renewals of one Lease.
pub struct Heartbeat {
    announced: Announced,
    acquired: Option<Timestamp>,
    /// When the next renewal is due; `None` while one is under way.
    next: Option<i64>,
    /// Whether the last one said that the worker leaves.
    said_leaving: bool,
    begun: bool,
    end: End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Open,
    Wanted,
    Asked,
    Reached,
}

impl Heartbeat {
    /// No renewal was made yet.
    pub fn new(app: &App, claimant: &Claimant) -> Self {
        let announced = Announced { app: app.name.to_owned(), claimant: claimant.clone(), slots: app.slots };
        Self { announced, acquired: None, next: Some(0), said_leaving: false, begun: false, end: End::Open }
    }

    /// Whether the first one was made: a worker without a Lease must not claim.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// Removes the Lease next.
    pub fn end(&mut self) {
        if self.end == End::Open {
            self.end = End::Wanted;
        }
    }

    /// Whether the Lease was removed, or that was tried.
    pub fn has_ended(&self) -> bool {
        self.end == End::Reached
    }

    /// The number of the call that is due now.
    pub fn due(
        &mut self,
        now: i64,
        clock: Clock,
        retirement: &Retirement,
        leaves: bool,
        wishes: &mut Wishes,
    ) -> Option<u64> {
        let next = self.next?;
        if self.end == End::Wanted {
            (self.end, self.next) = (End::Asked, None);
            return Some(wishes.call(Call::EndLease { name: self.announced.claimant.worker.clone() }, CALL_WITHIN));
        }
        if self.end != End::Open || now < next && leaves == self.said_leaving {
            return None;
        }
        let date = clock.date(now);
        let acquired = *self.acquired.get_or_insert(date);
        let told = Told { taken: retirement.held(), draining: leaves, retired: retirement.confirmed(), trouble: None };
        self.said_leaving = leaves;
        self.next = None;
        let lease = Box::new(lease(&self.announced, acquired, date, told));
        Some(wishes.call(Call::Apply { lease, manager: "coverletter-inference" }, CALL_WITHIN))
    }

    /// Takes the answer to a renewal, or to the removal.
    pub fn answered(&mut self, answer: Result<&Answer, &Refusal>, now: i64, wishes: &mut Wishes) {
        if self.end == End::Asked {
            self.end = End::Reached;
            return;
        }
        let pause = if answer.is_ok() { RENEW_EVERY.as_millis() as i64 } else { RETRY_AFTER };
        self.begun |= answer.is_ok();
        self.next = Some(now + pause);
        wishes.wake(now + pause);
    }
}
