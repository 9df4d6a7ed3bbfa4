//! Waiting for a letter on behalf of a client that wants it in the answer.

use std::time::Duration;

use cluster::requests::Changes;
use uuid::Uuid;

use crate::cluster::requests::request_name;
use crate::db::letters::{self, Letter};
use crate::letters::settle;
use crate::state::AppState;
use crate::web::error::AppError;

/// How often Postgres is asked although the watch is silent: another replica may have archived the letter.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The letter once it is finished, whatever its end; `None` when that takes longer than `patience` or we are to stop.
///
/// # Errors
/// [`AppError::NotFound`] when the letter is deleted meanwhile.
pub async fn wait(state: &AppState, user_id: i64, id: Uuid, patience: Duration) -> Result<Option<Letter>, AppError> {
    let deadline = tokio::time::Instant::now() + patience;
    let mut changes = state.board.changes();
    loop {
        changes.forget();
        if let Some(letter) = finished(state, user_id, id).await? {
            return Ok(Some(letter));
        }
        let stop = async {
            tokio::select! {
                () = tokio::time::sleep_until(deadline) => {}
                () = state.shutdown.cancelled() => {}
            }
        };
        tokio::select! {
            () = until_it_changes(state, id, &mut changes) => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stop => return Ok(None),
        }
    }
}

/// The letter of this user if it is finished, archived first if nobody has done so yet.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such letter.
pub async fn finished(state: &AppState, user_id: i64, id: Uuid) -> Result<Option<Letter>, AppError> {
    let letter = current(state, user_id, id).await?;
    Ok(letter.state.is_finished().then_some(letter))
}

/// The letter of this user as it stands, archived if its request has ended.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such letter.
pub async fn current(state: &AppState, user_id: i64, id: Uuid) -> Result<Letter, AppError> {
    let letter = letters::find(&state.db, user_id, id).await?.ok_or(AppError::NotFound)?;
    let request = state.board.get(&request_name(id)).filter(|request| request.is_terminal());
    match request {
        Some(request) if !letter.state.is_finished() => {
            // The label can wait for the sweeper; the reader cannot.
            if let Err(error @ AppError::Database(_)) = settle::archive(state, &request).await {
                return Err(error);
            }
            letters::find(&state.db, user_id, id).await?.ok_or(AppError::NotFound)
        }
        _ => Ok(letter),
    }
}

/// Resolves when the watch shows this request finished; other changes do not count.
async fn until_it_changes(state: &AppState, id: Uuid, changes: &mut Changes) {
    let name = request_name(id);
    loop {
        changes.next().await;
        if state.board.get(&name).is_some_and(|request| request.is_terminal()) {
            return;
        }
    }
}
