//! The newest decisions about numbers of pods, which the reconciler records and the admin page shows.

use std::sync::{Arc, Mutex, PoisonError};

use crate::scaling::Lines;

/// The newest decisions of all apps. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Decisions(Arc<Mutex<Lines>>);

impl Decisions {
    /// Adds one.
    pub fn push(&self, line: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    /// One line of JSON each, oldest first.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).text()
    }
}
