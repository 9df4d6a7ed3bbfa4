//! What a browser is asked for, as `PublicKeyCredential.parse…OptionsFromJSON` reads it (sections 5.4 and 5.5).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::public_key::ALGORITHMS;
use super::{LIFETIME, Party};

/// What people call the site in the lists of their authenticators.
const SITE: &str = "Cover Letter Writer";

/// A new passkey of the account that authenticators know by `handle` and people by `username`, on none of the
/// authenticators that have one of `others`.
#[must_use]
pub fn creation(party: &Party, handle: &[u8], username: &str, challenge: &str, others: &[Vec<u8>]) -> Value {
    let parameter = |algorithm: i64| json!({"type": "public-key", "alg": algorithm});
    let descriptor = |id: &Vec<u8>| json!({"type": "public-key", "id": encode(id)});
    json!({
        "rp": {"id": party.id, "name": SITE},
        "user": {"id": encode(handle), "name": username, "displayName": username},
        "challenge": challenge,
        "pubKeyCredParams": ALGORITHMS.map(parameter),
        "timeout": LIFETIME.as_millis(),
        "excludeCredentials": others.iter().map(descriptor).collect::<Vec<_>>(),
        // The authenticator finds it without a name, and it stands for a password: both are needed.
        "authenticatorSelection":
            {"residentKey": "required", "requireResidentKey": true, "userVerification": "required"},
        "attestation": "none",
    })
}

/// A log-in by any passkey of the site.
#[must_use]
pub fn request(party: &Party, challenge: &str) -> Value {
    json!({
        "challenge": challenge,
        "timeout": LIFETIME.as_millis(),
        "rpId": party.id,
        "allowCredentials": [],
        "userVerification": "required",
    })
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
