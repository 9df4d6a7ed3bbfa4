//! Logging in and out.

use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse as _;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use serde::Deserialize;

use super::arrival::Arrival;
use crate::accounts::Accounts;
use crate::accounts::forms::LogInField;
use crate::accounts::limits;
use crate::accounts::pages::LoginPage;
use crate::accounts::session::cookies::Cookies;
use crate::accounts::session::{self, Signed, SignedIn};
use crate::db::audit::{self, Event};
use crate::db::users::{self, User};
use crate::db::{sessions, tokens};
use crate::web::error::AppError;
use crate::web::form_state::FormState;
use crate::web::html::Html;
use crate::web::{negotiate, reply};

/// The same words for an unknown user and a wrong password.
const WRONG: &str = "Incorrect username or password";
const NO_PASSWORDS: &str = "This site has no passwords. Log in with your institution";
/// What only the owner of a disabled account is told.
pub const DISABLED: &str = "This account is disabled. Ask the administrator of this site";
/// A browser at a plain HTTP address drops the cookies without a word.
const NOT_SECURE: &str = "The password is right, but this address is not secure (http), so your browser will not keep \
    you logged in. Open the site with https. Its administrator can allow plain HTTP (spec.web.secureCookies: false)";
/// Tokens count whole seconds: those of the second in which all sessions end must end too.
const END_ALL_AFTER: SignedDuration = SignedDuration::from_secs(1);

#[derive(Deserialize)]
pub struct LoginQuery {
    #[serde(default)]
    next: String,
}

pub async fn show_login(State(state): State<Accounts>, Query(query): Query<LoginQuery>) -> Response<Body> {
    let next = negotiate::local_path(&query.next).unwrap_or_default();
    if state.takes_passwords() {
        return Html(LoginPage::new(&FormState::default(), next, None, state.ways())).into_response();
    }
    // There is one way only, so nobody is asked which.
    reply::see_other(&format!("/auth/oidc?next={}", utf8_percent_encode(next, NON_ALPHANUMERIC)))
}

/// Whether people log in with passwords here.
///
/// # Errors
/// [`AppError::Rejected`] where they do not.
pub fn takes_passwords(state: &Accounts) -> Result<(), AppError> {
    if state.takes_passwords() { Ok(()) } else { Err(AppError::Rejected(StatusCode::FORBIDDEN, NO_PASSWORDS)) }
}

pub async fn log_in(State(state): State<Accounts>, request: Request) -> Result<Response<Body>, AppError> {
    takes_passwords(&state)?;
    let is_lost = state.settings.secure_cookies
        && negotiate::drops_secure_cookies(reply::header_text(request.headers(), "origin"));
    let arrival = Arrival::of(&state, request).await?;
    let form = FormState::<LogInField>::sent(&arrival.fields);
    let password = SecretString::from(arrival.fields.raw("password").unwrap_or_default());
    let user = check_password(&state, form.value(LogInField::Username), password, &arrival.network).await?;
    match user {
        None => Ok(arrival.refused(&state, form, WRONG)),
        Some(user) if user.is_disabled => Ok(arrival.refused(&state, form, DISABLED)),
        Some(_) if is_lost => Ok(arrival.refused(&state, form, NOT_SECURE)),
        Some(user) => arrival.begin(&state, &user, Event::LoggedIn).await,
    }
}

/// Ends this session. When the database cannot note that, the browser keeps its cookies and is told.
pub async fn log_out(State(state): State<Accounts>, headers: HeaderMap) -> Result<Response<Body>, AppError> {
    if let Some(SignedIn { user, claims }) = session::user_to_log_out(&state, &headers).await? {
        let expires = Timestamp::from_second(claims.exp).unwrap_or(Timestamp::MAX);
        tokens::revoke(&state.db, &claims.jti, expires).await?;
        sessions::end(&state.db, user.id, &claims.jti).await?;
        audit::record(&state.db, user.id, Event::LoggedOut, state.clock.now()).await?;
    }
    Ok(logged_out(&state, "/"))
}

/// Ends the session that the form names, or every session of the account.
pub async fn end_sessions(State(state): State<Accounts>, signed: Signed) -> Result<Response<Body>, AppError> {
    let (user_id, now) = (signed.user.id, state.clock.now());
    let mut transaction = state.db.begin().await?;
    let one = signed.fields.raw("session").filter(|jti| !jti.is_empty());
    match &one {
        Some(jti) if !sessions::end(&mut *transaction, user_id, jti).await? => return Err(AppError::NotFound),
        Some(_) => {}
        None => sessions::end_all(&mut transaction, user_id, now + END_ALL_AFTER).await?,
    }
    audit::record(&mut *transaction, user_id, Event::SessionsEnded, now).await?;
    transaction.commit().await?;
    if one.is_some_and(|jti| jti != signed.claims.jti) {
        return Ok(reply::see_other("/user/profile?updated=sessions"));
    }
    Ok(logged_out(&state, "/auth/login"))
}

fn logged_out(state: &Accounts, location: &str) -> Response<Body> {
    // Where the provider still knows somebody, a page that asks for a user would log them in again.
    let location = if state.provider.is_some() { "/auth/logged-out" } else { location };
    let mut response = reply::see_other(location);
    reply::set_cookies(response.headers_mut(), Cookies::of(&state.settings).cleared());
    response
}

/// The user if the password is right. It takes as long for unknown users. No connection is held while hashing.
async fn check_password(
    state: &Accounts,
    username: &str,
    password: SecretString,
    network: &str,
) -> Result<Option<User>, AppError> {
    let attempt = limits::count_log_in(state, username, network).await?;
    let user = users::find_by_username(&state.db, username).await?;
    let stored = user.as_ref().filter(|user| user.has_password()).map(|user| user.password_hash.clone());
    match state.hasher.verify(password, stored).await {
        Ok(true) => {
            attempt.succeed(state).await?;
            Ok(user)
        }
        Ok(false) => {
            // A name that nobody has is recorded too: administrators want to know, and it takes as long.
            let id = user.map_or(audit::NOBODY, |user| user.id);
            audit::record(&state.db, id, Event::LogInFailed, state.clock.now()).await?;
            Ok(None)
        }
        Err(error) => {
            attempt.forget(state).await?;
            Err(error.into())
        }
    }
}
