//! Threads that share the work of one step, and sleep between steps.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, Thread};

/// Looks at the next job before a thread gives its core away: about as long as the pauses within one step.
const SPINS: usize = 2_000;
/// Times that a thread gives its core away before it sleeps.
const YIELDS: usize = 16;

/// Products that one thread computes at a time, at least: below it, handing work over costs more than it saves.
const LEAST_WORK: usize = 1 << 17;

/// A fixed number of threads, the caller's included.
pub struct Pool {
    shared: Arc<Shared>,
    workers: Vec<Worker>,
}

struct Worker {
    thread: Thread,
    handle: Option<JoinHandle<()>>,
}

struct Shared {
    /// Counts jobs; a new number is the signal to begin.
    generation: AtomicUsize,
    job: Mutex<Option<Job>>,
    /// Workers that have not finished the current job.
    working: AtomicUsize,
    panicked: AtomicBool,
    ending: AtomicBool,
}

/// What all threads run. Really borrowed for the duration of [`Pool::run`].
type Job = &'static (dyn Fn() + Sync);

impl Pool {
    /// A pool of `threads` threads (at least one: the caller's).
    ///
    /// # Panics
    /// When the operating system refuses a thread.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        let shared = Arc::new(Shared {
            generation: AtomicUsize::new(0),
            job: Mutex::new(None),
            working: AtomicUsize::new(0),
            panicked: AtomicBool::new(false),
            ending: AtomicBool::new(false),
        });
        let workers = (1..threads).map(|number| Worker::start(number, &shared)).collect();
        Self { shared, workers }
    }

    /// Number of threads, the caller's included.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    /// Hands every item to `compute` once, on whichever thread is free.
    ///
    /// The pool has one job at a time, so it is borrowed mutably: neither another caller nor `compute` itself can hand it a
    /// second one.
    ///
    /// # Panics
    /// When `compute` panics, after all threads have stopped.
    pub fn for_each<T>(&mut self, items: impl ExactSizeIterator<Item = T> + Send, compute: impl Fn(T) + Sync) {
        if self.workers.is_empty() || items.len() <= 1 {
            return items.for_each(compute);
        }
        let items = Mutex::new(items);
        self.run(&|| {
            loop {
                // Taken in a statement of its own, so that the lock is free again while the item is computed.
                let next = items.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some(item) = next else { return };
                compute(item);
            }
        });
    }

    /// Runs `job` on every thread at once and returns when all have returned.
    #[expect(unsafe_code, reason = "threads that outlive the call borrow from it")]
    fn run(&mut self, job: &(dyn Fn() + Sync)) {
        // SAFETY: workers use the reference only between the new generation and their `working` decrement, and `finish`
        // waits for all of them, also when `job` panics here, before this call returns. Until then the pool is borrowed
        // mutably, so no other call replaces the job or the count.
        let job = unsafe { std::mem::transmute::<&(dyn Fn() + Sync), Job>(job) };
        *self.shared.job.lock().unwrap_or_else(PoisonError::into_inner) = Some(job);
        self.shared.working.store(self.workers.len(), Ordering::Relaxed);
        self.shared.generation.fetch_add(1, Ordering::Release);
        for worker in &self.workers {
            worker.thread.unpark();
        }
        let finish = Finish(&self.shared);
        job();
        drop(finish);
        assert!(!self.shared.panicked.swap(false, Ordering::Relaxed), "a thread of the pool panicked");
    }
}

/// Waits for the workers, also while unwinding.
struct Finish<'a>(&'a Shared);

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        wait(|| self.0.working.load(Ordering::Acquire) == 0, std::thread::yield_now);
    }
}

/// Parts `items`, each of `work` products, among `threads` threads: each takes a share of what is left, so that the first are
/// long, as memory likes to be read, and the last end at nearly the same time (Polychronopoulos and Kuck, 1987).
#[must_use]
pub fn shares(threads: usize, items: usize, work: usize) -> Vec<Range<usize>> {
    let least = LEAST_WORK.div_ceil(work);
    let mut shares = Vec::new();
    let mut begin = 0;
    while begin < items {
        let left = items - begin;
        let share = left.div_ceil(threads).max(least).min(left);
        shares.push(begin..begin + share);
        begin += share;
    }
    shares
}

impl Worker {
    fn start(number: usize, shared: &Arc<Shared>) -> Self {
        let shared = Arc::clone(shared);
        let handle = std::thread::Builder::new()
            .name(format!("model-{number}"))
            .spawn(move || shared.work())
            .expect("the operating system gives the process a thread");
        Self { thread: handle.thread().clone(), handle: Some(handle) }
    }
}

impl Shared {
    fn work(&self) {
        let mut seen = 0;
        loop {
            wait(|| self.generation.load(Ordering::Acquire) != seen, std::thread::park);
            seen = self.generation.load(Ordering::Acquire);
            if self.ending.load(Ordering::Relaxed) {
                return;
            }
            let job = *self.job.lock().unwrap_or_else(PoisonError::into_inner);
            let run = || job.expect("a job stands before its generation is counted")();
            if std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err() {
                self.panicked.store(true, Ordering::Relaxed);
            }
            self.working.fetch_sub(1, Ordering::Release);
        }
    }
}

/// Returns once `done`: looks often, then gives the core away, then rests.
fn wait(done: impl Fn() -> bool, rest: impl Fn()) {
    let mut looks = 0;
    while !done() {
        looks += 1;
        if looks < SPINS {
            std::hint::spin_loop();
        } else if looks < SPINS + YIELDS {
            std::thread::yield_now();
        } else {
            rest();
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.ending.store(true, Ordering::Relaxed);
        self.shared.generation.fetch_add(1, Ordering::Release);
        for worker in &mut self.workers {
            worker.thread.unpark();
            if let Some(handle) = worker.handle.take() {
                // A worker catches the panics of its jobs; it has nothing else to tell.
                let _ = handle.join();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_computed_once_whatever_the_number_of_threads() {
        for threads in 1..5 {
            let mut pool = Pool::new(threads);
            for length in [0, 1, 7, 100, 1_001] {
                let mut out = vec![0usize; length];
                pool.for_each(out.chunks_mut(10).enumerate(), |(index, share)| {
                    for (offset, value) in share.iter_mut().enumerate() {
                        *value += index * 10 + offset + 1;
                    }
                });
                assert_eq!(out, (1..=length).collect::<Vec<_>>(), "{threads} threads");
            }
        }
    }

    #[test]
    fn shares_hold_every_item_once_and_get_shorter_until_they_are_not_worth_it() {
        for (threads, items, work) in [(1, 7, 1 << 20), (2, 152, 1 << 14), (3, 9_496, 1 << 12), (4, 1, 1), (4, 0, 9)] {
            let shares = shares(threads, items, work);
            assert!(shares.iter().cloned().flatten().eq(0..items), "{threads} threads, {items} items");
            assert!(shares.is_sorted_by(|a, b| a.len() >= b.len()));
            let worth = shares.iter().rev().skip(1).all(|share| share.len() * work >= LEAST_WORK);
            assert!(worth, "{shares:?} of {work} products");
        }
    }

    #[test]
    fn a_pool_that_is_busy_cannot_be_entered() {
        // Compiles only while the call borrows the pool mutably.
        type ForEach = fn(&mut Pool, std::ops::Range<usize>, fn(usize));
        let _: ForEach = Pool::for_each;
    }

    #[test]
    fn many_short_jobs_in_a_row_are_all_done() {
        let mut pool = Pool::new(3);
        let mut out = vec![0u32; 64];
        for _ in 0..5_000 {
            pool.for_each(out.chunks_mut(8), |share| share.iter_mut().for_each(|value| *value += 1));
        }
        assert_eq!(out, vec![5_000; 64]);
    }

    #[test]
    fn a_panic_reaches_the_caller_and_leaves_the_pool_usable() {
        let mut pool = Pool::new(2);
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            pool.for_each(0..64, |number| assert!(number != 40, "on purpose"));
        }));
        assert!(caught.is_err());
        let mut out = vec![0u32; 64];
        pool.for_each(out.iter_mut(), |value| *value = 9);
        assert_eq!(out, vec![9; 64]);
    }
}
