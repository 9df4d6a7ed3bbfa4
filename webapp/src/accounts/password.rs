//! Passwords, kept as Argon2id hashes. Hashing runs on blocking threads, a few at a time, and takes as long for unknown
//! users as for known ones. `policy` decides which passwords are accepted.

pub mod policy;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};
use unicode_normalization::UnicodeNormalization as _;

use crate::web::error::AppError;

/// Memory of one hash in KiB, with one pass and one lane: the parameters of OWASP's ASVS, Appendix C.
pub const MEMORY_KIB: u32 = 47_104;
const PASSES: u32 = 1;
const LANES: u32 = 1;
/// Hashes at the same time; each takes 46 MiB.
const PERMITS: usize = 2;

/// Calls that may wait: what two permits hash within the time that a page may take.
const PLACES: usize = 300;

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Hasher {
    argon2: Argon2<'static>,
    permits: Arc<Semaphore>,
    /// One permit for each call that may wait or run.
    places: Arc<Semaphore>,
    /// Hash that is verified against when there is no such user.
    dummy: Arc<str>,
}

/// Why hashing failed.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// The library refused the parameters.
    #[error("failed to set up password hashing: {0}")]
    Params(argon2::Error),
    /// The library refused the password.
    #[error("failed to hash a password: {0}")]
    Hash(argon2::password_hash::Error),
    /// Too many calls wait already.
    #[error("failed to hash a password in time: too many wait")]
    Busy,
    /// The thread panicked or the program is stopping.
    #[error("failed to finish a hashing thread")]
    Thread(#[source] JoinError),
}

impl From<HashingError> for AppError {
    fn from(error: HashingError) -> Self {
        if matches!(error, HashingError::Busy) { Self::Busy } else { Self::Hashing(Box::new(error)) }
    }
}

impl Hasher {
    /// A hasher whose hashes take this much memory; [`MEMORY_KIB`] outside of tests.
    ///
    /// # Errors
    /// When the library refuses the parameters.
    pub fn new(memory_kib: u32) -> Result<Self, HashingError> {
        let params = Params::new(memory_kib, PASSES, LANES, None).map_err(HashingError::Params)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let dummy = hash(&argon2, "no password is this long and odd")?;
        Ok(Self {
            argon2,
            permits: Arc::new(Semaphore::new(PERMITS)),
            places: Arc::new(Semaphore::new(PLACES)),
            dummy: dummy.into(),
        })
    }

    /// PHC string of `password` with a new salt.
    ///
    /// # Errors
    /// When the thread cannot finish.
    pub async fn hash(&self, password: SecretString) -> Result<String, HashingError> {
        let _place = self.places.try_acquire().map_err(|_| HashingError::Busy)?;
        let permit = Arc::clone(&self.permits).acquire_owned().await.expect("the semaphore is never closed");
        let argon2 = self.argon2.clone();
        let hashed = spawn_blocking(move || {
            let _permit = permit;
            hash(&argon2, password.expose_secret())
        });
        hashed.await.map_err(HashingError::Thread)?
    }

    /// Whether `stored` is the hash of `password`. Without a stored hash the answer is no, and takes as long.
    ///
    /// # Errors
    /// When the thread cannot finish.
    pub async fn verify(&self, password: SecretString, stored: Option<String>) -> Result<bool, HashingError> {
        let _place = self.places.try_acquire().map_err(|_| HashingError::Busy)?;
        let permit = Arc::clone(&self.permits).acquire_owned().await.expect("the semaphore is never closed");
        let (argon2, dummy) = (self.argon2.clone(), Arc::clone(&self.dummy));
        let verified = spawn_blocking(move || {
            let _permit = permit;
            let matches = verify(&argon2, password.expose_secret(), stored.as_deref().unwrap_or(&dummy));
            matches && stored.is_some()
        });
        verified.await.map_err(HashingError::Thread)
    }
}

fn hash(argon2: &Argon2<'_>, password: &str) -> Result<String, HashingError> {
    let password: String = password.nfkc().collect();
    let hashed: PasswordHash = argon2.hash_password(password.as_bytes()).map_err(HashingError::Hash)?;
    Ok(hashed.to_string())
}

fn verify(argon2: &Argon2<'_>, password: &str, stored: &str) -> bool {
    let password: String = password.nfkc().collect();
    PasswordHash::new(stored).is_ok_and(|stored| argon2.verify_password(password.as_bytes(), &stored).is_ok())
}
