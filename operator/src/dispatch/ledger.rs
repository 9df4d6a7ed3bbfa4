//! The bindings that this process has written and the watches may not show yet, and the workers that get none.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

/// How long the watches may take to show a binding that was made.
const SHOWN_WITHIN: Duration = Duration::from_secs(30);
/// How long after a write without an answer, which may have come about or not, the request is left alone.
const ASK_AGAIN: Duration = Duration::from_secs(2);
/// How long a refusal is remembered, should the watches show no newer version.
const REFUSED_FOR: Duration = Duration::from_secs(5);
/// How long a worker gets nothing that did not take what was handed to it. Then it is tried once more: what kept it may have
/// kept them all.
const PASSED_OVER_FOR: Duration = Duration::from_mins(1);

/// A binding that was written, or is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Namespace of request and worker.
    pub namespace: String,
    /// Name of the request.
    pub name: String,
    /// Name of the worker.
    pub worker: String,
    /// Number of the attempt that it began.
    pub attempt: i32,
}

/// What is known beyond the watches. The scaling of pods looks at it too, so that a pod with a letter on its way is not
/// taken for an idle one.
#[derive(Debug, Default)]
pub struct Ledger {
    /// By uid of the request, and until when the watches may take to show it; `None` while it is being written.
    writes: HashMap<String, (Write, Option<Instant>)>,
    /// Version of each request that could not be bound, and until when that is remembered.
    refused: HashMap<String, (String, Instant)>,
    /// Start of each worker that did not take what was handed to it, by namespace and name, and until when it gets nothing.
    passed_over: HashMap<(String, String), (String, Instant)>,
    /// Workers that were asked to retire, by namespace and app.
    retiring: BTreeMap<(String, String), BTreeSet<String>>,
}

impl Ledger {
    /// Whether the request `uid`, of which the watches show `version`, is not on its way to a worker already.
    #[must_use]
    pub fn is_free(&self, uid: &str, version: Option<&str>) -> bool {
        !self.writes.contains_key(uid)
            && self.refused.get(uid).is_none_or(|(refused, _)| Some(refused.as_str()) != version)
    }

    /// Keeps a request that is free from being bound at `version`, because somebody else in this process writes it.
    #[must_use]
    pub fn reserve(&mut self, uid: &str, version: Option<&str>, now: Instant) -> bool {
        let is_free = !self.writes.contains_key(uid);
        if is_free {
            self.refused(uid, version.map(str::to_owned), now);
        }
        is_free
    }

    /// Notes that a binding is being written.
    pub fn begin(&mut self, uid: &str, write: Write) {
        self.writes.insert(uid.to_owned(), (write, None));
    }

    /// Notes that it was written.
    pub fn written(&mut self, uid: &str, now: Instant) {
        self.await_until(uid, now + SHOWN_WITHIN);
    }

    /// Notes that no answer came.
    pub fn unanswered(&mut self, uid: &str, now: Instant) {
        self.await_until(uid, now + ASK_AGAIN);
    }

    fn await_until(&mut self, uid: &str, end: Instant) {
        if let Some((_, until)) = self.writes.get_mut(uid) {
            *until = Some(end);
        }
    }

    /// Notes that the request has changed since `version`, or cannot be bound as it is.
    pub fn refused(&mut self, uid: &str, version: Option<String>, now: Instant) {
        self.writes.remove(uid);
        self.refused.extend(version.map(|version| (uid.to_owned(), (version, now + REFUSED_FOR))));
    }

    /// Forgets what the watches show by now: the `attempt` in which a request is, by its uid; `None` when it is gone.
    pub fn settle(&mut self, attempt: impl Fn(&str, &Write) -> Option<i32>, now: Instant) {
        self.writes.retain(|uid, (write, until)| {
            let Some(until) = until else { return true };
            now < *until && attempt(uid, write).is_some_and(|attempt| attempt < write.attempt)
        });
        self.refused.retain(|_, (_, until)| now < *until);
        self.passed_over.retain(|_, (_, until)| now < *until);
    }

    /// Letters on their way to each worker of `namespace`.
    #[must_use]
    pub fn held_in(&self, namespace: &str) -> BTreeMap<String, usize> {
        let mut held = BTreeMap::new();
        for (write, _) in self.writes.values().filter(|(write, _)| write.namespace == namespace) {
            *held.entry(write.worker.clone()).or_default() += 1;
        }
        held
    }

    /// Notes that the start `boot_id` of a worker did not take what was handed to it.
    pub fn pass_over(&mut self, namespace: &str, worker: &str, boot_id: &str, now: Instant) {
        let key = (namespace.to_owned(), worker.to_owned());
        self.passed_over.insert(key, (boot_id.to_owned(), now + PASSED_OVER_FOR));
    }

    /// Notes that a worker did take what was handed to it.
    pub fn call_back(&mut self, namespace: &str, worker: &str) {
        self.passed_over.remove(&(namespace.to_owned(), worker.to_owned()));
    }

    /// Whether the start `boot_id` of a worker gets nothing because it did not take what it got.
    #[must_use]
    pub fn is_passed_over(&self, namespace: &str, worker: &str, boot_id: &str) -> bool {
        let passed = self.passed_over.get(&(namespace.to_owned(), worker.to_owned()));
        passed.is_some_and(|(passed, _)| passed == boot_id)
    }

    /// Notes which workers of an app are asked to retire: from now on they get nothing. To be called before they are asked.
    pub fn retire(&mut self, namespace: &str, app: &str, workers: BTreeSet<String>) {
        let key = (namespace.to_owned(), app.to_owned());
        if workers.is_empty() {
            self.retiring.remove(&key);
        } else {
            self.retiring.insert(key, workers);
        }
    }

    /// Whether a worker is asked to retire.
    #[must_use]
    pub fn is_retiring(&self, namespace: &str, app: &str, worker: &str) -> bool {
        self.retiring.get(&(namespace.to_owned(), app.to_owned())).is_some_and(|workers| workers.contains(worker))
    }
}
