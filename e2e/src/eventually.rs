//! Waiting for a predicate, always with a deadline.

use std::time::Duration;

use anyhow::{Result, anyhow};
use tokio::time::{Instant, sleep};

/// Pause between two looks: short beside the time that tests wait for, long beside the cost of a look.
const PERIOD: Duration = Duration::from_millis(100);

/// Calls `look` until it returns a value, and returns that. An error counts as "not yet", since many of the tested
/// parts are unavailable for a moment. When `within` has passed, the message holds the last error.
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
