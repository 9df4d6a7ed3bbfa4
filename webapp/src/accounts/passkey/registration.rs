//! A new passkey, as section 7.1 has it verified.

use super::authenticator_data::{Attested, AuthenticatorData};
use super::cbor::Map;
use super::client_data::{ClientData, Purpose};
use super::public_key::PublicKey;
use super::{Attestation, Party, Refusal};

/// A passkey that may be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its id. Step 26 asks that no account has it yet: the database sees to that.
    pub credential_id: Vec<u8>,
    /// Its public key, in COSE.
    pub public_key: Vec<u8>,
    /// How often the authenticator has signed.
    pub sign_count: u32,
    /// Whether it may be on several devices.
    pub is_backup_eligible: bool,
    /// Whether it is.
    pub is_backed_up: bool,
}

/// The passkey of this answer, if it was made for this site, with this challenge and for somebody who was verified.
///
/// # Errors
/// When it was not.
pub fn verify(answer: &Attestation, challenge: &str, party: &Party) -> Result<Made, Refusal> {
    // 5 to 12: what the browser asked for.
    ClientData::read(&answer.client_data)?.check(Purpose::Create, challenge, party)?;
    // 13: the attestation object.
    let object = Map::whole(&answer.attestation_object).ok_or(Refusal::Unreadable)?;
    let data = object.bytes("authData").ok_or(Refusal::Unreadable)?;
    let data = AuthenticatorData::read(data)?;
    // 14 to 17: the site, presence, verification, backup.
    data.check(party)?;
    let Attested { credential_id, public_key } = data.attested.as_ref().ok_or(Refusal::Unreadable)?;
    // 20: the key is of an algorithm that was asked for.
    PublicKey::read(public_key)?;
    // 21 to 24: no attestation was asked for, and none is believed. A statement that comes all the same is passed over, as a
    // note of step 24 permits; one that says that it is none is empty (8.7).
    let statement = object.size_of_map("attStmt").ok_or(Refusal::Unreadable)?;
    if object.text("fmt").ok_or(Refusal::Unreadable)? == "none" && statement > 0 {
        return Err(Refusal::Unreadable);
    }
    // 25, the length of the id, was seen to when it was read.
    Ok(Made {
        credential_id: credential_id.to_vec(),
        public_key: public_key.to_vec(),
        sign_count: data.sign_count,
        is_backup_eligible: data.is_backup_eligible(),
        is_backed_up: data.is_backed_up(),
    })
}
