//! The claims of an access token and the rules about them. Pure: the time and the random source are arguments.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use serde::Serialize;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;

use super::Refusal;

/// How long an access token is good for.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// How far the clock of the replica that issued a token may be ahead of ours.
const SKEW_SECONDS: i64 = 30;

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claims {
    /// Whether the password was just given. Always false; the contract has the claim.
    pub fresh: bool,
    /// When it was issued, seconds since 1970.
    pub iat: i64,
    /// Id of the token, for revocation.
    pub jti: String,
    /// `access` or `refresh`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Id of the user, as text.
    pub sub: String,
    /// Not valid before, seconds since 1970.
    pub nbf: i64,
    /// What the CSRF header must repeat.
    pub csrf: Option<String>,
    /// Expired from then on, seconds since 1970.
    pub exp: i64,
}

impl Claims {
    /// Claims of a new token for the user with this id.
    pub fn new(user_id: i64, now: Timestamp, rng: &mut impl Rng) -> Self {
        let mut csrf = [0; 32];
        rng.fill_bytes(&mut csrf);
        let mut jti = [0; 16];
        rng.fill_bytes(&mut jti);
        let iat = now.as_second();
        Self {
            fresh: false,
            iat,
            jti: uuid::Builder::from_random_bytes(jti).into_uuid().to_string(),
            kind: "access".to_owned(),
            sub: user_id.to_string(),
            nbf: iat,
            csrf: Some(BASE64_URL_SAFE_NO_PAD.encode(csrf)),
            exp: iat + LIFETIME.as_secs(),
        }
    }

    /// Reads the claims of a signed token and applies the rules about time, subject and shape.
    pub(super) fn read(claims: &Map<String, Value>, now: Timestamp) -> Result<Self, Refusal> {
        let now = now.as_second();
        let exp = seconds(claims, "exp", "Expiration Time claim (exp) must be an integer.")?;
        if exp.ok_or(Refusal::MissingClaim("exp"))? <= now {
            return Err(Refusal::Expired);
        }
        let nbf = seconds(claims, "nbf", "Not Before claim (nbf) must be an integer.")?;
        if nbf.is_some_and(|nbf| nbf > now + SKEW_SECONDS) {
            return Err(Refusal::NotYetValid("nbf"));
        }
        let iat = seconds(claims, "iat", "Issued At claim (iat) must be an integer.")?;
        if iat.is_some_and(|iat| iat > now + SKEW_SECONDS) {
            return Err(Refusal::NotYetValid("iat"));
        }
        let sub = match claims.get("sub") {
            None => return Err(Refusal::MissingClaim("sub")),
            Some(Value::String(sub)) => sub.clone(),
            Some(_) => return Err(Refusal::Subject),
        };
        Ok(Self {
            fresh: claims.get("fresh").and_then(Value::as_bool).unwrap_or(false),
            iat: iat.unwrap_or(0),
            jti: text(claims, "jti").ok_or(Refusal::MissingClaim("jti"))?,
            kind: text(claims, "type").unwrap_or_else(|| "access".to_owned()),
            sub,
            nbf: nbf.unwrap_or(0),
            csrf: text(claims, "csrf"),
            exp: exp.unwrap_or(0),
        })
    }

    /// Whether `proof` repeats this token's `csrf` claim; takes as long wherever they differ.
    ///
    /// # Errors
    /// [`Refusal::CsrfMismatch`], or [`Refusal::MissingClaim`] for a token without the claim.
    pub fn check_csrf(&self, proof: &str) -> Result<(), Refusal> {
        let csrf = self.csrf.as_deref().ok_or(Refusal::MissingClaim("csrf"))?;
        if bool::from(csrf.as_bytes().ct_eq(proof.as_bytes())) { Ok(()) } else { Err(Refusal::CsrfMismatch) }
    }

    /// Whether this is an access token.
    ///
    /// # Errors
    /// [`Refusal::RefreshToken`].
    pub fn check_type(&self) -> Result<(), Refusal> {
        if self.kind == "refresh" { Err(Refusal::RefreshToken) } else { Ok(()) }
    }

    /// The user's id, if `sub` is one.
    #[must_use]
    pub fn user_id(&self) -> Option<i64> {
        self.sub.parse().ok()
    }

    /// Whether it was issued before `moment`, counted in whole seconds as `iat` is.
    #[must_use]
    pub fn issued_before(&self, moment: Timestamp) -> bool {
        self.iat < moment.as_second()
    }

    /// The CSRF proof that forms of this session carry.
    #[must_use]
    pub fn csrf_proof(&self) -> String {
        self.csrf.clone().unwrap_or_default()
    }
}

fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    claims.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn seconds(claims: &Map<String, Value>, name: &str, message: &str) -> Result<Option<i64>, Refusal> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => value
            .as_i64()
            .or_else(|| value.as_f64().map(|seconds| seconds as i64))
            .map(Some)
            .ok_or_else(|| Refusal::NotAToken(message.to_owned())),
    }
}
