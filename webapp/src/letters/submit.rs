//! Submitting a letter: quota and row in one transaction, then the request in the cluster, if the queue has room for it and
//! the cluster answers. Otherwise the letter waits in line ([`hand_in`]).

use std::time::Duration;

use cluster::Chain;
use crds::metrics::SUBMITTED;
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use tracing::warn;
use uuid::Uuid;

use crate::db::buckets::{self, Taken};
use crate::db::users::User;
use crate::db::{drafts, letters};
use crate::letter::Draft;
use crate::letters::{Letters, hand_in};
use crate::web::error::AppError;

/// A student waits no longer than this for the API server.
const CREATE_TIMEOUT: Duration = Duration::from_secs(3);
/// Letters are turned away once this many times as many wait in the database as the queue takes.
const LINE_FACTOR: usize = 20;
/// When to come back then.
const LINE_AGAIN: SignedDuration = SignedDuration::from_mins(5);

/// What belongs to one sending of the form.
#[derive(Clone, Copy, Debug, Default)]
pub struct Submission<'a> {
    /// Names the sending, if the client names it.
    pub key: Option<&'a str>,
    /// The letter whose form was repeated; nil for a new letter. Its draft has served its purpose.
    pub about: Uuid,
}

/// Whether this call made the letter.
enum Kept {
    Now,
    Before(Uuid),
}

/// Keeps the draft as a letter of this user and creates its request if it is its turn. The letter's id.
///
/// A form that is sent twice with the same key, by a double click or by a proxy that tries again, makes one letter.
///
/// # Errors
/// [`AppError::Quota`] when the user has asked for too many letters, [`AppError::Full`] when all users together have.
pub async fn submit(state: &Letters, user: &User, draft: Draft, submission: Submission<'_>) -> Result<Uuid, AppError> {
    let id = Uuid::new_v4();
    if let Kept::Before(earlier) = keep(state, user, id, &draft, submission).await? {
        return Ok(earlier);
    }
    metrics::counter!(SUBMITTED.name).increment(1);
    let handed_in = hand_in::in_turn(state, id, draft, &user.request_ref);
    match tokio::time::timeout(CREATE_TIMEOUT, handed_in).await {
        Ok(Ok(())) => {}
        // The letter is kept, whatever failed since: to say otherwise would make people send it again.
        Ok(Err(error)) => warn!(letter.id = %id, error = %Chain(&error), "Postponed submitting letter `{id}`"),
        Err(_) => warn!(letter.id = %id, "Postponed submitting letter `{id}`: the API server does not answer"),
    }
    Ok(id)
}

/// How long this user must wait for the next letter; `None` when not at all.
///
/// # Errors
/// When the database fails.
pub async fn wait(state: &Letters, user: &User) -> Result<Option<SignedDuration>, AppError> {
    let mut connection = state.db.acquire().await?;
    let looked =
        buckets::look(&mut connection, &bucket(user), state.settings.letters(user.letters_per_hour), state.clock.now())
            .await?;
    Ok(match looked {
        Taken::Yes => None,
        Taken::No(wait) => Some(wait),
    })
}

async fn keep(
    state: &Letters,
    user: &User,
    id: Uuid,
    draft: &Draft,
    submission: Submission<'_>,
) -> Result<Kept, AppError> {
    let now = state.clock.now();
    let named = submission.key.map(|key| name_of(key, draft));
    let mut transaction = state.db.begin().await?;
    if !letters::insert(&mut *transaction, id, user.id, draft, named.as_deref(), now).await? {
        let earlier = letters::of_submission(&mut *transaction, user.id, &named.unwrap_or_default()).await?;
        return earlier.map(Kept::Before).ok_or(AppError::NotFound);
    }
    let taken =
        buckets::take(&mut transaction, &bucket(user), state.settings.letters(user.letters_per_hour), now).await?;
    if let Taken::No(wait) = taken {
        return Err(AppError::Quota { letters: state.settings.letters_per_hour(user.letters_per_hour), wait });
    }
    let most = state.settings.max_queued() * LINE_FACTOR;
    if letters::waiting(&mut *transaction, most as i64 + 1).await? > most as i64 {
        return Err(AppError::Full(LINE_AGAIN));
    }
    drafts::delete(&mut *transaction, user.id, submission.about).await?;
    transaction.commit().await?;
    Ok(Kept::Now)
}

fn bucket(user: &User) -> String {
    format!("letters:{}", user.id)
}

/// The key together with what was sent: a form that was changed after Back is another letter, although the browser sends
/// the old key.
fn name_of(key: &str, draft: &Draft) -> String {
    let content = serde_json::to_string(draft).expect("drafts are plain structs");
    hex::encode(Sha256::new().chain_update(key).chain_update([0]).chain_update(content).finalize())
}
