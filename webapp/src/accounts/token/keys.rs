//! The keys of access tokens: the first signs, all of them verify, so that a key can be replaced without a log-out.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use super::{Claims, Refusal, hs256};

/// Shortest secret that HS256 may be used with.
const SECRET_BYTES_MIN: usize = 32;

/// Base64 of a token's parts, with or without padding.
const TOKEN_BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One or more HS256 keys, newest first.
#[derive(Clone)]
pub struct Keys(Vec<Key>);

#[derive(Clone)]
struct Key {
    kid: String,
    signing: EncodingKey,
    verifying: DecodingKey,
}

/// Why a list of keys cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// Not `kid:base64[,kid:base64]`.
    #[error("failed to read the token keys: must be `kid:base64[,kid:base64]`")]
    Shape,
    /// A secret that could be guessed; names the key.
    #[error("failed to accept token key `{0}`: must hold at least 32 bytes")]
    TooShort(String),
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.kid)).finish()
    }
}

impl Keys {
    /// Reads `kid:base64[,kid:base64]`.
    ///
    /// # Errors
    /// When the text has another shape or a secret is shorter than 32 bytes.
    pub fn parse(text: &SecretString) -> Result<Self, KeysError> {
        hs256::install();
        let parts = text.expose_secret().split(',').map(str::trim).filter(|part| !part.is_empty());
        let keys = parts.map(Key::parse).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(KeysError::Shape) } else { Ok(Self(keys)) }
    }

    /// The signed token.
    ///
    /// # Panics
    /// Never: signing with HMAC cannot fail.
    #[must_use]
    pub fn sign(&self, claims: &Claims) -> String {
        let key = self.0.first().expect("there is at least one key");
        let header = Header { kid: Some(key.kid.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, claims, &key.signing).expect("claims are JSON and HMAC takes any key")
    }

    /// The claims of `token`, if one of the keys signed it and it is valid at `now`. CSRF, type and revocation are checked
    /// elsewhere.
    ///
    /// # Errors
    /// The first reason to refuse it, in the order of the contract.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, Refusal> {
        let (message, signature) = token.rsplit_once('.').ok_or_else(|| not_a_token("Not enough segments"))?;
        let (header, payload) = message.split_once('.').ok_or_else(|| not_a_token("Not enough segments"))?;
        let header = object(&decode(header, "header")?, "header")?;
        let payload = decode(payload, "payload")?;
        decode(signature, "crypto")?;
        if header.get("alg").and_then(Value::as_str) != Some("HS256") {
            return Err(Refusal::Algorithm);
        }
        let kid = header.get("kid").and_then(Value::as_str);
        let mut keys = self.0.iter().filter(|key| kid.is_none_or(|kid| kid == key.kid));
        if !keys.any(|key| key.signed(message, signature)) {
            return Err(Refusal::Signature);
        }
        Claims::read(&object(&payload, "payload")?, now)
    }
}

impl Key {
    fn parse(text: &str) -> Result<Self, KeysError> {
        let (kid, secret) = text.split_once(':').ok_or(KeysError::Shape)?;
        let secret = BASE64_STANDARD.decode(secret).or_else(|_| TOKEN_BASE64.decode(secret));
        let secret = secret.map_err(|_| KeysError::Shape)?;
        if secret.len() < SECRET_BYTES_MIN {
            return Err(KeysError::TooShort(kid.to_owned()));
        }
        Ok(Self {
            kid: kid.to_owned(),
            signing: EncodingKey::from_secret(&secret),
            verifying: DecodingKey::from_secret(&secret),
        })
    }

    fn signed(&self, message: &str, signature: &str) -> bool {
        jsonwebtoken::crypto::verify(signature, message.as_bytes(), &self.verifying, Algorithm::HS256).unwrap_or(false)
    }
}

fn not_a_token(message: &str) -> Refusal {
    Refusal::NotAToken(message.to_owned())
}

fn decode(part: &str, name: &str) -> Result<Vec<u8>, Refusal> {
    TOKEN_BASE64.decode(part).map_err(|_| Refusal::NotAToken(format!("Invalid {name} padding")))
}

fn object(bytes: &[u8], name: &str) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Refusal::NotAToken(format!("Invalid {name} string: must be a json object"))),
        Err(error) => Err(Refusal::NotAToken(format!("Invalid {name} string: {error}"))),
    }
}
