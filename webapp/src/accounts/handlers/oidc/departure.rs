//! The way to the provider.

use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, Response};
use serde::Deserialize;

use super::unfinished::Unfinished;
use crate::accounts::oidc::Provider;
use crate::accounts::oidc::request::{self, Secrets};
use crate::accounts::session::cookies::Cookies;
use crate::accounts::{Accounts, limits, reset_link};
use crate::db::log_ins::{self, LogIn};
use crate::web::error::AppError;
use crate::web::{negotiate, reply};

/// Where logging in leads when no other page was asked for.
const AFTER_LOG_IN: &str = "/user/protected";

#[derive(Deserialize)]
pub struct StartQuery {
    #[serde(default)]
    next: String,
    /// Whether the provider is to ask who it is even if it knows.
    again: Option<String>,
}

/// Sends somebody to the provider.
pub async fn start(
    State(state): State<Accounts>,
    Query(query): Query<StartQuery>,
    request: Request,
) -> Result<Response<Body>, AppError> {
    let provider = state.provider.clone().ok_or(AppError::NotFound)?;
    limits::count_departure(&state, &limits::network_of(&state, &request)).await?;
    let next = negotiate::local_path(&query.next).unwrap_or(AFTER_LOG_IN);
    match depart(&state, &provider, request.headers(), next, None, query.again.is_some()).await {
        Ok((page, cookie)) => {
            let mut response = reply::see_other(&page);
            reply::set_cookies(response.headers_mut(), [cookie]);
            Ok(response)
        }
        Err(unfinished) => unfinished.page(&state, &provider, &request, false),
    }
}

/// Notes a log-in that begins. The address of the provider's page for it, and the cookie of this browser.
pub async fn depart(
    state: &Accounts,
    provider: &Provider,
    headers: &HeaderMap,
    next: &str,
    links: Option<i64>,
    asks_again: bool,
) -> Result<(String, String), Unfinished> {
    let secrets = Secrets::new(&mut rand::rng());
    let page = provider.page(&secrets, asks_again).await?;
    let cookies = Cookies::of(&state.settings);
    // One for all tabs, in each of which a log-in may have begun.
    let browser = cookies.browser(headers).unwrap_or_else(|| request::secret(&mut rand::rng()));
    let log_in = LogIn {
        nonce: secrets.nonce.clone(),
        verifier: secrets.verifier.clone(),
        next: next.to_owned(),
        links,
        expires_at: state.clock.now() + request::LIFETIME,
    };
    let (state_hash, browser_hash) = (reset_link::hash(&secrets.state), reset_link::hash(&browser));
    log_ins::begin(&state.db, &state_hash, &browser_hash, &log_in).await?;
    Ok((page, cookies.of_browser(&browser)))
}
