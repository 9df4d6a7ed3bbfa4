//! Argon2id on blocking threads, a few at a time, taking as long for unknown users as for known ones.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};
use unicode_normalization::UnicodeNormalization as _;

/// Memory of one hash in KiB; one pass, one lane: the strongest of the recommended equals for one lane.
const MEMORY_KIB: u32 = 47_104;
/// Hashes at the same time; each takes 46 MiB.
const PERMITS: usize = 2;

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Hasher {
    permits: Arc<Semaphore>,
    /// Verified against when there is no such user.
    dummy: Arc<str>,
}

/// Why hashing failed.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// The library refused.
    #[error("failed to hash a password: {0}")]
    Hash(argon2::password_hash::Error),
    /// The thread panicked or the program is stopping.
    #[error("failed to finish a hashing thread")]
    Thread(#[source] JoinError),
}

impl Hasher {
    /// A hasher with its dummy hash made.
    ///
    /// # Errors
    /// When the parameters are refused, which a test excludes.
    pub fn new() -> Result<Self, HashingError> {
        let dummy = hash("no password is this long and odd")?;
        Ok(Self { permits: Arc::new(Semaphore::new(PERMITS)), dummy: dummy.into() })
    }

    /// PHC string of `password` with a new salt.
    ///
    /// # Errors
    /// When the thread cannot finish.
    pub async fn hash(&self, password: SecretString) -> Result<String, HashingError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.expect("the semaphore is never closed");
        let hashed = spawn_blocking(move || {
            let _permit = permit;
            hash(password.expose_secret())
        });
        hashed.await.map_err(HashingError::Thread)?
    }

    /// Whether `password` is the one of `stored`. Without a stored hash the work is done all the same, and the answer is no.
    ///
    /// # Errors
    /// When the thread cannot finish.
    pub async fn verify(&self, password: SecretString, stored: Option<String>) -> Result<bool, HashingError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.expect("the semaphore is never closed");
        let dummy = Arc::clone(&self.dummy);
        let verified = spawn_blocking(move || {
            let _permit = permit;
            let matches = verify(password.expose_secret(), stored.as_deref().unwrap_or(&dummy));
            matches && stored.is_some()
        });
        verified.await.map_err(HashingError::Thread)
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, 1, 1, None).expect("the parameters are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &str) -> Result<String, HashingError> {
    let password: String = password.nfkc().collect();
    let hashed: PasswordHash = argon2().hash_password(password.as_bytes()).map_err(HashingError::Hash)?;
    Ok(hashed.to_string())
}

fn verify(password: &str, stored: &str) -> bool {
    let password: String = password.nfkc().collect();
    PasswordHash::new(stored).is_ok_and(|stored| argon2().verify_password(password.as_bytes(), &stored).is_ok())
}
