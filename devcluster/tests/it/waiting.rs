//! Waiting until something is true, with a deadline.

use std::thread;
use std::time::{Duration, Instant};

use tokio::time::MissedTickBehavior;

/// Generous, because the machine may be building at the same time.
pub const DEADLINE: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(20);

/// Waits until `condition` holds.
pub async fn eventually(what: &str, condition: impl AsyncFn() -> bool) {
    let (deadline, mut every) = (Instant::now() + DEADLINE, tokio::time::interval(POLL));
    // After a slow look the next one is not made at once.
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    every.tick().await;
    while !condition().await {
        assert!(Instant::now() < deadline, "never: {what}");
        every.tick().await;
    }
}

/// Waits until `look` finds something. It blocks its thread.
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited {} s for {what}", DEADLINE.as_secs());
        thread::sleep(POLL);
    }
}
