//! What the browser says that it asked the authenticator for (section 5.8.1): the client data.

use serde::Deserialize;

use super::{Party, Refusal};

/// Client data as browsers write them. What they may have besides is passed over, as the section asks.
#[derive(Deserialize)]
pub struct ClientData {
    #[serde(rename = "type")]
    purpose: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    is_cross_origin: bool,
    #[serde(rename = "topOrigin", default)]
    top_origin: Option<String>,
}

/// What an authenticator is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A new passkey.
    Create,
    /// A log-in by one.
    Get,
}

impl ClientData {
    /// Reads them.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`] when they are no JSON of this form.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        // As decoders of UTF-8 do, by the section: without a byte order mark.
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        serde_json::from_slice(text).map_err(|_| Refusal::Unreadable)
    }

    /// Whether they are for this purpose, with this challenge and on a page of this site: steps 7 to 11 of 7.1 and 10 to 14
    /// of 7.2.
    ///
    /// # Errors
    /// When they are not.
    pub fn check(&self, purpose: Purpose, challenge: &str, party: &Party) -> Result<(), Refusal> {
        let expected = match purpose {
            Purpose::Create => "webauthn.create",
            Purpose::Get => "webauthn.get",
        };
        if self.purpose != expected {
            return Err(Refusal::Purpose);
        }
        if self.challenge.is_empty() || self.challenge != challenge {
            return Err(Refusal::Challenge);
        }
        if !party.has(&self.origin) {
            return Err(Refusal::Origin);
        }
        // No page of ours is inside another one.
        if self.is_cross_origin || self.top_origin.is_some() {
            return Err(Refusal::Embedded);
        }
        Ok(())
    }
}

/// The challenge that client data name, to look it up. Nothing else of them counts before [`ClientData::check`].
///
/// # Errors
/// [`Refusal::Unreadable`] when they are no client data.
pub fn challenge_of(client_data: &[u8]) -> Result<String, Refusal> {
    ClientData::read(client_data).map(|data| data.challenge)
}
