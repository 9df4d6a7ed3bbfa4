//! Sweeping: every few seconds, whatever a handler or another replica had to leave undone is done, and what has expired
//! is forgotten.

use std::time::Duration;

use cluster::Chain;
use crds::RequestReason;
use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};

use crate::cluster::requests::{letter_of, request_name};
use crate::db::{audit, buckets, challenges, erasures, letters, log_ins, networks, resets, sessions, tokens};
use crate::letter::{Ending, LetterState};
use crate::letters::{Letters, settle};
use crate::web::error::AppError;

/// Most rows of each kind that one sweep handles; the next one follows in seconds.
const BATCH: i64 = 50;
/// A request that the watch does not show this long after the form was sent is read by name.
const LOST_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// A request may still be on its way to the API server when its letter is deleted, but not for longer than this.
const ERASE_FOR: SignedDuration = SignedDuration::from_mins(2);
/// After this time every bucket is full again.
const BUCKETS_KEPT: SignedDuration = SignedDuration::from_hours(2);
/// A network counts as known this long after it was last used.
const NETWORKS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);
/// Whoever comes back from the provider within this time is told that it took too long.
const LOG_INS_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How long an administrator can look back.
const AUDIT_KEPT: SignedDuration = SignedDuration::from_hours(24 * 180);
/// A sweep that takes longer hangs: it is given up, and the next one begins anew.
const SWEEP_WITHIN: Duration = Duration::from_mins(1);

/// Sweeps every few seconds until the program stops.
pub async fn run(state: Letters) {
    let mut every = tokio::time::interval(state.settings.sweep_every);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = every.tick() => {
                if tokio::time::timeout(SWEEP_WITHIN, sweep(&state)).await.is_err() {
                    warn!("Gave up a sweep that took too long");
                }
            }
            () = state.shutdown.cancelled() => return,
        }
    }
}

/// One sweep. A part that fails does not keep the others from running.
async fn sweep(state: &Letters) {
    let now = state.clock.now();
    report("stop letters", stop(state).await);
    report("erase requests", erase(state, now).await);
    report("archive letters", archive(state).await);
    report("look for lost requests", find_lost(state, now).await);
    report("forget what has expired", forget(state, now).await);
}

fn report(what: &str, result: Result<(), AppError>) {
    if let Err(error) = result {
        warn!(error = %Chain(&error), "Failed to {what}");
    }
}

/// Cancels requests whose owner pressed Stop while the cluster did not answer.
async fn stop(state: &Letters) -> Result<(), AppError> {
    for letter in letters::stopping(&state.db, BATCH).await? {
        let name = request_name(letter);
        if state.board.get(&name).is_some_and(|request| !request.spec.cancel_requested) {
            state.requests.cancel(&name).await?;
        }
    }
    Ok(())
}

async fn erase(state: &Letters, now: Timestamp) -> Result<(), AppError> {
    for erasures::Queued { request_name: name, queued_at } in erasures::queued(&state.db, BATCH).await? {
        let told = state.requests.erase(&name).await?;
        if told || queued_at < now - ERASE_FOR {
            erasures::done(&state.db, &name).await?;
            info!(request.name = %name, "Erased request `{name}`");
        }
    }
    Ok(())
}

/// Requests that have ended without the label: not archived yet, or archived by a replica that could not set it.
async fn archive(state: &Letters) -> Result<(), AppError> {
    let finished = state.board.finished();
    let unmarked = finished.iter().filter(|request| !request.is_archived());
    let unmarked = unmarked.filter_map(|request| letter_of(request.metadata.name.as_deref()?));
    let unmarked: Vec<_> = unmarked.take(BATCH as usize).collect();
    let kept = letters::finished_among(&state.db, &unmarked).await?;
    for letter in unmarked {
        if kept.contains(&letter) {
            state.requests.mark_archived(&request_name(letter)).await?;
        } else {
            settle::archive(state, letter).await?;
        }
    }
    Ok(())
}

/// Fails letters whose request is gone: deleted by hand, or with its namespace.
async fn find_lost(state: &Letters, now: Timestamp) -> Result<(), AppError> {
    if !state.board.is_synced() {
        return Ok(());
    }
    let candidates = letters::submitted_before(&state.db, now - LOST_AFTER, BATCH).await?;
    for letter in candidates.into_iter().filter(|letter| state.board.get(&request_name(*letter)).is_none()) {
        if !state.requests.exists(&request_name(letter)).await? {
            let end = Ending::without_letter(LetterState::Failed, RequestReason::Removed);
            letters::finish(&state.db, letter, &end, now).await?;
            info!(letter.id = %letter, "Gave up letter `{letter}`: its request was removed");
        }
    }
    Ok(())
}

async fn forget(state: &Letters, now: Timestamp) -> Result<(), AppError> {
    tokens::purge(&state.db, now).await?;
    sessions::purge(&state.db, now).await?;
    resets::purge(&state.db, now).await?;
    challenges::purge(&state.db, now).await?;
    log_ins::purge(&state.db, now - LOG_INS_KEPT).await?;
    networks::purge(&state.db, now - NETWORKS_KEPT).await?;
    audit::purge(&state.db, now - AUDIT_KEPT).await?;
    let mut connection = state.db.acquire().await?;
    buckets::purge(&mut connection, now - BUCKETS_KEPT).await?;
    Ok(())
}
