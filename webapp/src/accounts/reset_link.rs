//! The secret of a one-time link. Pure: the random source is an argument.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use rand::Rng;
use sha2::{Digest as _, Sha256};

/// How long a link is good for.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// A new secret: 256 bits, in characters of a path.
pub fn new(rng: &mut impl Rng) -> String {
    let mut secret = [0; 32];
    rng.fill_bytes(&mut secret);
    BASE64_URL_SAFE_NO_PAD.encode(secret)
}

/// What the database holds of a secret.
#[must_use]
pub fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}
