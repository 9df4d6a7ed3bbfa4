//! Passwords: given once more before something that cannot be undone, changed by their owner, and set anew through a
//! one-time link.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, Response, StatusCode};
use axum::response::IntoResponse as _;
use jiff::SignedDuration;
use secrecy::SecretString;

use super::profile;
use crate::accounts::Accounts;
use crate::accounts::forms::{PasswordField, ResetField};
use crate::accounts::pages::{ProfileForms, ResetPage};
use crate::accounts::password::policy;
use crate::accounts::session::{self, Signed};
use crate::accounts::{limits, reset_link};
use crate::db::audit::{self, Event};
use crate::db::users::{self, User};
use crate::db::{passkeys, resets, sessions};
use crate::web::error::AppError;
use crate::web::form_state::FormState;
use crate::web::html::Html;
use crate::web::{body, reply};

/// Why a change is refused.
const NOT_PROVEN: &str = "This is not the password of this account";
/// Why one is refused whose owner has no password.
const NOT_FRESH: &str = "Log out and log in again first, and do this within ten minutes: that shows that it is you";
/// The documented calls carry no password. They are accepted this long after logging in; later they need one, so that a
/// stolen cookie does not carry off the account.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// Why [`is_proven`] says no.
pub fn not_proven(user: &User) -> &'static str {
    if user.has_password() { NOT_PROVEN } else { NOT_FRESH }
}

/// Whether the request carries the account's password, or is a documented call soon after logging in. Owners without a
/// password show that it is them by logging in.
///
/// # Errors
/// [`AppError::TooMany`] after too many wrong passwords.
pub async fn is_proven(state: &Accounts, method: &Method, signed: &Signed) -> Result<bool, AppError> {
    let given = signed.fields.raw("password");
    let age = state.clock.now().as_second() - signed.claims.iat;
    if !signed.user.has_password() || given.is_none() && method != Method::POST {
        return Ok(age <= FRESH.as_secs());
    }
    check(state, &signed.user, given.unwrap_or_default()).await
}

/// Whether this is the user's password. Wrong ones are counted.
async fn check(state: &Accounts, user: &User, password: String) -> Result<bool, AppError> {
    limits::count_proof(state, user.id).await?;
    let stored = user.has_password().then(|| user.password_hash.clone());
    let is_right = state.hasher.verify(SecretString::from(password), stored).await?;
    if is_right {
        limits::forget_proofs(state, user.id).await?;
    }
    Ok(is_right)
}

/// Changes the password; all other sessions end.
pub async fn change_password(
    State(state): State<Accounts>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let user = &signed.user;
    let new = signed.fields.raw("new_password").unwrap_or_default();
    let mut form = FormState::<PasswordField>::default();
    if let Some(weakness) = policy::weakness(&new, &user.username, &user.email) {
        form.refuse(PasswordField::New, weakness.message());
    }
    if form.is_valid() && !check(&state, user, signed.fields.raw("password").unwrap_or_default()).await? {
        form.refuse(PasswordField::Current, not_proven(user));
    }
    if !form.is_valid() {
        let forms = ProfileForms { profile: profile::of(user), password: form, ..ProfileForms::default() };
        return profile::refused(&state, &signed, &forms).await;
    }
    let hash = state.hasher.hash(SecretString::from(new)).await?;
    let mut transaction = state.db.begin().await?;
    users::set_password(&mut *transaction, user.id, &hash).await?;
    sessions::end_all(&mut transaction, user.id, state.clock.now()).await?;
    let (_, granted) =
        session::begin(&state, &mut transaction, user.id, reply::header_text(&headers, "user-agent")).await?;
    audit::record(&mut *transaction, user.id, Event::PasswordChanged, state.clock.now()).await?;
    transaction.commit().await?;
    let mut response = reply::see_other("/user/profile?updated=password");
    reply::set_cookies(response.headers_mut(), granted);
    Ok(response)
}

pub async fn show_reset(State(state): State<Accounts>, Path(token): Path<String>) -> Result<Html<ResetPage>, AppError> {
    owner(&state, &token).await?;
    Ok(Html(ResetPage::new(&FormState::default(), token)))
}

pub async fn reset(
    State(state): State<Accounts>,
    Path(token): Path<String>,
    request: Request,
) -> Result<Response<Body>, AppError> {
    let fields = body::read_fields(request).await?;
    let user = owner(&state, &token).await?;
    let new = fields.raw("new_password").unwrap_or_default();
    if let Some(weakness) = policy::weakness(&new, &user.username, &user.email) {
        let mut form = FormState::default();
        form.refuse(ResetField::New, weakness.message());
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(ResetPage::new(&form, token))).into_response());
    }
    let hash = state.hasher.hash(SecretString::from(new)).await?;
    let mut transaction = state.db.begin().await?;
    if !resets::use_up(&mut *transaction, &reset_link::hash(&token)).await? {
        return Err(AppError::Rejected(StatusCode::NOT_FOUND, USED));
    }
    users::set_password(&mut *transaction, user.id, &hash).await?;
    // Whoever had the account may have added one: after this nobody is in but who has the link.
    passkeys::remove_all(&mut transaction, user.id, state.clock.now()).await?;
    sessions::end_all(&mut transaction, user.id, state.clock.now()).await?;
    audit::record(&mut *transaction, user.id, Event::PasswordReset, state.clock.now()).await?;
    transaction.commit().await?;
    limits::forget_proofs(&state, user.id).await?;
    Ok(reply::see_other("/auth/login"))
}

const USED: &str = "This link has been used or has expired. Ask the administrator of this site for another one";

/// The account whose link this is.
async fn owner(state: &Accounts, token: &str) -> Result<User, AppError> {
    super::sessions::takes_passwords(state)?;
    let found = resets::find(&state.db, &reset_link::hash(token), state.clock.now()).await?;
    let user = match found {
        Some(id) => users::find(&state.db, id).await?,
        None => None,
    };
    user.ok_or(AppError::Rejected(StatusCode::NOT_FOUND, USED))
}
