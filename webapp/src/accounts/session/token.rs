//! Access tokens: what they say, how they are signed, and in which order they are refused.

mod claims;
mod keys;
mod refusal;
#[cfg(test)]
mod tests;

pub use claims::{Claims, LIFETIME};
pub use keys::{Keys, KeysError};
pub use refusal::Refusal;
