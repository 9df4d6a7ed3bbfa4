//! A log-in by a passkey, as section 7.2 has it verified.

use sha2::{Digest as _, Sha256};

use super::authenticator_data::AuthenticatorData;
use super::client_data::{ClientData, Purpose};
use super::public_key::PublicKey;
use super::{Assertion, Party, Refusal};

/// A passkey as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The site that it was made for.
    pub rp_id: String,
    /// What authenticators know its account by.
    pub handle: Vec<u8>,
    /// Its public key, in COSE.
    pub public_key: Vec<u8>,
    /// How often its authenticator had signed when it was last used.
    pub sign_count: u32,
    /// Whether it may be on several devices.
    pub is_backup_eligible: bool,
}

/// What is new about a passkey that has logged somebody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// How often its authenticator has signed by now.
    pub sign_count: u32,
    /// Whether it is on several devices by now.
    pub is_backed_up: bool,
}

/// Whether this answer logs in the account of the passkey: it is for this site, with this challenge, by somebody who was
/// verified, and signed by the passkey's key.
///
/// # Errors
/// When it does not.
pub fn verify(answer: &Assertion, kept: &Kept, challenge: &str, party: &Party) -> Result<Used, Refusal> {
    // 6: whoever is to be logged in has this passkey. Nobody was named before, so that the authenticator must say who it is.
    if answer.user_handle.as_deref() != Some(&*kept.handle) {
        return Err(Refusal::Owner);
    }
    // 8 to 14: what the browser asked for.
    ClientData::read(&answer.client_data)?.check(Purpose::Get, challenge, party)?;
    // 15 to 18: the site, presence, verification, backup. A passkey is one of the site that it was made for.
    let data = AuthenticatorData::read(&answer.authenticator_data)?;
    if kept.rp_id != party.id {
        return Err(Refusal::Site);
    }
    data.check(party)?;
    // An assertion has no new passkey in it (6.1).
    if data.attested.is_some() {
        return Err(Refusal::Unreadable);
    }
    // 19: the kind of a passkey does not change.
    if data.is_backup_eligible() != kept.is_backup_eligible {
        return Err(Refusal::Backup);
    }
    // 20 and 21: the signature over the authenticator data and the hash of the client data.
    let signed = [&*answer.authenticator_data, &Sha256::digest(&answer.client_data)].concat();
    if !PublicKey::read(&kept.public_key)?.signed(&signed, &answer.signature) {
        return Err(Refusal::Signature);
    }
    // 22: who counts, counts upward.
    if (data.sign_count, kept.sign_count) != (0, 0) && data.sign_count <= kept.sign_count {
        return Err(Refusal::Counter);
    }
    Ok(Used { sign_count: data.sign_count, is_backed_up: data.is_backed_up() })
}
