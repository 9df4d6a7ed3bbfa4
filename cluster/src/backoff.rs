//! Pauses between tries of something that fails for a while.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

/// Pauses without end, each twice as long as the one before, up to a longest.
#[derive(Debug)]
pub struct Backoff {
    pauses: ExponentialBackoff,
    longest: Duration,
}

impl Backoff {
    /// Pauses that begin with `first` and never exceed `longest`.
    #[must_use]
    pub fn doubling(first: Duration, longest: Duration) -> Self {
        let pauses =
            ExponentialBuilder::new().with_min_delay(first).with_max_delay(longest).without_max_times().build();
        Self { pauses, longest }
    }

    /// The next pause.
    pub fn pause(&mut self) -> Duration {
        // There is always another one: the number of pauses is not limited.
        self.pauses.next().unwrap_or(self.longest)
    }

    /// Sleeps for the next pause.
    pub async fn rest(&mut self) {
        tokio::time::sleep(self.pause()).await;
    }
}

/// The pause after this many failures in a row, counted from 1: `first`, then doubled up to `longest`.
#[must_use]
pub fn after(failures: u32, first: Duration, longest: Duration) -> Duration {
    let earlier = failures.saturating_sub(1).min(u32::BITS);
    Backoff::doubling(first, longest).pauses.nth(earlier as usize).unwrap_or(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let mut backoff = Backoff::doubling(Duration::from_millis(100), Duration::from_millis(700));
        let pauses: Vec<_> = (0..6).map(|_| backoff.pause().as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 700, 700, 700]);
    }

    #[test]
    fn a_pause_can_be_had_by_the_number_of_failures() {
        let pause = |failures| after(failures, Duration::from_secs(1), Duration::from_mins(1)).as_secs();
        assert_eq!([0, 1, 2, 3, 7, u32::MAX].map(pause), [1, 1, 2, 4, 60, 60]);
    }

    #[test]
    fn pauses_never_end() {
        let mut backoff = Backoff::doubling(Duration::from_millis(1), Duration::from_secs(1));
        assert!((0..10_000).map(|_| backoff.pause()).all(|pause| pause <= Duration::from_secs(1)));
    }
}
