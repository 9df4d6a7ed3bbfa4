//! What a browser sends of an authenticator's answer: `PublicKeyCredential.toJSON()` (section 5.1), with bytes in base64url.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

use super::Refusal;

/// Longest text that is read. An answer without attestation has less than one kilobyte; browsers take out whatever else
/// authenticators say of themselves, and what they may leave is small.
const SENT_MAX: usize = 64 * 1024;

/// The answer to the wish for a new passkey.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// What the browser asked for.
    pub client_data: Vec<u8>,
    /// What the authenticator answered (section 6.5.4).
    pub attestation_object: Vec<u8>,
}

/// The answer to the wish for a log-in.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// Id of the passkey.
    pub credential_id: Vec<u8>,
    /// What the browser asked for.
    pub client_data: Vec<u8>,
    /// What the authenticator answered, ...
    pub authenticator_data: Vec<u8>,
    /// ... signed together with the hash of the client data.
    pub signature: Vec<u8>,
    /// What the authenticator knows the account by.
    pub user_handle: Option<Vec<u8>>,
}

impl Attestation {
    /// Reads what was sent.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`] when it is not of this form.
    pub fn read(sent: &str) -> Result<Self, Refusal> {
        let Sent { response: Made { client_data, attestation_object }, .. } = read::<Made>(sent)?;
        Ok(Self { client_data: client_data.0, attestation_object: attestation_object.0 })
    }
}

impl Assertion {
    /// Reads what was sent.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`] when it is not of this form.
    pub fn read(sent: &str) -> Result<Self, Refusal> {
        let Sent { raw_id, response, .. } = read::<Shown>(sent)?;
        Ok(Self {
            credential_id: raw_id.0,
            client_data: response.client_data.0,
            authenticator_data: response.authenticator_data.0,
            signature: response.signature.0,
            user_handle: response.user_handle.map(|handle| handle.0),
        })
    }
}

#[derive(Deserialize)]
struct Sent<R> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(rename = "rawId")]
    raw_id: Bytes,
    response: R,
}

#[derive(Deserialize)]
struct Made {
    #[serde(rename = "clientDataJSON")]
    client_data: Bytes,
    #[serde(rename = "attestationObject")]
    attestation_object: Bytes,
}

#[derive(Deserialize)]
struct Shown {
    #[serde(rename = "clientDataJSON")]
    client_data: Bytes,
    #[serde(rename = "authenticatorData")]
    authenticator_data: Bytes,
    signature: Bytes,
    #[serde(rename = "userHandle", default)]
    user_handle: Option<Bytes>,
}

/// Bytes in base64url without padding.
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_URL_SAFE_NO_PAD.decode(text).map(Self).map_err(D::Error::custom)
    }
}

fn read<R: DeserializeOwned>(sent: &str) -> Result<Sent<R>, Refusal> {
    if sent.len() > SENT_MAX {
        return Err(Refusal::Unreadable);
    }
    let sent: Sent<R> = serde_json::from_str(sent).map_err(|_| Refusal::Unreadable)?;
    if sent.kind == "public-key" { Ok(sent) } else { Err(Refusal::Unreadable) }
}
