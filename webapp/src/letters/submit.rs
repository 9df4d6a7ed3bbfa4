//! Submitting a letter: quota and row in one transaction, then the request in the cluster. When the cluster does not
//! answer, the sweep creates the request later.

use std::time::Duration;

use cluster::Chain;
use crds::RequestReason;
use jiff::Timestamp;
use tracing::{info, warn};
use uuid::Uuid;

use crate::cluster::requests::{Requests, RequestsError, request_name};
use crate::db::buckets::{self, Taken};
use crate::db::letters;
use crate::db::users::User;
use crate::letter::{Draft, Ending, LetterState};
use crate::letters::Letters;
use crate::web::error::AppError;

/// A student waits no longer than this for the API server; the sweep waits longer.
const CREATE_TIMEOUT: Duration = Duration::from_secs(3);

/// Keeps the draft as a letter of this user and creates its request if the cluster answers. The letter's id.
///
/// # Errors
/// [`AppError::TooMany`] when the user has asked for too many letters.
pub async fn submit(state: &Letters, user: &User, draft: Draft) -> Result<Uuid, AppError> {
    let id = Uuid::new_v4();
    let now = state.clock.now();
    keep(state, user, id, &draft, now).await?;
    metrics::counter!("letters_submitted_total").increment(1);
    let created = create_request(state, id, draft, &user.request_ref);
    match tokio::time::timeout(CREATE_TIMEOUT, created).await {
        Ok(Ok(())) => {}
        Ok(Err(AppError::Database(error))) => return Err(error.into()),
        Ok(Err(error)) => warn!(letter.id = %id, error = %Chain(&error), "Postponed submitting letter `{id}`"),
        Err(_) => warn!(letter.id = %id, "Postponed submitting letter `{id}`: the API server does not answer"),
    }
    Ok(id)
}

async fn keep(state: &Letters, user: &User, id: Uuid, draft: &Draft, now: Timestamp) -> Result<(), AppError> {
    let mut transaction = state.db.begin().await?;
    let bucket = format!("letters:{}", user.id);
    let taken = buckets::take(&mut transaction, &bucket, state.settings.letters(), now).await?;
    if let Taken::No(wait) = taken {
        return Err(AppError::TooMany(wait));
    }
    letters::insert(&mut *transaction, id, user.id, draft, now).await?;
    transaction.commit().await?;
    Ok(())
}

/// Creates the request of a letter that has a row. It is safe to call this twice.
///
/// # Errors
/// When the cluster does not answer; the letter stays as it is.
pub async fn create_request(state: &Letters, id: Uuid, draft: Draft, request_ref: &str) -> Result<(), AppError> {
    let requests: &Requests = &state.requests;
    match requests.create(id, draft.into_spec(requests.app(), request_ref)).await {
        Ok(uid) => {
            let was_waiting = letters::submitted(&state.db, id, &uid).await?;
            if !was_waiting {
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
