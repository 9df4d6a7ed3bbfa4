//! Passkeys: what a browser and an authenticator say is verified here, step by step as Web Authentication (Level 3) asks
//! of a relying party. Pure.
//!
//! ```text
//! options      -> browser -> response   what is asked for, and what comes back
//! registration    a new passkey (section 7.1)
//! authentication  a log-in by one (section 7.2)
//!   client_data         what the browser signed for: type, challenge, origin        party: whose origin
//!   authenticator_data  what the authenticator signed: site, presence, counter
//!   public_key          by which key; cbor reads it
//! ```
//!
//! Nothing is believed of the maker of an authenticator: no attestation is asked for. A challenge is taken from the
//! database before it is compared here, so that it is good once.

pub mod authentication;
mod authenticator_data;
mod cbor;
mod client_data;
pub mod options;
pub mod party;
mod public_key;
mod refusal;
pub mod registration;
mod response;
#[cfg(test)]
mod tests;

use jiff::SignedDuration;
use rand::Rng;

pub use client_data::challenge_of;
pub use party::Party;
pub use refusal::Refusal;
pub use response::{Assertion, Attestation};

/// How long a challenge is good for: as long as the browser is asked to wait for its user.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(5);
/// Passkeys that an account may have: one for each of somebody's devices, and then many.
pub const PASSKEYS_MAX: usize = 20;
/// Longest name of a passkey, in characters.
pub const NAME_MAX: usize = 64;

/// What an authenticator is to know a new account by: random, so that it tells nothing (section 14.6.1).
pub fn handle(rng: &mut impl Rng) -> [u8; 32] {
    let mut handle = [0; 32];
    rng.fill_bytes(&mut handle);
    handle
}
