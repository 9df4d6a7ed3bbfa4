//! Waiting: always for a predicate, always with a deadline.

use std::time::Duration;

use anyhow::{Result, anyhow};
use tokio::time::{Instant, sleep};

/// Between two looks: short against what is waited for, long against what a look costs.
const PERIOD: Duration = Duration::from_millis(100);

/// Looks until `look` returns something, and returns that. An error counts as "not yet", since much of what is tested
/// here is away for a moment; the last one is in the message when `within` has passed.
///
/// # Errors
/// When `within` has passed; the message begins with `what`.
pub async fn eventually<T>(
    what: &str,
    within: Duration,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + within;
    loop {
        let last = match look().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if Instant::now() >= deadline {
            let waited = anyhow!("{what}: not within {} s", within.as_secs());
            return Err(last.map_or(waited, |error| anyhow!("{what}: not within {} s: {error:#}", within.as_secs())));
        }
        sleep(PERIOD).await;
    }
}

/// [`eventually`] for a predicate that is true or false.
///
/// # Errors
/// As [`eventually`].
pub async fn eventually_true(what: &str, within: Duration, mut holds: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
    eventually(what, within, async || Ok(holds().await?.then_some(()))).await
}
