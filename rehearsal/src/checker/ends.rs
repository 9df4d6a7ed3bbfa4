//! How a claim and a request may come to their end: by whom, and why.

use crds::request::{Claim, Outcome, State};
use crds::{CoverLetterRequest, RequestReason, life};

use super::evidence;
use super::promise::promise;
use super::terms::{Known, Terms};
use crate::server::{Change, Server, timestamp};
use crate::worker::text;

/// Checks who changes the status, and why it is what it is then.
pub fn check(
    known: &Known<'_>,
    change: &Change<CoverLetterRequest>,
    terms: Terms<'_>,
    server: &Server<'_>,
) -> Result<(), String> {
    let (before, after) = (known.request, &change.object);
    if before.status == after.status {
        return Ok(());
    }
    let claim = before.status.as_ref().and_then(|status| status.claim.as_ref());
    match claim.filter(|_| before.state() == State::Running) {
        Some(claim) => {
            let may = change.by.starts_with("system:") || change.by == claim.boot_id;
            promise(may, "nobody but the operator writes what another process holds")?;
            left(known, claim, change, server)?;
        }
        None => promise(after.state() != State::Succeeded, "nobody completes what nobody holds")?,
    }
    match (after.state(), after.reason()) {
        (State::Cancelled, _) => {
            let is_wanted = before.spec.cancel_requested || after.spec.cancel_requested;
            promise(is_wanted, "nothing is cancelled that nobody wants stopped")
        }
        (State::Failed, Some(RequestReason::DeadlineExceeded)) => {
            // Whoever says so goes by its own clock.
            let wrong = terms.clocks.get(&change.by).copied().unwrap_or(0);
            let deadline = life::deadline(after, terms.limits.active_deadline_seconds);
            let is_late = deadline.is_some_and(|deadline| timestamp(change.time + wrong) >= deadline);
            promise(is_late, "nothing is late before its deadline")
        }
        (State::Failed, reason) => {
            let is_known = reason == Some(RequestReason::AttemptsExhausted) && claim.is_some();
            promise(is_known, "nothing fails without an attempt, unless it is late")
        }
        (State::Queued | State::Running | State::Succeeded, _) => Ok(()),
    }
}

/// A claim that no longer stands with this change.
fn left(
    known: &Known<'_>,
    claim: &Claim,
    change: &Change<CoverLetterRequest>,
    server: &Server<'_>,
) -> Result<(), String> {
    let after = &change.object;
    let status = after.status.clone().unwrap_or_default();
    match after.state() {
        State::Succeeded => {
            let uid = after.metadata.uid.as_deref().unwrap_or_default();
            promise(status.claim.as_ref() == Some(claim), "what completes a request is its last claim")?;
            promise(change.by == claim.boot_id, "only the process that holds the claim completes a request")?;
            let letter = text(uid, claim.attempt, &claim.boot_id);
            promise(status.letter.as_ref() == Some(&letter), "the letter is that of the claimed attempt")
        }
        State::Failed if after.reason() != Some(RequestReason::AttemptsExhausted) => Ok(()),
        State::Queued | State::Failed => {
            let recorded = status.attempts.last().filter(|attempt| attempt.number == claim.attempt);
            let attempt = recorded.ok_or("each attempt that ends is on record")?;
            if change.by.starts_with("system:") {
                return evidence::check(known, claim, attempt.outcome, change, server);
            }
            promise(attempt.outcome != Outcome::Lost, "only the operator says that an attempt is lost")
        }
        State::Running | State::Cancelled => Ok(()),
    }
}
