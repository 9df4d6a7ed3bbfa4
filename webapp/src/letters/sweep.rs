//! The story of what was left undone: requests not created or stopped, labels not set, requests gone, erasures, old buckets.

use cluster::Chain;
use crds::RequestReason;
use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};

use crate::cluster::requests::{letter_of, request_name};
use crate::db::letters::{self, Finished, RowState};
use crate::db::time::Time;
use crate::db::{buckets, erasures, tokens};
use crate::letters::settle;
use crate::letters::submit;
use crate::state::AppState;
use crate::web::error::AppError;

/// Most rows that one sweep takes on; the next one comes soon.
const BATCH: i64 = 50;
/// The handler itself hands in within this time; earlier, a sweep would only do the same thing twice.
const HAND_IN_AFTER: SignedDuration = SignedDuration::from_secs(4);
/// A request that the watch does not show so long after the form was sent is asked for by name.
const LOST_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// A request may still be on its way to the API server when its letter is deleted; afterwards it cannot be.
const ERASE_FOR: SignedDuration = SignedDuration::from_mins(2);
/// By then every bucket is full again.
const BUCKETS_KEPT: SignedDuration = SignedDuration::from_hours(2);

/// Sweeps every few seconds until the program stops.
pub async fn run(state: AppState) {
    let mut every = tokio::time::interval(state.settings.sweep_every);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = every.tick() => sweep(&state).await,
            () = state.shutdown.cancelled() => return,
        }
    }
}

/// One sweep. Each part goes on when another fails.
async fn sweep(state: &AppState) {
    let now = state.clock.now();
    report("hand in letters", hand_in(state, now).await);
    report("stop letters", stop(state).await);
    report("erase requests", erase(state, now).await);
    report("archive letters", archive_rest(state).await);
    report("look for lost requests", find_lost(state, now).await);
    report("forget what has expired", forget(state, now).await);
}

fn report(what: &str, result: Result<(), AppError>) {
    if let Err(error) = result {
        warn!(error = %Chain(&error), "Failed to {what}");
    }
}

async fn hand_in(state: &AppState, now: Timestamp) -> Result<(), AppError> {
    for letter in letters::unsubmitted(&state.db, Time(now - HAND_IN_AFTER), BATCH).await? {
        submit::hand_in(state, letter.id, letter.draft.0, &letter.request_ref).await?;
    }
    Ok(())
}

/// Stops what could not be stopped when its owner asked for it.
async fn stop(state: &AppState) -> Result<(), AppError> {
    for letter in letters::stopping(&state.db, BATCH).await? {
        let name = request_name(letter);
        if state.board.get(&name).is_some_and(|request| !request.spec.cancel_requested) {
            state.requests.cancel(&name).await?;
        }
    }
    Ok(())
}

async fn erase(state: &AppState, now: Timestamp) -> Result<(), AppError> {
    for (name, queued_at) in erasures::queued(&state.db, BATCH).await? {
        let told = state.requests.erase(&name).await?;
        if told || queued_at.0 < now - ERASE_FOR {
            erasures::done(&state.db, &name).await?;
            info!(request.name = %name, "Erased request `{name}`");
        }
    }
    Ok(())
}

/// Finished requests without the label: archived by nobody yet, or archived by a replica that could not set it.
async fn archive_rest(state: &AppState) -> Result<(), AppError> {
    let unmarked: Vec<_> =
        state.board.finished().into_iter().filter(|request| !request.is_archived()).take(BATCH as usize).collect();
    for request in &unmarked {
        settle::archive(state, request).await?;
    }
    let names = unmarked.iter().filter_map(|request| letter_of(request.metadata.name.as_deref()?));
    let kept = letters::finished_among(&state.db, &names.collect::<Vec<_>>()).await?;
    for letter in kept {
        let name = request_name(letter);
        if state.board.get(&name).is_some_and(|request| !request.is_archived()) {
            state.requests.mark_archived(&name).await?;
        }
    }
    Ok(())
}

/// Letters whose request is gone: deleted by hand, or with its namespace.
async fn find_lost(state: &AppState, now: Timestamp) -> Result<(), AppError> {
    if !state.board.is_synced() {
        return Ok(());
    }
    let candidates = letters::submitted_before(&state.db, Time(now - LOST_AFTER), BATCH).await?;
    for letter in candidates.into_iter().filter(|letter| state.board.get(&request_name(*letter)).is_none()) {
        if !state.requests.exists(&request_name(letter)).await? {
            let end = Finished::without_letter(RowState::Failed, RequestReason::Removed);
            letters::finish(&state.db, letter, &end, Time(now)).await?;
            info!(letter.id = %letter, "Gave up letter `{letter}`: its request was removed");
        }
    }
    Ok(())
}

async fn forget(state: &AppState, now: Timestamp) -> Result<(), AppError> {
    state.gate.forget();
    tokens::purge(&state.db, Time(now)).await?;
    let mut connection = state.db.acquire().await?;
    buckets::purge(&mut connection, now - BUCKETS_KEPT).await?;
    Ok(())
}
