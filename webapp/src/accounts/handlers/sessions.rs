//! Logging in and out.

use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse as _;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use uuid::Uuid;

use crate::accounts::Accounts;
use crate::accounts::forms::LogInField;
use crate::accounts::limits;
use crate::accounts::pages::LoginPage;
use crate::accounts::session::{self, cookies};
use crate::accounts::token::Claims;
use crate::db::drafts::{self, Unsent};
use crate::db::tokens;
use crate::db::users::{self, User};
use crate::web::error::AppError;
use crate::web::form_state::FormState;
use crate::web::html::Html;
use crate::web::typed::Waiting;
use crate::web::typed_page::TypedPage;
use crate::web::{body, negotiate, reply};

/// Where logging in leads when no other page was asked for.
const AFTER_LOG_IN: &str = "/user/protected";
/// Where the form of a new letter is sent.
const NEW_LETTER: &str = "/model/query";
/// The same words for an unknown user and a wrong password.
const WRONG: &str = "Incorrect username or password";

#[derive(Deserialize)]
pub struct LoginQuery {
    #[serde(default)]
    next: String,
}

pub async fn show_login(Query(query): Query<LoginQuery>) -> Html<LoginPage> {
    let next = negotiate::local_path(&query.next).unwrap_or_default();
    Html(LoginPage::new(&FormState::default(), next, None))
}

pub async fn log_in(State(state): State<Accounts>, request: Request) -> Result<Response<Body>, AppError> {
    let client = limits::client_of(&state, &request);
    let fields = body::read_fields(request).await?;
    limits::count_attempt(&state, client).await?;
    let waiting = Waiting::carried_by(&fields);
    let next = fields.text("next");
    let next = negotiate::local_path(&next).unwrap_or_default();
    let mut form = FormState::<LogInField>::sent(&fields);
    let password = SecretString::from(fields.raw("password").unwrap_or_default());
    let Some(user) = check_password(&state, form.value(LogInField::Username), password).await? else {
        form.refuse_form(LogInField::Username, WRONG);
        return Ok((StatusCode::UNAUTHORIZED, Html(LoginPage::new(&form, next, waiting.as_ref()))).into_response());
    };
    let claims = Claims::new(user.id, state.clock.now(), &mut rand::rng());
    let mut response = match waiting {
        Some(form) => give_back(&state, &user, form, claims.csrf_proof()).await?,
        None => reply::see_other(if next.is_empty() { AFTER_LOG_IN } else { next }),
    };
    let granted = cookies::granted(&state.keys.sign(&claims), &claims.csrf_proof(), state.settings.secure_cookies);
    reply::set_cookies(response.headers_mut(), granted);
    Ok(response)
}

pub async fn log_out(State(state): State<Accounts>, headers: HeaderMap) -> Result<Response<Body>, AppError> {
    if let Some(signed_in) = session::guest_or_user(&state, &headers).await {
        let expires = Timestamp::from_second(signed_in.claims.exp).unwrap_or(Timestamp::MAX);
        tokens::revoke(&state.db, &signed_in.claims.jti, expires).await?;
    }
    let mut response = reply::see_other("/");
    reply::set_cookies(response.headers_mut(), cookies::cleared(state.settings.secure_cookies));
    Ok(response)
}

/// Gives back the form that waited for the log-in: that of a new letter as a draft, another one to be sent again.
async fn give_back(state: &Accounts, user: &User, form: Waiting, csrf: String) -> Result<Response<Body>, AppError> {
    if form.action != NEW_LETTER {
        let message = "You are logged in again. Nothing has been sent yet.".to_owned();
        return Ok(Html(TypedPage::new(form, message, csrf)).into_response());
    }
    let draft = Unsent::typed(form.fields);
    let kept = drafts::save(&state.db, user.id, &draft, state.clock.now()).await?;
    Ok(reply::see_other(&drafts::path(if kept { draft.about } else { Uuid::nil() })))
}

/// The user if the password is right. It takes as long for unknown users. No connection is held while hashing.
async fn check_password(state: &Accounts, username: &str, password: SecretString) -> Result<Option<User>, AppError> {
    limits::count_failure(state, username).await?;
    let user = users::find_by_username(&state.db, username).await?;
    let stored = user.as_ref().map(|user| user.password_hash.clone());
    if !state.hasher.verify(password, stored).await? {
        return Ok(None);
    }
    limits::forget_failures(state, username).await?;
    Ok(user)
}
