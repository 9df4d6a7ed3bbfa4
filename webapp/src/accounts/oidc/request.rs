//! What a log-in begins with: secrets, and the address of the provider's page. Pure: the random source is an argument.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use rand::Rng;
use sha2::{Digest as _, Sha256};

/// How long somebody may take at the provider: finding a second factor takes minutes.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(15);

/// The secrets of one log-in.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// What the provider's answer repeats.
    pub state: String,
    /// What its token repeats.
    pub nonce: String,
    /// What it is shown with the code (PKCE, RFC 7636).
    pub verifier: String,
}

impl Secrets {
    /// New ones.
    pub fn new(rng: &mut impl Rng) -> Self {
        Self { state: secret(rng), nonce: secret(rng), verifier: secret(rng) }
    }

    /// What the provider is told of the verifier.
    #[must_use]
    pub fn challenge(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier))
    }
}

/// A new secret: 256 bits, in characters of an address.
pub fn secret(rng: &mut impl Rng) -> String {
    let mut secret = [0; 32];
    rng.fill_bytes(&mut secret);
    BASE64_URL_SAFE_NO_PAD.encode(secret)
}

#[cfg(test)]
mod tests {
    use super::Secrets;

    #[test]
    fn the_challenge_is_the_one_of_the_standard() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned();
        let secrets = Secrets { state: String::new(), nonce: String::new(), verifier };
        assert_eq!(secrets.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
