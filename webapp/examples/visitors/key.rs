//! The key that the site signs tokens with, and its twin checks them with.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

const KEY: [u8; 32] = [7; 32];

/// The key as text.
pub fn encoded() -> String {
    BASE64_STANDARD.encode(KEY)
}

/// What the site is told about it.
pub fn keys() -> String {
    format!("bench:{}", encoded())
}
