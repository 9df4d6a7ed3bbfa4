//! Starts the work that no visitor waits for: the archiver and the sweeper.

use tokio::task::JoinSet;

use crate::letters::{settle, sweep};
use crate::state::AppState;

/// The running tasks.
pub struct Background(JoinSet<()>);

/// Starts all of them; they end with the state's shutdown.
#[must_use]
pub fn start(state: &AppState) -> Background {
    let mut tasks = JoinSet::new();
    tasks.spawn(settle::run(state.clone()));
    tasks.spawn(sweep::run(state.clone()));
    Background(tasks)
}

impl Background {
    /// Waits until all of them have ended.
    pub async fn stopped(self) {
        self.0.join_all().await;
    }
}
