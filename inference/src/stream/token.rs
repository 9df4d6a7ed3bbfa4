//! The bearer token that readers of the stream must send.

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use thiserror::Error;

/// The token is empty, which would let anyone read.
#[derive(Debug, Error)]
#[error("the stream token must not be empty")]
pub struct EmptyToken;

/// SHA-256 of the token; the token itself is not kept.
#[derive(Clone)]
pub struct StreamToken([u8; 32]);

impl StreamToken {
    /// Parses the token as the Secret has it.
    ///
    /// # Errors
    /// When it is empty.
    pub fn parse(token: &str) -> Result<Self, EmptyToken> {
        if token.is_empty() { Err(EmptyToken) } else { Ok(Self(Sha256::digest(token).into())) }
    }

    /// Whether `shown` is the token. The time does not depend on where they differ.
    #[must_use]
    pub fn matches(&self, shown: &str) -> bool {
        let shown: [u8; 32] = Sha256::digest(shown).into();
        self.0.ct_eq(&shown).into()
    }
}

impl fmt::Debug for StreamToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StreamToken")
    }
}
