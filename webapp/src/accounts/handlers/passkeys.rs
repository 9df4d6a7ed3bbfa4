//! Passkeys of an account: their owner adds and removes them. `log_in` logs in by one.

pub mod log_in;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, StatusCode};
use tracing::info;
use uuid::Uuid;

use super::{passwords, profile, sessions};
use crate::accounts::forms::{self, PasskeyField, RemovalField};
use crate::accounts::pages::ProfileForms;
use crate::accounts::passkey::registration::{self, Made};
use crate::accounts::passkey::{self, Attestation, Party, Refusal, options};
use crate::accounts::session::Signed;
use crate::accounts::{Accounts, reset_link};
use crate::db::audit::{self, Event};
use crate::db::challenges;
use crate::db::passkeys::{self, NewPasskey};
use crate::db::users::User;
use crate::web::error::AppError;
use crate::web::form_state::FormState;
use crate::web::reply;

/// Field of a form with what the browser says of a passkey.
pub const CREDENTIAL: &str = "credential";
/// Field with the passkey that is to be removed.
pub const PASSKEY: &str = "passkey";

/// Where browsers offer none.
const NO_PARTY: &str = "Passkeys need an address with a name and https, not a number or plain http";
/// A passkey is an addition to a password. Whom the provider alone lets in is looked at by it whenever they log in.
const NO_PASSWORD: &str = "Passkeys are for accounts with a password. Log in with your institution";
const NOTHING_SENT: &str = "Your browser sent no passkey. Adding one needs JavaScript";
const TOO_LATE: &str = "That took longer than five minutes, or was begun in another window. Try it again";
const UNUSABLE: &str = "This passkey could not be added. Try it again, or another device";
const TAKEN: &str = "This passkey has been added already";
const FULL: &str = "There are 20 passkeys already; remove one first";
const PASSWORD_CHANGED: &str = "Your password was changed meanwhile. Log in again";

/// Asks the browser for a passkey, once the owner has shown that it is them.
pub async fn start_adding(
    State(state): State<Accounts>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let (party, user) = (party(&state, &headers)?, &signed.user);
    if !user.has_password() {
        return Err(AppError::Rejected(StatusCode::FORBIDDEN, NO_PASSWORD));
    }
    let kept = passkeys::list(&state.db, user.id).await?;
    let mut form = forms::passkey(&signed.fields);
    if kept.len() >= passkey::PASSKEYS_MAX {
        form.refuse(PasskeyField::Name, FULL);
    }
    if form.is_valid() && !passwords::is_proven(&state, &Method::POST, &signed).await? {
        form.refuse(PasskeyField::Password, passwords::not_proven(user));
    }
    if !form.is_valid() {
        return Err(AppError::Invalid(form.errors_in_one_line()));
    }
    let new = passkey::handle(&mut rand::rng());
    let handle = passkeys::handle(&state.db, user.id, &new).await?.ok_or(AppError::NotFound)?;
    let challenge = reset_link::new(&mut rand::rng());
    let expires_at = state.clock.now() + passkey::LIFETIME;
    challenges::begin(&state.db, &reset_link::hash(&challenge), &holder(&signed), Some(user.id), expires_at).await?;
    let others: Vec<_> = kept.into_iter().map(|passkey| passkey.credential_id).collect();
    Ok(reply::json(StatusCode::OK, &options::creation(&party, &handle, &user.username, &challenge, &others)))
}

/// Keeps the passkey that the browser was asked for.
pub async fn add(
    State(state): State<Accounts>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let (party, user) = (party(&state, &headers)?, &signed.user);
    let mut form = forms::passkey(&signed.fields);
    match made(&state, &party, &signed).await? {
        Err(why) => {
            info!(user.id = user.id, reason = %why, "Did not add a passkey");
            form.refuse_form(PasskeyField::Name, in_words(why, &signed));
        }
        Ok(made) if form.is_valid() => {
            if let Err(why) = keep(&state, &party, user, form.value(PasskeyField::Name), &made).await? {
                form.refuse_form(PasskeyField::Name, why);
            }
        }
        Ok(_) => {}
    }
    if form.is_valid() {
        return Ok(reply::see_other("/user/profile?updated=passkey-added"));
    }
    let forms = ProfileForms { profile: profile::of(user), passkey: form, ..ProfileForms::default() };
    profile::refused(&state, &signed, &forms).await
}

/// The passkey of this request, if it answers the challenge of this session.
async fn made(state: &Accounts, party: &Party, signed: &Signed) -> Result<Result<Made, Refusal>, AppError> {
    let sent = signed.fields.raw(CREDENTIAL).unwrap_or_default();
    let answer = Attestation::read(&sent);
    let named = answer.as_ref().map_err(|why| *why).and_then(|answer| passkey::challenge_of(&answer.client_data));
    let (Ok(answer), Ok(challenge)) = (answer, named) else { return Ok(Err(Refusal::Unreadable)) };
    let hash = reset_link::hash(&challenge);
    let expires_at = challenges::take(&state.db, &hash, &holder(signed), Some(signed.user.id)).await?;
    if expires_at.is_none_or(|at| at <= state.clock.now()) {
        return Ok(Err(Refusal::Challenge));
    }
    Ok(registration::verify(&answer, &challenge, party))
}

/// Keeps a passkey, or says why not.
async fn keep(
    state: &Accounts,
    party: &Party,
    user: &User,
    name: &str,
    made: &Made,
) -> Result<Result<(), &'static str>, AppError> {
    let now = state.clock.now();
    let passkey = NewPasskey {
        id: Uuid::new_v4(),
        credential_id: &made.credential_id,
        rp_id: &party.id,
        name,
        public_key: &made.public_key,
        sign_count: made.sign_count,
        is_backup_eligible: made.is_backup_eligible,
        is_backed_up: made.is_backed_up,
    };
    let mut transaction = state.db.begin().await?;
    let Some(count) = passkeys::lock(&mut *transaction, user.id, &user.password_hash).await? else {
        return Ok(Err(PASSWORD_CHANGED));
    };
    if usize::try_from(count).is_ok_and(|count| count >= passkey::PASSKEYS_MAX) {
        return Ok(Err(FULL));
    }
    if !passkeys::add(&mut *transaction, user.id, &passkey, now).await? {
        return Ok(Err(TAKEN));
    }
    audit::record(&mut *transaction, user.id, Event::PasskeyAdded, now).await?;
    transaction.commit().await?;
    Ok(Ok(()))
}

/// Removes a passkey, once the owner has shown that it is them.
pub async fn remove(State(state): State<Accounts>, signed: Signed) -> Result<Response<Body>, AppError> {
    sessions::takes_passwords(&state)?;
    let id = signed.fields.text(PASSKEY).parse::<Uuid>().map_err(|_| AppError::NotFound)?;
    if !passwords::is_proven(&state, &Method::POST, &signed).await? {
        let mut removal = FormState::default();
        removal.refuse(RemovalField::Password, passwords::not_proven(&signed.user));
        let forms = ProfileForms { profile: profile::of(&signed.user), removal, ..ProfileForms::default() };
        return profile::refused(&state, &signed, &forms).await;
    }
    let mut transaction = state.db.begin().await?;
    if !passkeys::remove(&mut *transaction, signed.user.id, id).await? {
        return Err(AppError::NotFound);
    }
    audit::record(&mut *transaction, signed.user.id, Event::PasskeyRemoved, state.clock.now()).await?;
    transaction.commit().await?;
    Ok(reply::see_other("/user/profile?updated=passkey-removed"))
}

/// The site as passkeys of this request know it: by the address that is set, else by the host that was asked for. A
/// passkey is good only under the name that it was made under, whoever chooses the name of a request.
///
/// # Errors
/// Where there are no passwords, so that there is nothing to add passkeys to, and where browsers offer none.
fn party(state: &Accounts, headers: &HeaderMap) -> Result<Party, AppError> {
    sessions::takes_passwords(state)?;
    let party = match &state.provider {
        Some(provider) => Party::at(provider.site_url()),
        None => Party::under(reply::header_text(headers, "host")),
    };
    party.ok_or(AppError::Rejected(StatusCode::UNPROCESSABLE_ENTITY, NO_PARTY))
}

/// Whose a challenge is: this session's.
fn holder(signed: &Signed) -> String {
    reset_link::hash(&signed.claims.jti)
}

fn in_words(why: Refusal, signed: &Signed) -> &'static str {
    match why {
        Refusal::Unreadable if signed.fields.text(CREDENTIAL).is_empty() => NOTHING_SENT,
        Refusal::Challenge => TOO_LATE,
        _ => UNUSABLE,
    }
}
