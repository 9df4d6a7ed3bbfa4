//! Whether the model can still write: its thread is there, and its loop moves while it has work.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use engine::schedule::Monitor;

/// Longest time that one step may take. The slowest model on the slowest machine needs a few seconds for a chunk of prompt;
/// a loop that stands still for longer needs a new process.
const STEP_MAX: Duration = Duration::from_mins(1);

/// What a probe needs to know about the letters of one model.
#[derive(Debug, Default)]
pub(super) struct Liveness {
    active: AtomicUsize,
    is_broken: AtomicBool,
}

impl Liveness {
    /// Counts a letter as being written for as long as the guard lives.
    pub(super) fn begin(self: &Arc<Self>) -> Active {
        self.active.fetch_add(1, Ordering::Relaxed);
        Active(Arc::clone(self))
    }

    /// Notes that the model's thread has ended; this process cannot write any more.
    pub(super) fn set_broken(&self) {
        self.is_broken.store(true, Ordering::Relaxed);
    }

    /// Whether the model's thread has ended.
    pub(super) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Relaxed)
    }

    /// A probe of the loop that `monitor` shows. Without one, a server computes, and has probes of its own.
    ///
    /// The loop has work while a letter is active. It fails when it has made no step for [`STEP_MAX`].
    pub(super) fn probe(self: Arc<Self>, monitor: Option<Monitor>) -> impl Fn() -> bool + Send + Sync + 'static {
        let seen = Mutex::new((0, Instant::now()));
        move || {
            let Some(monitor) = &monitor else { return true };
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let steps = monitor.stats().steps;
            if steps != seen.0 || self.active.load(Ordering::Relaxed) == 0 {
                *seen = (steps, now);
            }
            !self.is_broken() && now.duration_since(seen.1) < STEP_MAX
        }
    }
}

/// One letter that is being written. Dropping it, also in a panic or with its future, ends the count.
pub(super) struct Active(Arc<Liveness>);

impl Drop for Active {
    fn drop(&mut self) {
        self.0.active.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    //! A probe that is called rarely must not take an idle loop for a stuck one.

    use super::*;

    #[test]
    fn an_idle_loop_is_alive() {
        let is_alive = Arc::new(Liveness::default()).probe(Some(Monitor::default()));
        assert!(is_alive() && is_alive());
    }

    #[test]
    fn a_model_whose_thread_has_ended_is_not_alive() {
        let liveness = Arc::new(Liveness::default());
        let is_alive = Arc::clone(&liveness).probe(Some(Monitor::default()));
        liveness.set_broken();
        assert!(!is_alive());
    }
}
