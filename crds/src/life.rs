//! The life of a request: the only code that moves one from state to state. Pure; the API server checks the same rules.
//!
//! ```text
//!            claimed             succeeded
//!   Queued ───────────▶ Running ───────────▶ Succeeded
//!     ▲                  │ │ │
//!     │  released        │ │ └── failed ──▶ Failed      (also from Queued: deadline)
//!     │  untaken         │ │
//!     └── attempt_ended ─┘ └─── cancelled ▶ Cancelled    (also from Queued)
//! ```
//!
//! Every function takes the request as it was read and returns the whole new status; the caller writes it with the
//! `resourceVersion` that it read (compare and swap), so that of two writers exactly one succeeds.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, Time};

use crate::condition::{Statement, set_condition};
use crate::limits;
use crate::reason::RequestReason;
use crate::request::{
    Attempt, Check, Claim, CoverLetterRequest, CoverLetterRequestStatus, Form, Model, Outcome, SUCCEEDED, Span, State,
    Timings, Usage,
};

/// Longest backoff between two attempts.
pub const BACKOFF_MAX: SignedDuration = SignedDuration::from_secs(120);

/// Who claims a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimant {
    /// Pod name.
    pub worker: String,
    /// Pod uid.
    pub pod_uid: String,
    /// Changes with every start of the process.
    pub boot_id: String,
    /// `host:port` of the text stream.
    pub endpoint: String,
}

/// A finished letter and what is known about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The letter, at most 16 KiB.
    pub letter: String,
    /// Its checks.
    pub checks: Vec<Check>,
    /// Tokens read and written.
    pub usage: Usage,
    /// The model that wrote it.
    pub model: Model,
    /// Milliseconds from the claim to the first token.
    pub first_token: Option<i64>,
    /// Why the letter is in the plain form, in words; `None` when the model wrote it.
    pub plain: Option<String>,
}

/// The request waits for a worker; gives a new request its first status.
#[must_use]
pub fn queued(request: &CoverLetterRequest, now: Timestamp) -> CoverLetterRequestStatus {
    let message = "Waits for a worker.".to_owned();
    waiting(request, RequestReason::Queued, message, now)
}

/// The request names an app that does not exist, and waits for it.
#[must_use]
pub fn without_app(request: &CoverLetterRequest, now: Timestamp) -> CoverLetterRequestStatus {
    let message = format!("Waits: there is no CoverLetterApp `{}` in this namespace.", request.spec.app_ref.name);
    waiting(request, RequestReason::NoSuchApp, message, now)
}

/// `claimant` takes the request, and the attempt grows by one.
#[must_use]
pub fn claimed(request: &CoverLetterRequest, claimant: &Claimant, now: Timestamp) -> CoverLetterRequestStatus {
    let attempt = attempt(request) + 1;
    let mut status = CoverLetterRequestStatus {
        state: Some(State::Running),
        attempt: Some(attempt),
        claim: Some(Claim {
            worker: claimant.worker.clone(),
            pod_uid: claimant.pod_uid.clone(),
            boot_id: claimant.boot_id.clone(),
            attempt,
            acquire_time: MicroTime(now),
            endpoint: claimant.endpoint.clone(),
        }),
        start_time: Some(Time(now)),
        next_attempt_time: None,
        ..base(request, now)
    };
    say(&mut status, request, None, RequestReason::Claimed, format!("Pod {} writes the letter.", claimant.worker), now);
    status
}

/// The worker returns the request to the queue because it shuts down; the attempt does not count.
#[must_use]
pub fn released(request: &CoverLetterRequest, now: Timestamp) -> CoverLetterRequestStatus {
    let message = "Its worker shut down; the next one starts over.".to_owned();
    let attempts = remember(request, Outcome::Released, &message, now);
    CoverLetterRequestStatus { attempts, ..waiting(request, RequestReason::Released, message, now) }
}

/// The request returns to the queue because the worker to which it was handed has not taken it; the attempt, which never
/// began, does not count.
#[must_use]
pub fn untaken(request: &CoverLetterRequest, now: Timestamp) -> CoverLetterRequestStatus {
    let message = "Its worker did not take it; it is handed out again.".to_owned();
    let attempts = remember(request, Outcome::Released, &message, now);
    CoverLetterRequestStatus { attempts, ..waiting(request, RequestReason::Released, message, now) }
}

/// The current attempt failed or was lost: the request returns to the queue with a backoff, or fails for good after
/// `max_attempts`.
#[must_use]
pub fn attempt_ended(
    request: &CoverLetterRequest,
    outcome: Outcome,
    message: &str,
    max_attempts: i32,
    now: Timestamp,
) -> CoverLetterRequestStatus {
    let attempts = remember(request, outcome, message, now);
    let counted = counted(&attempts);
    if counted >= max_attempts {
        let message = format!(
            "{counted} of {max_attempts} attempts failed. Last: {message} Create the request again to try once more."
        );
        return CoverLetterRequestStatus {
            attempts,
            ..failed(request, RequestReason::AttemptsExhausted, message, now)
        };
    }
    let next = now + backoff(request, counted);
    let message = format!("Attempt {} ended: {message} Tries again.", attempt(request));
    CoverLetterRequestStatus {
        attempts,
        next_attempt_time: Some(Time(next)),
        ..waiting(request, RequestReason::Backoff, message, now)
    }
}

/// Whether no attempt is left if the current one fails.
#[must_use]
pub fn is_last_attempt(request: &CoverLetterRequest, max_attempts: i32) -> bool {
    counted(request.status.as_ref().map_or(&[], |status| &status.attempts)) + 1 >= max_attempts
}

/// The letter is written.
#[must_use]
pub fn succeeded(request: &CoverLetterRequest, written: Written, now: Timestamp) -> CoverLetterRequestStatus {
    let acquired = request.status.as_ref().and_then(|status| status.claim.as_ref()).map(|claim| claim.acquire_time.0);
    let (form, reason, message) = match &written.plain {
        None => (Form::Model, RequestReason::Written, format!("Wrote {} tokens.", written.usage.completion_tokens)),
        Some(why) => (Form::Plain, RequestReason::PlainForm, format!("Written in the plain form: {why}.")),
    };
    let mut status = CoverLetterRequestStatus {
        state: Some(State::Succeeded),
        letter: Some(written.letter),
        form: Some(form),
        checks: written.checks,
        usage: Some(written.usage),
        model: Some(written.model),
        timings: Some(timings(request, acquired, written.first_token, now)),
        completion_time: Some(Time(now)),
        ..base(request, now)
    };
    say(&mut status, request, Some(true), reason, message, now);
    status
}

/// There will be no letter. `message` says what the requester can do.
#[must_use]
pub fn failed(
    request: &CoverLetterRequest,
    reason: RequestReason,
    message: String,
    now: Timestamp,
) -> CoverLetterRequestStatus {
    ended(request, State::Failed, reason, message, now)
}

/// The requester asked to stop.
#[must_use]
pub fn cancelled(request: &CoverLetterRequest, now: Timestamp) -> CoverLetterRequestStatus {
    ended(request, State::Cancelled, RequestReason::Cancelled, "Stopped as requested.".to_owned(), now)
}

/// When the request must be finished, `active_deadline_seconds` after its creation.
#[must_use]
pub fn deadline(request: &CoverLetterRequest, active_deadline_seconds: i64) -> Option<Timestamp> {
    request.created().map(|created| created + SignedDuration::from_secs(active_deadline_seconds))
}

/// Number of the last attempt; 0 when there was none.
#[must_use]
pub fn attempt(request: &CoverLetterRequest) -> i32 {
    request.status.as_ref().and_then(|status| status.attempt).unwrap_or(0)
}

/// The fencing token of an attempt: what tells one claim from every other.
#[must_use]
pub fn token(uid: &str, attempt: i32) -> String {
    format!("{uid}/{attempt}")
}

/// How many of `attempts` count against the permitted number.
#[must_use]
pub fn counted(attempts: &[Attempt]) -> i32 {
    attempts.iter().filter(|attempt| attempt.outcome != Outcome::Released).count() as i32
}

/// 2, 8, 32, ... seconds, at most [`BACKOFF_MAX`], spread by up to a fifth so that requests lost together do not return
/// together.
fn backoff(request: &CoverLetterRequest, counted: i32) -> SignedDuration {
    let exponent = counted.clamp(1, 8) as u32 - 1;
    let milliseconds = (2_000_i64 * 4_i64.pow(exponent)).min(BACKOFF_MAX.as_millis() as i64);
    let spread = (request.seed() % 401) as i64 - 200;
    SignedDuration::from_millis(milliseconds + milliseconds * spread / 1_000)
}

/// What every transition keeps from the status before.
fn base(request: &CoverLetterRequest, now: Timestamp) -> CoverLetterRequestStatus {
    let mut status = request.status.clone().unwrap_or_default();
    status.queued_time.get_or_insert_with(|| Time(request.created().unwrap_or(now)));
    status
}

fn waiting(
    request: &CoverLetterRequest,
    reason: RequestReason,
    message: String,
    now: Timestamp,
) -> CoverLetterRequestStatus {
    let mut status =
        CoverLetterRequestStatus { state: Some(State::Queued), claim: None, start_time: None, ..base(request, now) };
    say(&mut status, request, None, reason, message, now);
    status
}

fn ended(
    request: &CoverLetterRequest,
    state: State,
    reason: RequestReason,
    message: String,
    now: Timestamp,
) -> CoverLetterRequestStatus {
    let acquired = request.status.as_ref().and_then(|status| status.claim.as_ref()).map(|claim| claim.acquire_time.0);
    let mut status = CoverLetterRequestStatus {
        state: Some(state),
        next_attempt_time: None,
        timings: Some(timings(request, acquired, None, now)),
        completion_time: Some(Time(now)),
        ..base(request, now)
    };
    say(&mut status, request, Some(false), reason, message, now);
    status
}

fn say(
    status: &mut CoverLetterRequestStatus,
    request: &CoverLetterRequest,
    succeeded: Option<bool>,
    reason: RequestReason,
    message: String,
    now: Timestamp,
) {
    let statement = Statement { type_: SUCCEEDED, status: succeeded, reason: reason.as_str(), message };
    set_condition(&mut status.conditions, statement, request.metadata.generation, now);
}

fn timings(
    request: &CoverLetterRequest,
    acquired: Option<Timestamp>,
    first_token: Option<i64>,
    now: Timestamp,
) -> Timings {
    let created = request.created().unwrap_or(now);
    let since_creation = |end: Timestamp| end.duration_since(created).as_millis().max(0) as i64;
    let total = since_creation(now);
    Timings { queued: since_creation(acquired.unwrap_or(now)), first_token, total, took: Span(total).to_string() }
}

/// The attempts so far and the one that ends now. Released ones, which do not count, are forgotten first.
fn remember(request: &CoverLetterRequest, outcome: Outcome, message: &str, now: Timestamp) -> Vec<Attempt> {
    let Some(status) = &request.status else { return Vec::new() };
    let mut attempts = status.attempts.clone();
    let Some(claim) = &status.claim else { return attempts };
    if attempts.len() >= limits::ATTEMPTS_MAX {
        let oldest_released = attempts.iter().position(|attempt| attempt.outcome == Outcome::Released).unwrap_or(0);
        attempts.remove(oldest_released);
    }
    attempts.push(Attempt {
        number: claim.attempt,
        worker: claim.worker.clone(),
        start_time: Time(claim.acquire_time.0),
        end_time: Time(now),
        outcome,
        message: message.chars().take(limits::MESSAGE_MAX).collect(),
    });
    attempts
}

#[cfg(test)]
mod tests;
