//! Which workers are alive, as far as this process can tell without trusting anybody's clock but its own.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use crds::request::Claim;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Pod;

/// A worker that has not renewed its Lease for this long, as observed here, is lost.
pub const SILENCE_MAX: Duration = Duration::from_secs(30);
/// A claim without any Lease is lost after this long; workers write their Lease before their first claim.
const LEASELESS_MAX: SignedDuration = SignedDuration::from_secs(60);

/// Namespace and name of a pod and of its Lease.
pub type WorkerKey = (String, String);

/// What is known of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodLife {
    /// Uid.
    pub uid: String,
    /// Whether all its containers have ended for good.
    pub has_ended: bool,
}

/// What is known of a Lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseLife {
    /// Process that renews it.
    pub boot_id: String,
    /// Last renewal by the clock of that process, and so only comparable with other times of the same process.
    pub renewed: Option<Timestamp>,
    /// How long ago this process saw it change.
    pub silent_for: Duration,
    /// Tokens of the claims that the worker has taken. `None`: it is of a version that does not say.
    pub taken: Option<BTreeSet<String>>,
}

/// All pods and Leases of workers.
#[derive(Clone, Debug, Default)]
pub struct Workers {
    /// Pods by namespace and name.
    pub pods: HashMap<WorkerKey, PodLife>,
    /// Leases by namespace and name.
    pub leases: HashMap<WorkerKey, LeaseLife>,
}

/// Why the holder of a claim will not finish it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// There is no such pod any more.
    PodGone,
    /// The process has started anew since.
    Restarted,
    /// The Lease was not renewed in time.
    Silent,
}

impl Loss {
    /// One sentence for the requester.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::PodGone => "Its pod is gone.",
            Self::Restarted => "Its worker restarted.",
            Self::Silent => "Its worker went silent.",
        }
    }
}

impl Workers {
    /// Why `claim` will not be finished by its holder. `None` while it may.
    #[must_use]
    pub fn loss(&self, namespace: &str, claim: &Claim, now: Timestamp) -> Option<Loss> {
        let key = (namespace.to_owned(), claim.worker.clone());
        if self.pods.get(&key).is_none_or(|pod| pod.uid != claim.pod_uid || pod.has_ended) {
            return Some(Loss::PodGone);
        }
        let Some(lease) = self.leases.get(&key) else {
            let age = now.duration_since(claim.acquire_time.0);
            return (age > LEASELESS_MAX).then_some(Loss::Silent);
        };
        // A claim can also be seen before the Lease of the process that made it: the API server itself is asked.
        if lease.boot_id != claim.boot_id {
            return Some(Loss::Restarted);
        }
        (lease.silent_for >= SILENCE_MAX).then_some(Loss::Silent)
    }

    /// Time of the last renewal in the Lease of `worker`.
    #[must_use]
    pub fn renewed(&self, namespace: &str, worker: &str) -> Option<Timestamp> {
        self.leases.get(&(namespace.to_owned(), worker.to_owned())).and_then(|lease| lease.renewed)
    }
}

/// When each Lease was last seen to change, by this process's own clock.
#[derive(Clone, Debug, Default)]
pub struct Sightings {
    seen: HashMap<WorkerKey, (Option<Timestamp>, Instant)>,
}

impl Sightings {
    /// Records that a Lease has the renewal time `renewed`, and returns for how long it has had it.
    pub fn observe(&mut self, key: &WorkerKey, renewed: Option<Timestamp>, now: Instant) -> Duration {
        let seen = self.seen.entry(key.clone()).or_insert((renewed, now));
        if seen.0 != renewed {
            *seen = (renewed, now);
        }
        now.saturating_duration_since(seen.1)
    }

    /// Counts every silence from `now`, because renewals could not be observed before.
    pub fn restart(&mut self, now: Instant) {
        self.seen.values_mut().for_each(|seen| seen.1 = now);
    }

    /// Forgets Leases that are gone.
    pub fn retain(&mut self, exists: impl Fn(&WorkerKey) -> bool) {
        self.seen.retain(|key, _| exists(key));
    }
}

/// Whether all containers of a pod have ended for good.
#[must_use]
pub fn has_ended(pod: &Pod) -> bool {
    let phase = pod.status.as_ref().and_then(|status| status.phase.as_deref());
    matches!(phase, Some("Succeeded" | "Failed"))
}
