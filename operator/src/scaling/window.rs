//! How many pods were needed in the recent past, so that a short lull does not end pods that are needed again at once.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

/// How long a number of pods is kept after it was last needed.
const KEEP: Duration = Duration::from_secs(30);
/// How long the last pod is kept without work when the app does not say.
const KEEP_LAST: Duration = Duration::from_mins(5);

/// Needs of the recent past, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Window {
    needs: VecDeque<(Timestamp, i32)>,
    last_needed: Option<Timestamp>,
}

impl Window {
    /// Remembers that `need` pods are needed at `now` and returns the most that were needed recently. The first call
    /// after a start counts `current`, so that a restart of the operator ends nothing at once.
    pub fn observe(&mut self, now: Timestamp, need: i32, current: Option<i32>, keep_last: Option<Duration>) -> i32 {
        let need_now = if self.last_needed.is_none() { need.max(current.unwrap_or(0)) } else { need };
        if need_now > 0 || self.last_needed.is_none() {
            self.last_needed = Some(now);
        }
        // Only a need that is larger than all after it can become the maximum.
        while self.needs.back().is_some_and(|(_, old)| *old <= need_now) {
            self.needs.pop_back();
        }
        self.needs.push_back((now, need_now));
        while self.needs.len() > 1 && self.needs.front().is_some_and(|(at, _)| is_over(*at, KEEP, now)) {
            self.needs.pop_front();
        }
        let recent = self.needs.front().map_or(need_now, |(_, need)| *need);
        let last = self.last_needed.is_some_and(|at| !is_over(at, keep_last.unwrap_or(KEEP_LAST), now));
        recent.max(i32::from(last))
    }
}

fn is_over(at: Timestamp, keep: Duration, now: Timestamp) -> bool {
    now.duration_since(at).unsigned_abs() > keep
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("a timestamp in range")
    }

    #[test]
    fn a_level_is_kept_for_a_while_after_it_was_last_needed() {
        let mut window = Window::default();
        let mut observe = |second, need| window.observe(at(second), need, Some(1), None);
        assert_eq!(observe(0, 4), 4);
        assert_eq!(observe(10, 2), 4);
        assert_eq!(observe(30, 1), 4);
        assert_eq!(observe(31, 1), 2);
        assert_eq!(observe(41, 1), 1);
        assert_eq!(observe(42, 3), 3);
    }

    #[test]
    fn a_restart_of_the_operator_ends_nothing_at_once() {
        let mut window = Window::default();
        assert_eq!(window.observe(at(0), 1, Some(5), None), 5);
        assert_eq!(window.observe(at(31), 1, Some(5), None), 1);
    }

    #[test]
    fn the_last_pod_is_kept_longer() {
        let mut window = Window::default();
        let keep = Some(Duration::from_mins(1));
        assert_eq!(window.observe(at(0), 1, Some(1), keep), 1);
        assert_eq!(window.observe(at(50), 0, Some(1), keep), 1);
        assert_eq!(window.observe(at(61), 0, Some(1), keep), 0);
    }
}
