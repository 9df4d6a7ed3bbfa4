//! What the authenticator says and signs (section 6.1): the authenticator data.

use sha2::{Digest as _, Sha256};

use super::cbor::Map;
use super::{Party, Refusal};

/// Longest id of a passkey (section 7.1, step 25).
const CREDENTIAL_ID_MAX: usize = 1023;

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENSIONS: u8 = 1 << 7;

/// Authenticator data, taken apart.
#[derive(Debug)]
pub struct AuthenticatorData<'a> {
    rp_id_hash: &'a [u8; 32],
    flags: u8,
    /// How often the authenticator has signed; 0 where it does not count.
    pub sign_count: u32,
    /// The passkey, where it has just been made (section 6.5.2).
    pub attested: Option<Attested<'a>>,
}

/// A passkey that has just been made.
#[derive(Debug)]
pub struct Attested<'a> {
    /// Its id.
    pub credential_id: &'a [u8],
    /// Its public key, in COSE.
    pub public_key: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    /// Takes the bytes apart, to the last one.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`] when they are not what their flags say, [`Refusal::CredentialId`] when the id is too long.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let (rp_id_hash, rest) = bytes.split_first_chunk::<32>().ok_or(Refusal::Unreadable)?;
        let ([flags], rest) = rest.split_first_chunk::<1>().ok_or(Refusal::Unreadable)?;
        let (sign_count, rest) = rest.split_first_chunk::<4>().ok_or(Refusal::Unreadable)?;
        let (attested, rest) = if flags & ATTESTED == 0 {
            (None, rest)
        } else {
            let (attested, rest) = Attested::read(rest)?;
            (Some(attested), rest)
        };
        let is_whole = if flags & EXTENSIONS == 0 { rest.is_empty() } else { Map::whole(rest).is_some() };
        if !is_whole {
            return Err(Refusal::Unreadable);
        }
        Ok(Self { rp_id_hash, flags: *flags, sign_count: u32::from_be_bytes(*sign_count), attested })
    }

    /// Whether they are for this site, and somebody was there and was verified: steps 14 to 17 of 7.1 and 15 to 18 of 7.2.
    ///
    /// # Errors
    /// When they are not.
    pub fn check(&self, party: &Party) -> Result<(), Refusal> {
        if *self.rp_id_hash != <[u8; 32]>::from(Sha256::digest(&party.id)) {
            return Err(Refusal::Site);
        }
        if !self.has(USER_PRESENT) {
            return Err(Refusal::Absent);
        }
        if !self.has(USER_VERIFIED) {
            return Err(Refusal::Unverified);
        }
        if self.is_backed_up() && !self.is_backup_eligible() {
            return Err(Refusal::Backup);
        }
        Ok(())
    }

    /// Whether the passkey may be on several devices.
    pub const fn is_backup_eligible(&self) -> bool {
        self.has(BACKUP_ELIGIBLE)
    }

    /// Whether it is.
    pub const fn is_backed_up(&self) -> bool {
        self.has(BACKED_UP)
    }

    const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

impl<'a> Attested<'a> {
    /// The passkey that these bytes begin with, and what is behind it.
    fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), Refusal> {
        let (_aaguid, rest) = bytes.split_first_chunk::<16>().ok_or(Refusal::Unreadable)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(Refusal::Unreadable)?;
        let length = usize::from(u16::from_be_bytes(*length));
        if !(1..=CREDENTIAL_ID_MAX).contains(&length) {
            return Err(Refusal::CredentialId);
        }
        let (credential_id, rest) = rest.split_at_checked(length).ok_or(Refusal::Unreadable)?;
        let (_, length) = Map::first(rest).ok_or(Refusal::Unreadable)?;
        let (public_key, rest) = rest.split_at_checked(length).ok_or(Refusal::Unreadable)?;
        Ok((Self { credential_id, public_key }, rest))
    }
}
