//! Whether the model's loop moves.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use engine::schedule::Monitor;

/// Longest time that one step may take. The slowest model on the slowest machine needs a few seconds for a chunk of prompt;
/// a loop that stands still for longer needs a new process.
const STEP_LONGEST: Duration = Duration::from_mins(1);

/// A probe of the loop that `monitor` shows, which has work whenever `active` is above zero.
pub(super) fn of(monitor: Monitor, active: Arc<AtomicUsize>) -> impl Fn() -> bool + Send + Sync + 'static {
    let seen = Mutex::new((monitor.stats().steps, Instant::now()));
    move || {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let steps = monitor.stats().steps;
        if steps != seen.0 || active.load(Ordering::Relaxed) == 0 {
            *seen = (steps, now);
        }
        now.duration_since(seen.1) < STEP_LONGEST
    }
}

#[cfg(test)]
mod tests {
    //! A probe that is asked rarely must not blame the loop for having been idle.

    use super::*;

    #[test]
    fn an_idle_loop_is_alive() {
        let alive = of(Monitor::default(), Arc::default());
        assert!(alive() && alive());
    }
}
