//! Access tokens: what they say (`claims`), how they are signed (`keys`, by `hs256`), and why one is refused (`refusal`).
//! The order of the refusals is part of the contract.

mod claims;
mod hs256;
mod keys;
mod refusal;
#[cfg(test)]
mod tests;

pub use claims::{Claims, LIFETIME};
pub use keys::{Keys, KeysError};
pub use refusal::Refusal;
