//! The story of handing in: quota and row in one transaction, then the request; the sweeper creates it when we cannot.

use std::time::Duration;

use cluster::Chain;
use crds::RequestReason;
use jiff::Timestamp;
use tracing::{info, warn};
use uuid::Uuid;

use crate::cluster::requests::{Requests, RequestsError, request_name};
use crate::db::buckets::{self, Taken};
use crate::db::letters::{self, Finished, RowState};
use crate::db::time::Time;
use crate::db::users::User;
use crate::letters::forms::LetterDraft;
use crate::state::AppState;
use crate::web::error::AppError;

/// A student waits no longer than this for the API server; the sweeper has more patience.
const CREATE_TIMEOUT: Duration = Duration::from_secs(3);

/// Keeps the draft as a letter of this user and hands it to the cluster if the cluster answers.
///
/// # Errors
/// [`AppError::TooMany`] when the user's letters of this hour are used up.
pub async fn submit(state: &AppState, user: &User, draft: LetterDraft) -> Result<Uuid, AppError> {
    let id = Uuid::new_v4();
    let now = state.clock.now();
    keep(state, user, id, &draft, now).await?;
    metrics::counter!("letters_submitted_total").increment(1);
    let handed_in = hand_in(state, id, draft, &user.request_ref);
    match tokio::time::timeout(CREATE_TIMEOUT, handed_in).await {
        Ok(Ok(())) => {}
        Ok(Err(AppError::Database(error))) => return Err(error.into()),
        Ok(Err(error)) => warn!(letter.id = %id, error = %Chain(&error), "Postponed handing in letter `{id}`"),
        Err(_) => warn!(letter.id = %id, "Postponed handing in letter `{id}`: the API server does not answer"),
    }
    Ok(id)
}

async fn keep(state: &AppState, user: &User, id: Uuid, draft: &LetterDraft, now: Timestamp) -> Result<(), AppError> {
    let mut transaction = state.db.begin().await?;
    let bucket = format!("letters:{}", user.id);
    let taken = buckets::take(&mut transaction, &bucket, state.settings.letters, now).await?;
    if let Taken::No(wait) = taken {
        return Err(AppError::TooMany(wait));
    }
    letters::insert(&mut *transaction, id, user.id, draft, Time(now)).await?;
    transaction.commit().await?;
    Ok(())
}

/// Creates the request of a letter that is kept already. Doing it twice does nothing more.
///
/// # Errors
/// When the cluster does not answer; the letter stays as it is.
pub async fn hand_in(state: &AppState, id: Uuid, draft: LetterDraft, request_ref: &str) -> Result<(), AppError> {
    let requests: &Requests = &state.requests;
    match requests.create(id, draft.into_spec(requests.app(), request_ref)).await {
        Ok(uid) => {
            let expected = letters::submitted(&state.db, id, &uid).await?;
            if !expected {
                // Stopped, deleted or finished in between: at worst a writer is told to stop what nobody waits for.
                requests.cancel(&request_name(id)).await?;
            }
            info!(letter.id = %id, "Handed in letter `{id}`");
            Ok(())
        }
        Err(error @ RequestsError::Refused { .. }) => {
            warn!(letter.id = %id, error = %Chain(&error), "Gave up handing in letter `{id}`");
            let end = Finished::without_letter(RowState::Failed, RequestReason::InvalidRequest);
            letters::finish(&state.db, id, &end, Time(state.clock.now())).await?;
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
