//! When the next token of one row may be written.

use std::time::{Duration, Instant};

/// Spreads tokens evenly over time. A late token is not caught up with, so that a pause never ends in a burst.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    interval: Duration,
    due: Instant,
}

impl Pace {
    /// Begins at `now` with `tokens_per_second`; `None` never waits.
    pub(super) fn new(tokens_per_second: Option<u32>, now: Instant) -> Self {
        let interval = tokens_per_second
            .map_or(Duration::ZERO, |rate| Duration::from_nanos(1_000_000_000 / u64::from(rate.max(1))));
        Self { interval, due: now }
    }

    /// Whether tokens are written as fast as they come.
    pub(super) fn is_free(&self) -> bool {
        self.interval.is_zero()
    }

    /// When the next token may be written.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// Notes that a token was written at `now`.
    pub(super) fn wrote(&mut self, now: Instant) {
        // Counted from when it was due rather than from now: naps and the steps of other rows do not add up.
        self.due = (self.due + self.interval).max(now.checked_sub(self.interval).unwrap_or(now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens written within `millis` by a loop that looks every `tick` milliseconds.
    fn count(rate: Option<u32>, millis: u64, tick: u64) -> usize {
        let start = Instant::now();
        let mut pace = Pace::new(rate, start);
        let mut written = 0;
        for at in (0..millis).step_by(tick as usize) {
            let now = start + Duration::from_millis(at);
            if now >= pace.due() {
                pace.wrote(now);
                written += 1;
            }
        }
        written
    }

    #[test]
    fn pace_is_kept_on_average() {
        assert_eq!(count(Some(20), 10_000, 1), 200);
        assert_eq!(count(Some(20), 10_000, 7), 200);
        assert_eq!(count(Some(1), 10_000, 25), 10);
    }

    #[test]
    fn no_pace_never_waits() {
        assert_eq!(count(None, 1_000, 1), 1_000);
    }

    #[test]
    fn a_pause_does_not_end_in_a_burst() {
        let start = Instant::now();
        let mut pace = Pace::new(Some(10), start);
        let late = start + Duration::from_secs(5);
        pace.wrote(late);
        pace.wrote(late);
        assert!(pace.due() >= late, "two tokens at once are the most");
    }
}
