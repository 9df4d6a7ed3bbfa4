//! The account of a person at the provider: the linked one, the one with their verified address, or a new one.

use jiff::Timestamp;
use uuid::Uuid;

use super::unfinished::Unfinished;
use crate::accounts::Accounts;
use crate::accounts::oidc::Provider;
use crate::accounts::oidc::failure::Failure;
use crate::accounts::oidc::person::Person;
use crate::db::audit::{self, Event};
use crate::db::users::{self, NewUser, Saved, User};
use crate::db::{Connection, identities, passkeys, sessions};

/// The account of this person, which is made when there is none.
pub async fn of(state: &Accounts, provider: &Provider, person: &Person) -> Result<User, Unfinished> {
    if let Some(user) = linked(state, provider, person).await? {
        return Ok(user);
    }
    let email = person.email.as_deref().ok_or(Failure::NoEmail)?;
    let now = state.clock.now();
    let mut transaction = state.db.begin().await?;
    let is_proof = provider.settings.oidc_link_by_verified_email && person.is_verified;
    let found = if is_proof { users::find_by_email(&mut *transaction, email).await? } else { None };
    let id = match found {
        Some(user) => take_over(&mut transaction, &user, now).await?,
        None => match register(state, &mut transaction, person, email, now).await? {
            Ok(id) => id,
            Err(failure) => {
                drop(transaction);
                // The same person may have come back twice at the same moment.
                return linked(state, provider, person).await?.ok_or(failure.into());
            }
        },
    };
    if !identities::link(&mut *transaction, &provider.issuer, &person.subject, id, now).await? {
        return Err(Failure::LinkedElsewhere.into());
    }
    transaction.commit().await?;
    let user = users::find(&state.db, id).await?;
    user.ok_or(Failure::Unknown.into())
}

async fn linked(state: &Accounts, provider: &Provider, person: &Person) -> Result<Option<User>, Unfinished> {
    match identities::find(&state.db, &provider.issuer, &person.subject).await? {
        Some(id) => Ok(users::find(&state.db, id).await?),
        None => Ok(None),
    }
}

/// Gives an account to the proven owner of its address. Whoever made it need not have been that, as addresses are not
/// verified here: password, passkeys and sessions end.
async fn take_over(db: &mut Connection, user: &User, now: Timestamp) -> Result<i64, Unfinished> {
    users::set_password(&mut *db, user.id, users::NO_PASSWORD).await?;
    passkeys::remove_all(&mut *db, user.id, now).await?;
    sessions::end_all(&mut *db, user.id, now).await?;
    audit::record(&mut *db, user.id, Event::LinkedByEmail, now).await?;
    Ok(user.id)
}

/// A new account without a password.
async fn register(
    state: &Accounts,
    db: &mut Connection,
    person: &Person,
    email: &str,
    now: Timestamp,
) -> Result<Result<i64, Failure>, Unfinished> {
    let request_ref = Uuid::new_v4().simple().to_string();
    for username in person.usernames(rand::random()) {
        let user = NewUser {
            username: &username,
            email,
            password_hash: users::NO_PASSWORD,
            request_ref: &request_ref,
            created_at: now,
        };
        match users::insert(&mut *db, &user, state.settings.max_accounts.get().into()).await? {
            Ok(id) => {
                audit::record(&mut *db, id, Event::Registered, now).await?;
                return Ok(Ok(id));
            }
            Err(Saved::UsernameTaken | Saved::Yes) => {}
            Err(Saved::EmailTaken) => return Ok(Err(Failure::EmailTaken)),
            Err(Saved::NoRoom) => return Ok(Err(Failure::NoRoom)),
        }
    }
    Ok(Err(Failure::NoRoom))
}
