//! The user of a request: extractors that read the access token from its cookie and, for requests that change
//! something, check the CSRF proof.

pub mod cookies;

use axum::extract::{FromRef, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use cluster::Chain;
use jiff::SignedDuration;
use tracing::warn;

use crate::accounts::session::cookies::Cookies;
use crate::accounts::token::{Claims, LIFETIME, Refusal};
use crate::accounts::{Accounts, device};
use crate::db::Connection;
use crate::db::question::{Question, Standing};
use crate::db::sessions::{self, Session, WhoIs};
use crate::db::users::User;
use crate::web::body;
use crate::web::error::AppError;
use crate::web::fields::Fields;
use crate::web::upload;

/// Header that carries the CSRF proof.
pub const CSRF_HEADER: &str = "x-csrf-token";
/// Form field that carries it in a page without scripts, which cannot set a header.
pub const CSRF_FIELD: &str = "csrf_token";

/// The last use of a session is noted once in this time.
const USED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A user with a valid access token.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The row of this user.
    pub user: User,
    /// The token's claims.
    pub claims: Claims,
}

/// Somebody with an access token that is signed and has not expired, of which the database knows nothing yet: the
/// statement that reads a page asks for both, see [`Visit::read`].
pub struct Visit {
    accounts: Accounts,
    claims: Claims,
}

/// A user with a valid access token and a CSRF proof, and the form of the request.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The row of this user.
    pub user: User,
    /// The token's claims.
    pub claims: Claims,
    /// The form, as it was sent.
    pub fields: Fields,
}

/// A user with a valid access token and a CSRF proof, and a form with a file.
pub struct SignedUpload {
    /// The user and the form.
    pub signed: Signed,
    /// The file; empty when there is none.
    pub file: Vec<u8>,
}

/// A request with a file, of which only the sender is known yet.
pub struct Upload {
    signed_in: SignedIn,
    request: Request,
}

impl Upload {
    /// Looks at who sends a request with a file before anything is kept for it: a file cannot be given back.
    ///
    /// # Errors
    /// When the token is not valid.
    pub async fn of(accounts: &Accounts, request: Request) -> Result<Self, AppError> {
        let user = match access_token(accounts, request.headers()) {
            Ok(token) => authenticate(accounts, &token, None).await,
            Err(refusal) => Err(refusal.into()),
        };
        match user {
            Ok(signed_in) => Ok(Self { signed_in, request }),
            Err(error) => {
                upload::pass_over(request).await;
                Err(error)
            }
        }
    }

    /// Who sends it.
    #[must_use]
    pub const fn user_id(&self) -> i64 {
        self.signed_in.user.id
    }

    /// Passes over a file that cannot be taken, and says why.
    pub async fn refused(self, error: AppError) -> AppError {
        upload::pass_over(self.request).await;
        error
    }

    /// Reads the form and its file.
    ///
    /// # Errors
    /// When the proof is not valid, and when the request cannot be read.
    pub async fn read(self) -> Result<SignedUpload, AppError> {
        let Self { signed_in: SignedIn { user, claims }, request } = self;
        let header = header(request.headers(), CSRF_HEADER);
        let upload::Upload { fields, file } = upload::read(request).await?;
        let proof = header.or_else(|| fields.raw(CSRF_FIELD)).filter(|proof| !proof.is_empty());
        claims.check_csrf(&proof.ok_or(Refusal::MissingCsrf)?)?;
        Ok(SignedUpload { signed: Signed { user, claims, fields }, file })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn
where
    Accounts: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let accounts = Accounts::from_ref(state);
        let token = access_token(&accounts, &parts.headers)?;
        authenticate(&accounts, &token, None).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit
where
    Accounts: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let accounts = Accounts::from_ref(state);
        let claims = verified(&accounts, &access_token(&accounts, &parts.headers)?, None)?;
        Ok(Self { accounts, claims })
    }
}

impl Visit {
    /// What a statement reads for its user, if their session has not ended.
    ///
    /// # Errors
    /// When the session has ended, and when the database fails.
    pub async fn read<Q: Question>(self, question: &Q) -> Result<Q::Answer, AppError> {
        ask(&self.accounts, &self.claims, question).await
    }
}

impl<S: Send + Sync> FromRequest<S> for Signed
where
    Accounts: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let accounts = Accounts::from_ref(state);
        let token = access_token(&accounts, request.headers());
        let header = header(request.headers(), CSRF_HEADER);
        // Read whoever sends it: when the session is over, the log-in page gives the form back.
        let fields = body::read_fields(request).await;
        let token = token?;
        let fields = fields?;
        let proof = header.or_else(|| fields.raw(CSRF_FIELD)).filter(|proof| !proof.is_empty());
        let proof = proof.ok_or(Refusal::MissingCsrf)?;
        let SignedIn { user, claims } = authenticate(&accounts, &token, Some(&proof)).await?;
        Ok(Self { user, claims, fields })
    }
}

/// The user of this request, if its token is valid. For pages that look different to guests.
pub async fn guest_or_user(state: &Accounts, headers: &HeaderMap) -> Option<SignedIn> {
    user_to_log_out(state, headers).await.ok().flatten()
}

/// The user of this request; `None` when its token is not valid.
///
/// # Errors
/// When the database fails, so that nobody knows.
pub async fn user_to_log_out(state: &Accounts, headers: &HeaderMap) -> Result<Option<SignedIn>, AppError> {
    let Ok(token) = access_token(state, headers) else { return Ok(None) };
    match authenticate(state, &token, None).await {
        Ok(signed_in) => Ok(Some(signed_in)),
        Err(AppError::Refused(..)) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn authenticate(state: &Accounts, token: &str, csrf: Option<&str>) -> Result<SignedIn, AppError> {
    let claims = verified(state, token, csrf)?;
    let user = ask(state, &claims, &WhoIs).await?.ok_or_else(|| Refusal::UnknownUser(claims.sub.clone()))?;
    Ok(SignedIn { user, claims })
}

/// The answer to a question about the user of these claims, if their session has not ended.
async fn ask<Q: Question>(state: &Accounts, claims: &Claims, question: &Q) -> Result<Q::Answer, AppError> {
    let (standing, answer) = state.warm.ask(question, &claims.jti, claims.user_id()).await?;
    admit(state, claims, &standing).await?;
    Ok(answer)
}

/// The claims of this token, as far as they can be checked without the database.
fn verified(state: &Accounts, token: &str, csrf: Option<&str>) -> Result<Claims, Refusal> {
    let claims = state.keys.verify(token, state.clock.now())?;
    if let Some(csrf) = csrf {
        claims.check_csrf(csrf)?;
    }
    claims.check_type()?;
    Ok(claims)
}

/// Whether the session of these claims has not ended, by what the database says of it. Notes that it was used.
async fn admit(state: &Accounts, claims: &Claims, standing: &Standing) -> Result<(), AppError> {
    let now = state.clock.now();
    if standing.is_revoked {
        return Err(Refusal::Revoked.into());
    }
    let valid_after = standing.valid_after.ok_or_else(|| Refusal::UnknownUser(claims.sub.clone()))?;
    if claims.issued_before(valid_after) || standing.is_disabled {
        return Err(Refusal::Revoked.into());
    }
    let noted_before = now - USED_EVERY;
    if standing.last_used_at.is_some_and(|last| last < noted_before)
        && let Err(error) = sessions::used(&state.db, &claims.jti, now, noted_before).await
    {
        // A database without room can still be read, and the page matters more than this note.
        warn!(error = %Chain(&error), "Could not note that a session was used");
    }
    Ok(())
}

/// A new session of this user: its claims and the cookies that carry it.
///
/// # Errors
/// When the database fails.
pub async fn begin(
    state: &Accounts,
    db: &mut Connection,
    user_id: i64,
    user_agent: &str,
) -> Result<(Claims, [String; 2]), AppError> {
    let now = state.clock.now();
    let claims = Claims::new(user_id, now, &mut rand::rng());
    let device = device::name(user_agent);
    let session = Session { jti: claims.jti.clone(), device, started_at: now, last_used_at: now };
    sessions::start(db, user_id, &session, now + LIFETIME).await?;
    let granted = Cookies::of(&state.settings).granted(&state.keys.sign(&claims), &claims.csrf_proof());
    Ok((claims, granted))
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::MissingCsrf | Refusal::CsrfMismatch => Self::Unproven(refusal.to_string()),
            _ => {
                let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::UNAUTHORIZED);
                Self::Refused(status, refusal.to_string())
            }
        }
    }
}

/// The access token of the cookie.
fn access_token(state: &Accounts, headers: &HeaderMap) -> Result<String, Refusal> {
    let cookies = Cookies::of(&state.settings);
    cookies.access_token(headers).ok_or_else(|| Refusal::MissingCookie(cookies.access_name()))
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty()).map(str::to_owned)
}
