//! Settling: the end of a request is copied into its letter's row, once, and the request is labelled archived, so that
//! the operator may delete it.
//!
//! The first of three does it: the watch, a reader who opens the letter, or the sweep.

use std::collections::HashSet;
use std::time::Duration;

use cluster::Chain;
use cluster::requests::Changes;
use crds::CoverLetterRequest;
use crds::metrics::FINISHED;
use crds::request::State;
use tracing::{info, warn};
use uuid::Uuid;

use crate::cluster::requests::{letter_of, request_name};
use crate::db::letters;
use crate::letter::{Ending, Letter, LetterState};
use crate::letters::Letters;
use crate::web::error::AppError;

/// How often the row is read although the watch is silent: another replica may have settled the letter.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Settles letters as their requests end, until the program stops.
pub async fn run(state: Letters) {
    let mut changes = state.board.changes();
    let mut handled = HashSet::new();
    loop {
        archive_new(&state, &mut handled).await;
        tokio::select! {
            () = changes.next() => {}
            () = state.shutdown.cancelled() => return,
        }
    }
}

/// Archives the requests that have ended since the last call. What fails is left to the sweep.
async fn archive_new(state: &Letters, handled: &mut HashSet<String>) {
    let finished = state.board.finished();
    let uid = |request: &CoverLetterRequest| request.metadata.uid.clone().unwrap_or_default();
    let present: HashSet<_> = finished.iter().map(|request| uid(request)).collect();
    handled.retain(|uid| present.contains(uid));
    for request in finished.iter().filter(|request| !request.is_archived()) {
        if handled.insert(uid(request))
            && let Some(letter) = letter_of(request.metadata.name.as_deref().unwrap_or_default())
            && let Err(error) = archive(state, letter).await
        {
            warn!(error = %Chain(&error), "Postponed archiving a letter");
        }
    }
}

/// The letter of this user, settled first if its request has ended.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such letter.
pub async fn settle(state: &Letters, user_id: i64, id: Uuid) -> Result<Letter, AppError> {
    let letter = letters::find(&state.db, user_id, id).await?.ok_or(AppError::NotFound)?;
    let has_ended = state.board.get(&request_name(id)).is_some_and(|request| request.is_terminal());
    if !has_ended || letter.state.is_finished() {
        return Ok(letter);
    }
    match archive(state, id).await {
        Ok(()) => {}
        Err(error @ AppError::Database(_)) => return Err(error),
        // The letter, or only its label, has to wait for an API server that answers.
        Err(error) => warn!(letter.id = %id, error = %Chain(&error), "Postponed archiving letter `{id}`"),
    }
    letters::find(&state.db, user_id, id).await?.ok_or(AppError::NotFound)
}

/// Waits until the letter is finished, and settles it. `None` when that takes longer than `patience` or the program
/// stops.
///
/// # Errors
/// [`AppError::NotFound`] when the letter is deleted meanwhile.
pub async fn wait(state: &Letters, user_id: i64, id: Uuid, patience: Duration) -> Result<Option<Letter>, AppError> {
    let deadline = tokio::time::Instant::now() + patience;
    let mut changes = state.board.changes();
    loop {
        changes.forget();
        let letter = settle(state, user_id, id).await?;
        if letter.state.is_finished() {
            return Ok(Some(letter));
        }
        tokio::select! {
            () = until_request_ends(state, id, &mut changes) => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = tokio::time::sleep_until(deadline) => return Ok(None),
            () = state.shutdown.cancelled() => return Ok(None),
        }
    }
}

/// Resolves when the watch shows that the request of this letter has ended; other changes do not count.
async fn until_request_ends(state: &Letters, id: Uuid, changes: &mut Changes) {
    let name = request_name(id);
    loop {
        changes.next().await;
        if state.board.get(&name).is_some_and(|request| request.is_terminal()) {
            return;
        }
    }
}

/// Copies the end of this letter's request into its row and labels the request, unless another replica has done so.
///
/// # Errors
/// When the database or the API server fails; it is safe to try again.
pub async fn archive(state: &Letters, letter: Uuid) -> Result<(), AppError> {
    let name = request_name(letter);
    // The board has no texts.
    let Some(end) = state.requests.read(&name).await?.as_ref().and_then(end_of) else { return Ok(()) };
    let first = letters::finish(&state.db, letter, &end, state.clock.now()).await?;
    if first {
        info!(letter.id = %letter, letter.state = end.state.as_str(), "Archived letter `{letter}`");
        metrics::counter!(FINISHED.name, "state" => end.state.as_str()).increment(1);
        state.requests.mark_archived(&name).await?;
    }
    Ok(())
}

/// How this request ended; `None` while it has not.
fn end_of(request: &CoverLetterRequest) -> Option<Ending> {
    let status = request.status.as_ref()?;
    let state = match request.state() {
        State::Queued | State::Running => return None,
        State::Succeeded => LetterState::Succeeded,
        State::Failed => LetterState::Failed,
        State::Cancelled => LetterState::Cancelled,
    };
    Some(Ending {
        state,
        request_uid: request.metadata.uid.clone(),
        reason: request.reason(),
        letter: status.letter.clone().filter(|_| state == LetterState::Succeeded),
        checks: status.checks.clone(),
        prompt_tokens: status.usage.map(|usage| usage.prompt_tokens),
        completion_tokens: status.usage.map(|usage| usage.completion_tokens),
        model: status.model.as_ref().map(|model| model.name.clone()),
    })
}
