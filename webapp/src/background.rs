//! Starts the work that runs beside the handlers: handing in, settling and sweeping.

use tokio::task::JoinSet;
use tracing::error;

use crate::letters::{hand_in, settle, sweep};
use crate::state::AppState;

/// Tasks that run until the program stops.
pub struct Background(JoinSet<()>);

/// Starts all of them. They end when the state's `shutdown` is cancelled.
#[must_use]
pub fn start(state: &AppState) -> Background {
    let letters = &state.letters;
    let mut tasks = JoinSet::new();
    tasks.spawn(hand_in::run(letters.clone()));
    tasks.spawn(settle::run(letters.clone()));
    tasks.spawn(sweep::run(letters.clone()));
    Background(tasks)
}

impl Background {
    /// Resolves when one of them has ended, which only a defect or the end of the program causes.
    pub async fn one_ended(&mut self) {
        if let Some(Err(error)) = self.0.join_next().await {
            error!(%error, "A background task failed");
        }
    }

    /// Waits until all of them have ended.
    pub async fn stopped(self) {
        self.0.join_all().await;
    }
}
