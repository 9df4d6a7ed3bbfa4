//! How many pods the recent past needed, so that a short lull does not end pods that are needed again at once.

/// How long the last pod is kept without work when the app does not say.
const KEEP_LAST_MS: i64 = 300_000;
/// Longest time for which another pod is kept without work.
const KEEP_MAX_MS: i64 = 60_000;
/// More levels than an app can have pods are never kept.
const LEVELS_MAX: i32 = 1_000;

/// When each number of pods was needed last. Times are in milliseconds.
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// Level `k` is needed while at least `k + 1` pods are.
    needed: Vec<i64>,
    is_started: bool,
}

impl Window {
    /// Remembers that `need` pods are needed at `now` and returns how many are worth keeping.
    ///
    /// A pod is kept for two fifths of a cold start after it was needed last: then ending it and starting it again
    /// costs about as much as keeping it (`operator simulate` has the figures of shorter and longer times). The first
    /// call counts `current` as needed, so that a restart of the operator ends nothing at once.
    pub fn observe(
        &mut self,
        now: i64,
        need: i32,
        current: Option<i32>,
        cold_start: i64,
        keep_last: Option<i64>,
    ) -> i32 {
        let need = if self.is_started { need } else { need.max(current.unwrap_or(0)) };
        self.is_started = true;
        let need = need.clamp(0, LEVELS_MAX) as usize;
        if self.needed.len() < need {
            self.needed.resize(need, now);
        }
        self.needed.iter_mut().take(need).for_each(|level| *level = now);
        let keep = (cold_start.saturating_mul(2) / 5).min(KEEP_MAX_MS);
        let keep_last = keep_last.unwrap_or(KEEP_LAST_MS);
        let is_kept = |index: usize, needed: i64| now - needed <= if index == 0 { keep_last.max(keep) } else { keep };
        // A higher level was never needed later than a lower one.
        while self.needed.last().is_some_and(|needed| !is_kept(self.needed.len() - 1, *needed)) {
            self.needed.pop();
        }
        self.needed.len() as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLD_START: i64 = 10_000;

    #[test]
    fn a_level_is_kept_for_a_while_after_it_was_last_needed() {
        let mut window = Window::default();
        let mut observe = |second: i64, need| window.observe(second * 1_000, need, Some(1), COLD_START, None);
        assert_eq!(observe(0, 4), 4);
        assert_eq!(observe(1, 2), 4);
        assert_eq!(observe(4, 1), 4);
        assert_eq!(observe(5, 1), 2);
        assert_eq!(observe(6, 1), 1);
        assert_eq!(observe(7, 3), 3);
    }

    #[test]
    fn a_restart_of_the_operator_ends_nothing_at_once() {
        let mut window = Window::default();
        assert_eq!(window.observe(0, 1, Some(5), COLD_START, None), 5);
        assert_eq!(window.observe(5_000, 1, Some(5), COLD_START, None), 1);
    }

    #[test]
    fn the_last_pod_is_kept_as_long_as_the_app_says() {
        let mut window = Window::default();
        let keep = Some(60_000);
        assert_eq!(window.observe(0, 1, Some(1), COLD_START, keep), 1);
        assert_eq!(window.observe(50_000, 0, Some(1), COLD_START, keep), 1);
        assert_eq!(window.observe(60_001, 0, Some(1), COLD_START, keep), 0);
    }
}
