//! Logging in by a passkey: nobody says who they are, the passkey does.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode};
use tracing::info;

use super::{CREDENTIAL, party};
use crate::accounts::handlers::arrival::Arrival;
use crate::accounts::handlers::sessions::DISABLED;
use crate::accounts::passkey::authentication::{self, Kept, Used};
use crate::accounts::passkey::{self, Assertion, Party, Refusal, options};
use crate::accounts::session::cookies::Cookies;
use crate::accounts::{Accounts, limits, reset_link};
use crate::db::audit::{self, Event};
use crate::db::challenges;
use crate::db::passkeys::{self, Shown};
use crate::db::users::{self, User};
use crate::web::error::AppError;
use crate::web::form_state::FormState;
use crate::web::reply;

/// The same words whatever is wrong: they do not tell which passkeys there are.
const WRONG: &str = "This passkey did not log you in. Try it again, or log in with your password";

/// Asks the browser for a passkey.
pub async fn start(State(state): State<Accounts>, request: Request) -> Result<Response<Body>, AppError> {
    let party = party(&state, request.headers())?;
    limits::count_departure(&state, &limits::network_of(&state, &request)).await?;
    let cookies = Cookies::of(&state.settings);
    let browser = cookies.browser(request.headers()).unwrap_or_else(|| reset_link::new(&mut rand::rng()));
    let challenge = reset_link::new(&mut rand::rng());
    let (challenge_hash, holder) = (reset_link::hash(&challenge), reset_link::hash(&browser));
    let expires_at = state.clock.now() + passkey::LIFETIME;
    challenges::begin(&state.db, &challenge_hash, &holder, None, expires_at).await?;
    let mut response = reply::json(StatusCode::OK, &options::request(&party, &challenge));
    reply::set_cookies(response.headers_mut(), [cookies.of_browser(&browser)]);
    Ok(response)
}

/// Begins the session of whoever shows a passkey.
pub async fn log_in(State(state): State<Accounts>, request: Request) -> Result<Response<Body>, AppError> {
    let headers = request.headers().clone();
    let party = party(&state, &headers)?;
    let arrival = Arrival::of(&state, request).await?;
    match recognise(&state, &party, &headers, &arrival).await? {
        None => Ok(arrival.refused(&state, FormState::default(), WRONG)),
        Some(user) if user.is_disabled => Ok(arrival.refused(&state, FormState::default(), DISABLED)),
        Some(user) => {
            limits::departed(&state, &arrival.network).forget(&state).await?;
            arrival.begin(&state, &user, Event::LoggedInByPasskey).await
        }
    }
}

/// The user whose passkey this is. What fails counts like a wrong password, for the account where there is one.
async fn recognise(
    state: &Accounts,
    party: &Party,
    headers: &HeaderMap,
    arrival: &Arrival,
) -> Result<Option<User>, AppError> {
    let answer = Assertion::read(&arrival.fields.raw(CREDENTIAL).unwrap_or_default());
    let shown = match &answer {
        Ok(answer) => passkeys::find(&state.db, &answer.credential_id).await?,
        Err(_) => None,
    };
    // No username has a colon.
    let nobody =
        || answer.as_ref().map_or_else(|_| ":".to_owned(), |answer| format!(":{}", hex::encode(&answer.credential_id)));
    let who = shown.as_ref().map_or_else(nobody, |shown| shown.username.clone());
    let attempt = limits::count_log_in(state, &who, &arrival.network).await?;
    let user_id = shown.as_ref().map_or(audit::NOBODY, |shown| shown.user_id);
    match verified(state, party, headers, answer, shown).await {
        Ok(Ok(user)) => {
            attempt.succeed(state).await?;
            Ok(Some(user))
        }
        Ok(Err(why)) => {
            info!(user.id = user_id, reason = %why, "Did not log somebody in by a passkey");
            let event = if why == Refusal::Counter { Event::PasskeyPerhapsCopied } else { Event::LogInFailed };
            audit::record(&state.db, user_id, event, state.clock.now()).await?;
            Ok(None)
        }
        Err(error) => {
            attempt.forget(state).await?;
            Err(error)
        }
    }
}

/// The user, if the passkey answers the challenge of this browser. Takes the challenge whatever comes of it.
async fn verified(
    state: &Accounts,
    party: &Party,
    headers: &HeaderMap,
    answer: Result<Assertion, Refusal>,
    shown: Option<Shown>,
) -> Result<Result<User, Refusal>, AppError> {
    let named = answer.and_then(|answer| Ok((passkey::challenge_of(&answer.client_data)?, answer)));
    let (challenge, answer) = match named {
        Ok(named) => named,
        Err(why) => return Ok(Err(why)),
    };
    if !is_asked(state, headers, &challenge).await? {
        return Ok(Err(Refusal::Challenge));
    }
    let Some(shown) = shown else { return Ok(Err(Refusal::Unknown)) };
    let (id, user_id) = (shown.id, shown.user_id);
    let Used { sign_count, is_backed_up } = match authentication::verify(&answer, &kept(shown), &challenge, party) {
        Ok(used) => used,
        Err(why) => return Ok(Err(why)),
    };
    let Some(user) = users::find(&state.db, user_id).await? else { return Ok(Err(Refusal::Unknown)) };
    // Another log-in with the same count may have come first.
    if !passkeys::used(&state.db, id, sign_count, is_backed_up, state.clock.now()).await? {
        // Or its owner has removed it meanwhile.
        let is_there = passkeys::find(&state.db, &answer.credential_id).await?.is_some();
        return Ok(Err(if is_there { Refusal::Counter } else { Refusal::Unknown }));
    }
    Ok(Ok(user))
}

/// Whether this browser was asked with this challenge, less than five minutes ago and for the first time.
async fn is_asked(state: &Accounts, headers: &HeaderMap, challenge: &str) -> Result<bool, AppError> {
    let Some(browser) = Cookies::of(&state.settings).browser(headers) else { return Ok(false) };
    let (challenge, holder) = (reset_link::hash(challenge), reset_link::hash(&browser));
    let expires_at = challenges::take(&state.db, &challenge, &holder, None).await?;
    Ok(expires_at.is_some_and(|at| at > state.clock.now()))
}

fn kept(shown: Shown) -> Kept {
    Kept {
        rp_id: shown.rp_id,
        handle: shown.handle,
        public_key: shown.public_key,
        // What is not a count is one that no authenticator reaches.
        sign_count: u32::try_from(shown.sign_count).unwrap_or(u32::MAX),
        is_backup_eligible: shown.is_backup_eligible,
    }
}
