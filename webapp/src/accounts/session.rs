//! Who is asking: the extractors that turn cookies (and, for unsafe methods, the CSRF proof) into a user.

pub mod cookies;
pub mod token;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;

use crate::accounts::session::cookies::ACCESS_COOKIE;
use crate::accounts::session::token::{Claims, Refusal};
use crate::db::tokens;
use crate::db::users::{self, User};
use crate::state::AppState;
use crate::web::body;
use crate::web::error::AppError;
use crate::web::fields::Fields;

/// Header that carries the CSRF proof.
pub const CSRF_HEADER: &str = "x-csrf-token";
/// Form field that carries it where no script can set a header.
pub const CSRF_FIELD: &str = "csrf_token";

/// Somebody with a valid access token.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The row of this user.
    pub user: User,
    /// The token's claims.
    pub claims: Claims,
}

/// Somebody with a valid access token and a CSRF proof, and the form they sent.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The row of this user.
    pub user: User,
    /// The token's claims.
    pub claims: Claims,
    /// The form, as typed.
    pub fields: Fields,
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let token = access_token(&parts.headers).ok_or(Refusal::MissingCookie)?;
        authenticate(state, &token, None).await
    }
}

impl FromRequest<AppState> for Signed {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, AppError> {
        let token = access_token(request.headers()).ok_or(Refusal::MissingCookie)?;
        let header = header(request.headers(), CSRF_HEADER);
        let fields = body::read_fields(request, state).await?;
        let proof = header.or_else(|| fields.raw(CSRF_FIELD)).filter(|proof| !proof.is_empty());
        let proof = proof.ok_or(Refusal::MissingCsrf)?;
        let SignedIn { user, claims } = authenticate(state, &token, Some(&proof)).await?;
        Ok(Self { user, claims, fields })
    }
}

/// The token of this request if it is valid now, whatever else is wrong with it. For pages that look different to guests.
pub async fn guest_or_user(state: &AppState, headers: &HeaderMap) -> Option<SignedIn> {
    authenticate(state, &access_token(headers)?, None).await.ok()
}

async fn authenticate(state: &AppState, token: &str, csrf: Option<&str>) -> Result<SignedIn, AppError> {
    let now = state.clock.now();
    let claims = state.keys.verify(token, now)?;
    if let Some(csrf) = csrf {
        claims.check_csrf(csrf)?;
    }
    claims.check_type()?;
    if tokens::is_revoked(&state.db, &claims.jti).await? {
        return Err(Refusal::Revoked.into());
    }
    let user = match claims.user_id() {
        Some(id) => users::find(&state.db, id).await?,
        None => None,
    };
    let user = user.ok_or_else(|| Refusal::UnknownUser(claims.sub.clone()))?;
    if claims.issued_before(user.tokens_valid_after.0) {
        return Err(Refusal::Revoked.into());
    }
    Ok(SignedIn { user, claims })
}

/// The access token of the cookie, if there is one and it is not empty.
#[must_use]
pub fn access_token(headers: &HeaderMap) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    jar.get(ACCESS_COOKIE).map(|cookie| cookie.value().to_owned()).filter(|token| !token.is_empty())
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty()).map(str::to_owned)
}
