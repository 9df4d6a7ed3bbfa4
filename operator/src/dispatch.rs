//! Which waiting request goes to which worker: a pure function of one snapshot and of whose turn it is.

mod failures;
mod ledger;
mod ring;

pub use failures::Failures;
pub use ledger::{Ledger, Write};
pub use ring::{Ring, Waiting};

use crds::request::Length;

/// What a decision about the requests of one app looks at.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Requests that may be claimed now, in any order.
    pub queue: Vec<Waiting>,
    /// Workers that take requests, in any order.
    pub workers: Vec<Worker>,
}

/// A worker that takes requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Worker {
    /// Name of its pod.
    pub name: String,
    /// Letters that it can begin now.
    pub free: usize,
    /// When it was last known to write, in any unit that grows with time; the largest value while it writes.
    pub busy: i64,
}

/// A request and the worker that shall write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Uid of the request.
    pub uid: String,
    /// Name of the worker.
    pub worker: String,
}

/// The work of a letter: its words, in steps of 25.
#[must_use]
pub const fn cost(length: Length) -> u32 {
    match length {
        Length::Short => 7,
        Length::Standard => 10,
        Length::Long => 14,
    }
}

/// At most `limit` bindings: requesters take turns by `ring`, each with its oldest request, and the worker that was busy
/// last is filled first, so that the others can be drained.
#[must_use]
pub fn bind(snapshot: &Snapshot, ring: &mut Ring, limit: usize) -> Vec<Binding> {
    let mut workers: Vec<_> = snapshot.workers.iter().filter(|worker| worker.free > 0).collect();
    workers.sort_by(|a, b| b.busy.cmp(&a.busy).then_with(|| a.name.cmp(&b.name)));
    let places = workers.into_iter().flat_map(|worker| std::iter::repeat_n(worker, worker.free));
    let mut turns = ring.turns(&snapshot.queue);
    let pairs = places.take(limit).map_while(|worker| Some((turns.next()?, worker)));
    pairs.map(|(waiting, worker)| Binding { uid: waiting.uid.clone(), worker: worker.name.clone() }).collect()
}

#[cfg(test)]
mod tests;
