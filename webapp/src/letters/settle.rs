//! The story of archiving: a finished request is copied into Postgres once, then labelled, so that it may be deleted.

use std::collections::HashSet;

use cluster::Chain;
use crds::CoverLetterRequest;
use crds::request::State;
use tracing::{info, warn};

use crate::cluster::requests::letter_of;
use crate::db::letters::{self, Finished, RowState};
use crate::db::time::Time;
use crate::state::AppState;
use crate::web::error::AppError;

/// Archives whatever finishes, until the program stops.
pub async fn run(state: AppState) {
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

/// Archives what has finished since the last time. What fails stays for the sweeper.
async fn archive_new(state: &AppState, handled: &mut HashSet<String>) {
    let finished = state.board.finished();
    let uid = |request: &CoverLetterRequest| request.metadata.uid.clone().unwrap_or_default();
    let present: HashSet<_> = finished.iter().map(|request| uid(request)).collect();
    handled.retain(|uid| present.contains(uid));
    for request in finished.iter().filter(|request| !request.is_archived()) {
        if handled.insert(uid(request))
            && let Err(error) = archive(state, request).await
        {
            warn!(error = %Chain(&error), "Postponed archiving a letter");
        }
    }
}

/// Copies the end of this request into its letter and labels the request, if no other replica has done so.
///
/// # Errors
/// When database or API server fail; doing it again later is safe.
pub async fn archive(state: &AppState, request: &CoverLetterRequest) -> Result<(), AppError> {
    let name = request.metadata.name.clone().unwrap_or_default();
    let (Some(letter), Some(end)) = (letter_of(&name), end_of(request)) else { return Ok(()) };
    let first = letters::finish(&state.db, letter, &end, Time(state.clock.now())).await?;
    if first {
        info!(letter.id = %letter, letter.state = end.state.column(), "Archived letter `{letter}`");
        metrics::counter!("letters_finished_total", "state" => end.state.column()).increment(1);
        state.requests.mark_archived(&name).await?;
    }
    Ok(())
}

/// How this request ended; `None` while it has not.
fn end_of(request: &CoverLetterRequest) -> Option<Finished> {
    let status = request.status.as_ref()?;
    let state = match request.state() {
        State::Queued | State::Running => return None,
        State::Succeeded => RowState::Succeeded,
        State::Failed => RowState::Failed,
        State::Cancelled => RowState::Cancelled,
    };
    Some(Finished {
        state,
        request_uid: request.metadata.uid.clone(),
        reason: request.reason(),
        letter: status.letter.clone().filter(|_| state == RowState::Succeeded),
        checks: status.checks.clone(),
        prompt_tokens: status.usage.map(|usage| usage.prompt_tokens),
        completion_tokens: status.usage.map(|usage| usage.completion_tokens),
        model: status.model.as_ref().map(|model| model.name.clone()),
    })
}
