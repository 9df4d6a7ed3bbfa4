//! Passwords: which ones are good enough (pure), and how they are hashed (below, on threads of their own).

mod hashing;
mod policy;
#[cfg(test)]
mod tests;

pub use hashing::{Hasher, HashingError};
pub use policy::weakness;
