//! Logging in and out.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse as _;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::accounts::pages::LoginPage;
use crate::accounts::session;
use crate::accounts::session::cookies;
use crate::accounts::session::token::Claims;
use crate::db::buckets::{self, Taken};
use crate::db::time::Time;
use crate::db::tokens;
use crate::db::users::{self, User};
use crate::state::AppState;
use crate::web::error::AppError;
use crate::web::fields::{FieldError, Fields};
use crate::web::html::Html;
use crate::web::{body, limits, negotiate, reply};

/// Where logging in leads when nothing else was asked for.
const AFTER_LOG_IN: &str = "/user/protected";
/// The same words for an unknown user and a wrong password.
const WRONG: &str = "Incorrect username or password";

#[derive(Deserialize)]
pub struct LoginQuery {
    #[serde(default)]
    next: String,
}

pub async fn show_login(Query(query): Query<LoginQuery>) -> Html<LoginPage> {
    let next = negotiate::local_path(&query.next).unwrap_or_default();
    Html(LoginPage::new("", next, Vec::new()))
}

pub async fn log_in(State(state): State<AppState>, request: Request) -> Result<Response<Body>, AppError> {
    state.gate.pass(address(&state, &request)).map_err(AppError::TooMany)?;
    let fields = body::read_fields(request, &state).await?;
    let next = fields.text("next");
    let next = negotiate::local_path(&next).unwrap_or_default();
    let Some(user) = check_password(&state, &fields).await? else {
        let errors = vec![FieldError::new("username", WRONG)];
        let page = LoginPage::new(&fields.text("username"), next, errors);
        return Ok((StatusCode::UNAUTHORIZED, Html(page)).into_response());
    };
    let claims = Claims::new(user.id, state.clock.now(), &mut rand::rng());
    let mut response = reply::see_other(if next.is_empty() { AFTER_LOG_IN } else { next });
    let secure = state.settings.secure_cookies;
    let granted = cookies::granted(&state.keys.sign(&claims), &claims.csrf_proof(), secure);
    reply::set_cookies(response.headers_mut(), granted);
    Ok(response)
}

pub async fn log_out(State(state): State<AppState>, headers: HeaderMap) -> Result<Response<Body>, AppError> {
    if let Some(signed_in) = session::guest_or_user(&state, &headers).await {
        let expires = Timestamp::from_second(signed_in.claims.exp).unwrap_or(Timestamp::MAX);
        tokens::revoke(&state.db, &signed_in.claims.jti, Time(expires)).await?;
    }
    let mut response = reply::see_other("/");
    reply::set_cookies(response.headers_mut(), cookies::cleared(state.settings.secure_cookies));
    Ok(response)
}

/// The user if the password is right. Unknown users take as long, and failures of an account are counted either way.
async fn check_password(state: &AppState, fields: &Fields) -> Result<Option<User>, AppError> {
    let username = fields.text("username");
    let bucket = format!("log-in:{}", hex::encode(Sha256::digest(username.to_lowercase())));
    let mut connection = state.db.acquire().await?;
    let allowance = state.settings.failed_log_ins;
    if let Taken::No(wait) = buckets::take(&mut connection, &bucket, allowance, state.clock.now()).await? {
        return Err(AppError::TooMany(wait));
    }
    let user = users::find_by_username(&mut *connection, &username).await?;
    // Hashing takes long enough for others to need the connection.
    drop(connection);
    let password = SecretString::from(fields.raw("password").unwrap_or_default());
    let stored = user.as_ref().map(|user| user.password_hash.clone());
    if !state.hasher.verify(password, stored).await? {
        return Ok(None);
    }
    buckets::refill(&mut *state.db.acquire().await?, &bucket).await?;
    Ok(user)
}

/// Address that the limits per address count.
pub fn address(state: &AppState, request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let forwarded = reply::header_text(request.headers(), "x-forwarded-for");
    limits::client_address(peer.unwrap_or(IpAddr::from([0, 0, 0, 0])), forwarded, state.settings.forwarded_hops)
}
