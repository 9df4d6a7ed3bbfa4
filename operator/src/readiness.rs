//! What the operator's probes say.

use std::sync::{Arc, Mutex, PoisonError};

/// What keeps this process from working; empty when nothing does.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<Mutex<Option<String>>>);

impl Readiness {
    /// Says what is missing, as a sentence for the person who runs the cluster. `None` when all is well.
    pub fn set(&self, missing: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = missing;
    }

    /// What is missing.
    #[must_use]
    pub fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
