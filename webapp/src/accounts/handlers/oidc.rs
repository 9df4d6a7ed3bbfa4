//! Logging in at the OpenID Connect provider: what becomes of whoever comes back from it.

mod account;
pub mod departure;
pub mod linking;
mod unfinished;

use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, Response};
use axum::response::IntoResponse as _;
use serde::Deserialize;

use crate::accounts::oidc::failure::{self, Failure};
use crate::accounts::oidc::person::{self, Person};
use crate::accounts::oidc::{Answer, Provider};
use crate::accounts::pages::provider::LoggedOutPage;
use crate::accounts::session::cookies::Cookies;
use crate::accounts::{Accounts, limits, reset_link, session};
use crate::db::audit::{self, Event};
use crate::db::log_ins::{self, LogIn};
use crate::db::{identities, networks};
use crate::web::error::AppError;
use crate::web::html::Html;
use crate::web::reply;
use unfinished::Unfinished;

/// What the provider sends back.
#[derive(Deserialize)]
pub struct CallbackQuery {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    error: Option<String>,
    iss: Option<String>,
}

/// Takes whoever comes back from the provider.
pub async fn callback(
    State(state): State<Accounts>,
    Query(query): Query<CallbackQuery>,
    request: Request,
) -> Result<Response<Body>, AppError> {
    let provider = state.provider.clone().ok_or(AppError::NotFound)?;
    let network = limits::network_of(&state, &request);
    let headers = request.headers().clone();
    let log_in = match take(&state, &query, &headers).await {
        Ok(log_in) => log_in,
        Err(unfinished) => return unfinished.page(&state, &provider, &request, false),
    };
    match arrive(&state, &provider, &query, &headers, &log_in, &network).await {
        Ok(response) => {
            limits::departed(&state, &network).forget(&state).await?;
            Ok(response)
        }
        Err(unfinished) => unfinished.page(&state, &provider, &request, log_in.links.is_some()),
    }
}

/// The log-in that this browser began with this state; nobody can take it twice.
async fn take(state: &Accounts, query: &CallbackQuery, headers: &HeaderMap) -> Result<LogIn, Unfinished> {
    let browser = Cookies::of(&state.settings).browser(headers).ok_or(Failure::Unknown)?;
    let (state_hash, browser_hash) = (reset_link::hash(&query.state), reset_link::hash(&browser));
    let log_in = log_ins::take(&state.db, &state_hash, &browser_hash).await?.ok_or(Failure::Unknown)?;
    if log_in.expires_at <= state.clock.now() { Err(Failure::TooOld.into()) } else { Ok(log_in) }
}

async fn arrive(
    state: &Accounts,
    provider: &Provider,
    query: &CallbackQuery,
    headers: &HeaderMap,
    log_in: &LogIn,
    network: &str,
) -> Result<Response<Body>, Unfinished> {
    if let Some(error) = &query.error {
        return Err(failure::of_error(error).into());
    }
    let now = state.clock.now();
    let answer = Answer { code: &query.code, issuer: query.iss.as_deref() };
    let claims = provider.claims(answer, log_in, now).await?;
    let (person, settings) = (Person::of(&claims), &provider.settings);
    let groups = person::groups(&claims, &settings.oidc_groups_claim);
    if !person::is_admitted(&groups, &settings.oidc_admitted_group) {
        let known = identities::find(&state.db, &provider.issuer, &person.subject).await?;
        audit::record(&state.db, known.unwrap_or(audit::NOBODY), Event::NotAdmitted, now).await?;
        return Err(Failure::NotAdmitted(settings.oidc_refusal.clone()).into());
    }
    if let Some(user_id) = log_in.links {
        return linking::finish(state, provider, headers, &person, user_id).await;
    }
    let user = account::of(state, provider, &person).await?;
    if user.is_disabled {
        return Err(Failure::Disabled.into());
    }
    let mut transaction = state.db.begin().await?;
    let user_agent = reply::header_text(headers, "user-agent");
    let (_, granted) = session::begin(state, &mut transaction, user.id, user_agent).await?;
    networks::note(&mut *transaction, user.id, network, now).await?;
    audit::record(&mut *transaction, user.id, Event::LoggedInAtProvider, now).await?;
    transaction.commit().await?;
    let mut response = reply::see_other(&log_in.next);
    reply::set_cookies(response.headers_mut(), granted);
    Ok(response)
}

/// Where logging out leads: a page that does not log in again at once, and leads to the provider's own way out.
pub async fn show_logged_out(State(state): State<Accounts>) -> Result<Response<Body>, AppError> {
    let provider = state.provider.clone().ok_or(AppError::NotFound)?;
    let page = LoggedOutPage::new(provider.name().to_owned(), provider.log_out_page().await);
    Ok(Html(page).into_response())
}
