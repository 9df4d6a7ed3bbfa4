//! Whether an ID token is to be believed (OpenID Connect Core, 3.1.3.7). Pure: the time is an argument.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;

use super::keys::{self, KeySet};

#[cfg(test)]
mod tests;

/// How far the clocks of provider and site may differ.
const SKEW_SECONDS: i64 = 60;
/// Longest id of a person (OpenID Connect Core, 2).
const SUBJECT_MAX: usize = 255;

/// What a token must say.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Who issued it.
    pub issuer: &'a str,
    /// For whom.
    pub client_id: &'a str,
    /// For which log-in.
    pub nonce: &'a str,
    /// The time now.
    pub now: Timestamp,
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    /// It is no signed token.
    #[error("it is no signed token")]
    Shape,
    /// It is signed by nobody, or in a way that proves nothing here.
    #[error("its algorithm is not taken")]
    Algorithm,
    /// No key of the provider signed it.
    #[error("no key of the provider signed it")]
    Signature,
    /// Somebody else issued it.
    #[error("another issuer issued it")]
    Issuer,
    /// It is for another client.
    #[error("it is for another client")]
    Audience,
    /// It belongs to another log-in.
    #[error("its nonce is not that of this log-in")]
    Nonce,
    /// A claim is missing or of another type.
    #[error("it has no claim `{0}`")]
    Claim(&'static str),
    /// It says so many seconds of age, below 0 for one from the future, that it cannot be of this log-in.
    #[error("by our clock it is {0} s old")]
    Clock(i64),
}

/// The key id that a token names, if it can be read.
#[must_use]
pub fn key_id(token: &str) -> Option<String> {
    let header = part(token.split('.').next()?)?;
    header.get("kid").and_then(Value::as_str).map(str::to_owned)
}

/// The claims of a token that one of these keys signed and that says what is expected.
///
/// # Errors
/// The first reason not to believe it.
pub fn verify(token: &str, keys: &KeySet, expected: &Expected<'_>) -> Result<Map<String, Value>, Untrusted> {
    let (message, signature) = token.rsplit_once('.').ok_or(Untrusted::Shape)?;
    let (header, payload) = message.split_once('.').ok_or(Untrusted::Shape)?;
    let header = part(header).ok_or(Untrusted::Shape)?;
    let algorithm = header.get("alg").and_then(Value::as_str).ok_or(Untrusted::Shape)?;
    if !keys::is_taken(algorithm) {
        return Err(Untrusted::Algorithm);
    }
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| Untrusted::Shape)?;
    let kid = header.get("kid").and_then(Value::as_str);
    if !keys.signed(kid, algorithm, message.as_bytes(), &signature) {
        return Err(Untrusted::Signature);
    }
    let claims = part(payload).ok_or(Untrusted::Shape)?;
    check(&claims, expected)?;
    Ok(claims)
}

fn check(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<(), Untrusted> {
    if text(claims, "iss")? != expected.issuer {
        return Err(Untrusted::Issuer);
    }
    if !is_for(claims, expected.client_id) {
        return Err(Untrusted::Audience);
    }
    if !bool::from(text(claims, "nonce")?.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err(Untrusted::Nonce);
    }
    let now = expected.now.as_second();
    let (issued, expires) = (seconds(claims, "iat")?, seconds(claims, "exp")?);
    let not_before = seconds(claims, "nbf").unwrap_or(issued).max(issued);
    if expires <= now.saturating_sub(SKEW_SECONDS) || not_before > now.saturating_add(SKEW_SECONDS) {
        return Err(Untrusted::Clock(now.saturating_sub(issued)));
    }
    let subject = text(claims, "sub")?;
    if subject.is_empty() || subject.len() > SUBJECT_MAX || subject.contains('\0') {
        return Err(Untrusted::Claim("sub"));
    }
    Ok(())
}

/// Whether the token is for this client: alone among its audience, or as the party that it was issued to.
fn is_for(claims: &Map<String, Value>, client_id: &str) -> bool {
    let party = claims.get("azp").map(|party| party.as_str() == Some(client_id));
    match claims.get("aud") {
        Some(Value::String(audience)) => audience == client_id && party != Some(false),
        Some(Value::Array(audiences)) => {
            let is_among = audiences.iter().any(|audience| audience.as_str() == Some(client_id));
            is_among && party.unwrap_or(audiences.len() == 1)
        }
        _ => false,
    }
}

fn part(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

fn text<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, Untrusted> {
    claims.get(name).and_then(Value::as_str).ok_or(Untrusted::Claim(name))
}

/// A time; some providers write fractions.
fn seconds(claims: &Map<String, Value>, name: &'static str) -> Result<i64, Untrusted> {
    let value = claims.get(name).ok_or(Untrusted::Claim(name))?;
    value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64)).ok_or(Untrusted::Claim(name))
}
