//! Handing in: the request of a letter is made once the queue of the app has room for it. Until then the letter waits in
//! the database, in the order in which it was sent.
//!
//! A letter is first given a seat in the queue, by one replica at a time: a column of its row, which counts from then on
//! whoever looks, long before a watch shows the request. The handler gives one to a letter whose turn it is when it is
//! sent. What waits, for room or for an API server that was away, is looked at as soon as the watch shows a change or a few
//! seconds have passed.

use std::time::Duration;

use cluster::Chain;
use crds::metrics::IN_LINE;
use crds::request::State;
use crds::{CoverLetterRequest, RequestReason};
use jiff::SignedDuration;
use tracing::{info, warn};
use uuid::Uuid;

use crate::cluster::requests::{RequestsError, request_name};
use crate::db::letters::{self, Unsubmitted};
use crate::letter::{Draft, Ending, Letter, LetterState};
use crate::letters::Letters;
use crate::place::Place;
use crate::web::error::AppError;

/// Most letters that are given a seat before the queue is looked at again.
const BATCH: usize = 50;
/// Who gave a seat makes the request within this time; then anybody tries.
const SEATS_TURN: SignedDuration = SignedDuration::from_secs(4);
/// A request that was made longer ago than this is counted only if the watch shows it.
const SEEN_WITHIN: SignedDuration = SignedDuration::from_mins(1);
/// Least time between two looks at the queue, however much changes.
const PACE: Duration = Duration::from_millis(100);
/// A turn that takes longer hangs: it is given up, and the next one begins anew.
const TURN_WITHIN: Duration = Duration::from_mins(1);

/// Hands in what waits, until the program stops.
pub async fn run(state: Letters) {
    let mut changes = state.board.changes();
    let mut every = tokio::time::interval(state.settings.sweep_every);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = every.tick() => {}
            () = changes.next(), if state.line.waits() => {}
            () = state.shutdown.cancelled() => return,
        }
        match tokio::time::timeout(TURN_WITHIN, what_waits(&state)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => warn!(error = %Chain(&error), "Failed to submit letters"),
            Err(_) => warn!("Gave up submitting letters, which took too long"),
        }
        tokio::time::sleep(PACE).await;
    }
}

/// Hands in this letter, if there is room for it and for all that wait before it.
///
/// # Errors
/// When the cluster or the database does not answer; the letter stays as it is.
pub async fn in_turn(state: &Letters, id: Uuid, draft: Draft, request_ref: &str) -> Result<(), AppError> {
    let mut turn = state.db.begin().await?;
    letters::take_turn(&mut turn).await?;
    let seated = letters::seated_since(&mut *turn, state.clock.now() - SEEN_WITHIN).await?;
    if room(state, seated) <= letters::waiting_before(&mut *turn, id).await? {
        state.line.note(true);
        info!(letter.id = %id, "Letter `{id}` waits in line");
        return Ok(());
    }
    letters::seat(&mut *turn, &[id], state.clock.now()).await?;
    turn.commit().await?;
    create_request(state, id, draft, request_ref).await
}

/// Hands in letters that wait, oldest first, while there is room, after those whose request is overdue. One that the
/// cluster refuses holds up no other.
async fn what_waits(state: &Letters) -> Result<(), AppError> {
    metrics::gauge!(IN_LINE.name).set(letters::waiting_in_all(&state.db).await? as f64);
    let mut refused = Ok(());
    for letter in seated(state).await? {
        match create_request(state, letter.id, letter.draft.0, &letter.request_ref).await {
            Err(AppError::Cluster(error)) if error.is_answer() => refused = Err(error.into()),
            made => made?,
        }
    }
    refused
}

/// Letters that have a seat from now on, and no request.
async fn seated(state: &Letters) -> Result<Vec<Unsubmitted>, AppError> {
    let now = state.clock.now();
    let mut turn = state.db.begin().await?;
    letters::take_turn(&mut turn).await?;
    let seated = letters::seated_since(&mut *turn, now - SEEN_WITHIN).await?;
    let room = room(state, seated).min(BATCH);
    let mut waiting = letters::without_seat(&mut *turn, room as i64 + 1).await?;
    state.line.note(waiting.len() > room);
    waiting.truncate(room);
    let mut seated = letters::postponed(&mut *turn, now - SEATS_TURN, BATCH as i64).await?;
    seated.append(&mut waiting);
    let ids: Vec<_> = seated.iter().map(|letter| letter.id).collect();
    letters::seat(&mut *turn, &ids, now).await?;
    turn.commit().await?;
    Ok(seated)
}

/// How many more seats the queue has besides those of the letters `seated`, which were asked for before the watch is looked
/// at: a request that is seen meanwhile counts once. None before the watch has shown the queue.
fn room(state: &Letters, seated: Vec<Uuid>) -> usize {
    let seated: Vec<_> = seated.into_iter().map(request_name).collect();
    state.board.waiting(&seated).map_or(0, |waiting| state.settings.max_queued().saturating_sub(waiting))
}

/// The place in line of a letter that waits for a writer, or for room in the queue.
///
/// # Errors
/// When the database does not answer.
pub async fn place(
    state: &Letters,
    letter: &Letter,
    request: Option<&CoverLetterRequest>,
) -> Result<Option<Place>, AppError> {
    let queue = state.board.queue();
    let ahead = match request {
        Some(request) if request.state() == State::Queued => {
            // One that is not there yet came after the count.
            let name = request.metadata.name.as_deref().unwrap_or_default();
            Some(queue.places.get(name).copied().unwrap_or(queue.places.len()))
        }
        None if letter.state == LetterState::Submitting => {
            let ahead = queue.places.len() + state.line.before(&state.db, letter.id).await?;
            // Otherwise there is room, and only the cluster's answer is missing.
            Some(ahead).filter(|ahead| *ahead >= state.settings.max_queued())
        }
        _ => None,
    };
    Ok(ahead.map(|ahead| queue.pace.place(ahead)))
}

/// Creates the request of a letter that has a row. It is safe to call this twice.
async fn create_request(state: &Letters, id: Uuid, draft: Draft, request_ref: &str) -> Result<(), AppError> {
    let requests = &state.requests;
    match requests.create(id, draft.into_spec(requests.app(), request_ref)).await {
        Ok(uid) => {
            let is_wanted = letters::submitted(&state.db, id, &uid, state.clock.now()).await?;
            if !is_wanted {
                // The letter was stopped, deleted or finished meanwhile, so the request is not needed.
                requests.cancel(&request_name(id)).await?;
            }
            info!(letter.id = %id, "Submitted letter `{id}`");
            Ok(())
        }
        Err(error @ RequestsError::Refused { .. }) => {
            warn!(letter.id = %id, error = %Chain(&error), "Gave up submitting letter `{id}`");
            let end = Ending::without_letter(LetterState::Failed, RequestReason::InvalidRequest);
            letters::finish(&state.db, id, &end, state.clock.now()).await?;
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
