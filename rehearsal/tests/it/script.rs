//! Writes that a seed chooses: those that programs make, those that come too late, and those that nobody should make.

use std::fmt;

use crds::life::{self, Claimant, Written};
use crds::request::{Model, Outcome, State, Usage};
use crds::{CoverLetterRequest, CoverLetterRequestStatus, RequestReason};
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Admin,
    /// The account of the workers, outside any pod.
    Unbound,
    /// The worker in one of two pods.
    Pod(usize),
}

/// One write on one of two letters.
#[derive(Clone, Debug)]
pub enum Step {
    /// Makes it, for this app.
    Create(&'static str),
    /// Makes one with a name that is too long.
    CreateLong,
    /// Replaces the title, which nobody may.
    Retitle,
    /// Takes the wish to stop back.
    Uncancel,
    /// Replaces the status of the version that was read last, or of the one before it.
    Status {
        by: By,
        is_stale: bool,
        is_of_another: bool,
        change: Change,
    },
    Cancel,
    Label,
    Finalizers(bool),
    Delete {
        is_stale: bool,
    },
}

/// A change to a status.
#[derive(Clone, Copy)]
pub struct Change {
    name: &'static str,
    /// What it makes of the request as it was read.
    pub make: fn(&CoverLetterRequest, &[Claimant; 2], Timestamp) -> Option<CoverLetterRequestStatus>,
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// What programs write.
const GOOD: [Change; 10] = [
    Change { name: "queued", make: |request, _, now| Some(life::queued(request, now)) },
    Change { name: "claimed by the first", make: |request, pods, now| Some(life::claimed(request, &pods[0], now)) },
    Change { name: "claimed by the second", make: |request, pods, now| Some(life::claimed(request, &pods[1], now)) },
    Change {
        name: "claimed by the first again",
        make: |request, pods, now| Some(life::claimed(request, &pods[0], now)),
    },
    Change { name: "released", make: |request, _, now| Some(life::released(request, now)) },
    Change { name: "lost", make: |request, _, now| Some(life::attempt_ended(request, Outcome::Lost, "Gone.", 3, now)) },
    Change { name: "succeeded", make: |request, _, now| Some(life::succeeded(request, written(), now)) },
    Change { name: "succeeded, said again", make: |request, _, now| Some(life::succeeded(request, written(), now)) },
    Change { name: "cancelled", make: |request, _, now| Some(life::cancelled(request, now)) },
    Change {
        name: "failed",
        make: |request, _, now| Some(life::failed(request, RequestReason::DeadlineExceeded, "Late.".to_owned(), now)),
    },
];

/// What nobody should write, and what changes nothing.
const BAD: [Change; 11] = [
    Change { name: "as it was", make: |request, _, _| request.status.clone() },
    Change { name: "nothing", make: |_, _, _| None },
    Change {
        name: "two attempts more",
        make: |request, _, _| with(request, |status| status.attempt = Some(status.attempt.unwrap_or(0) + 2)),
    },
    Change { name: "no attempt", make: |request, _, _| with(request, |status| status.attempt = None) },
    Change { name: "no claim", make: |request, _, _| with(request, |status| status.claim = None) },
    Change {
        name: "another letter",
        make: |request, _, _| with(request, |status| status.letter = Some("Other.".to_owned())),
    },
    Change {
        name: "an end without a letter",
        make: |request, _, _| with(request, |status| (status.state, status.letter) = (Some(State::Succeeded), None)),
    },
    Change { name: "running", make: |request, _, _| with(request, |status| status.state = Some(State::Running)) },
    Change {
        name: "another claim in this attempt",
        make: |request, pods, now| {
            let claim = life::claimed(request, &pods[1], now).claim;
            with(request, |status| {
                status.claim = claim;
                if let Some(claim) = &mut status.claim {
                    claim.attempt = status.attempt.unwrap_or(1);
                }
                status.state = Some(State::Running);
            })
        },
    },
    Change {
        name: "a claim of another attempt",
        make: |request, pods, now| {
            let mut claimed = life::claimed(request, &pods[0], now);
            if let Some(claim) = &mut claimed.claim {
                claim.attempt += 1;
            }
            Some(claimed)
        },
    },
    Change {
        name: "another claim on top",
        make: |request, pods, now| {
            let next = life::claimed(request, &pods[1], now);
            with(request, |status| {
                (status.claim, status.attempt, status.state) = (next.claim, next.attempt, next.state);
            })
        },
    },
];

/// The steps of one script.
pub struct Script {
    rng: StdRng,
}

impl Script {
    pub fn new(seed: u64) -> Self {
        Self { rng: StdRng::seed_from_u64(seed) }
    }

    pub fn next(&mut self) -> Step {
        let rng = &mut self.rng;
        match rng.random_range(0..100) {
            0..10 => Step::Create("letters"),
            10 => Step::Create("other"),
            11 => Step::CreateLong,
            12..15 => Step::Cancel,
            15 => Step::Uncancel,
            16 => Step::Retitle,
            17..20 => Step::Label,
            20..24 => Step::Finalizers(rng.random_bool(0.4)),
            24..28 => Step::Delete { is_stale: rng.random_bool(0.3) },
            other => {
                let changes = if other < 84 { &GOOD[..] } else { &BAD[..] };
                let change = *changes.choose(rng).expect("there are some");
                let writers =
                    [By::Admin, By::Admin, By::Pod(0), By::Pod(0), By::Pod(0), By::Pod(1), By::Pod(1), By::Unbound];
                let by = *writers.choose(rng).expect("there are some");
                Step::Status { by, is_stale: rng.random_bool(0.08), is_of_another: rng.random_bool(0.03), change }
            }
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a change may also be to no status")]
fn with(
    request: &CoverLetterRequest,
    change: impl FnOnce(&mut CoverLetterRequestStatus),
) -> Option<CoverLetterRequestStatus> {
    let mut status = request.status.clone().unwrap_or_default();
    change(&mut status);
    Some(status)
}

fn written() -> Written {
    Written {
        letter: "Dear Hiring Manager,".to_owned(),
        checks: Vec::new(),
        usage: Usage { prompt_tokens: 1, completion_tokens: 1 },
        model: Model { name: "built-in".to_owned(), sha256: "ab".to_owned() },
        first_token: None,
        plain: None,
    }
}
