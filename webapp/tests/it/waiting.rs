//! Waiting for what happens in its own time.

use std::time::Duration;

/// Every wait ends after this time at the latest: long enough for a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// Asks until there is an answer, and says what was awaited when there is none in time.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let look_until_found = async {
        let mut every = tokio::time::interval(Duration::from_millis(20));
        loop {
            every.tick().await;
            if let Some(found) = look().await {
                return found;
            }
        }
    };
    let found = tokio::time::timeout(PATIENCE, look_until_found).await;
    found.unwrap_or_else(|_| panic!("waited {PATIENCE:?} for {what}"))
}
