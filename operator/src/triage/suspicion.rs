//! Why a worker seems to be lost, and what the API server itself must show before anything is taken from it: watches lag.

use crds::names::{BOOT_ID_ANNOTATION, TAKEN_ANNOTATION};
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;

use super::workers::has_ended;

/// Why a worker seems to be lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// It seems to be silent.
    Silent {
        /// Name of its Lease.
        worker: String,
        /// Last renewal in the Lease as it was seen; the worker is silent if the Lease still has it.
        renewed: Option<Timestamp>,
    },
    /// Its process seems to have started anew.
    Restarted {
        /// Name of its Lease.
        worker: String,
        /// The start that claimed.
        boot_id: String,
    },
    /// It seems not to have taken what was handed to it.
    Idle {
        /// Name of its Lease.
        worker: String,
        /// Token of the claim that is not in the Lease.
        token: String,
    },
    /// Its pod is not among those that were seen, or has ended.
    Gone {
        /// Name of the pod.
        worker: String,
        /// Uid of the pod.
        uid: String,
    },
}

/// What the API server shows of a worker: the one object of it that a suspicion is about, if that exists.
#[derive(Clone, Copy, Debug)]
pub enum Seen<'a> {
    /// Its Lease.
    Lease(Option<&'a Lease>),
    /// Its pod.
    Pod(Option<&'a Pod>),
}

impl Suspicion {
    /// Whether the worker lives and seems not to take what is handed to it.
    #[must_use]
    pub const fn is_of_idleness(&self) -> bool {
        matches!(self, Self::Idle { .. })
    }

    /// Whether its pod has to be asked for, not its Lease.
    #[must_use]
    pub const fn is_of_pod(&self) -> bool {
        matches!(self, Self::Gone { .. })
    }

    /// Whether it is about renewals that this process did not see.
    #[must_use]
    pub const fn is_of_silence(&self) -> bool {
        matches!(self, Self::Silent { .. })
    }

    /// Name of the worker, and so of its pod and its Lease.
    #[must_use]
    pub fn worker(&self) -> &str {
        match self {
            Self::Silent { worker, .. }
            | Self::Restarted { worker, .. }
            | Self::Idle { worker, .. }
            | Self::Gone { worker, .. } => worker,
        }
    }

    /// Whether what the API server shows bears it out.
    #[must_use]
    pub fn is_borne_out(&self, seen: Seen<'_>) -> bool {
        match (self, seen) {
            // Renewed at the same time still, or still without a Lease.
            (Self::Silent { renewed, .. }, Seen::Lease(lease)) => {
                let shown = lease.and_then(|lease| lease.spec.as_ref()).and_then(|spec| spec.renew_time.as_ref());
                shown.map(|time| time.0) == *renewed
            }
            // A process writes its Lease before its first claim.
            (Self::Restarted { boot_id, .. }, Seen::Lease(lease)) => {
                told(lease, BOOT_ID_ANNOTATION).is_some_and(|present| present != boot_id)
            }
            (Self::Idle { token, .. }, Seen::Lease(lease)) => {
                told(lease, TAKEN_ANNOTATION).is_some_and(|told| told.split_whitespace().all(|other| other != token))
            }
            (Self::Gone { uid, .. }, Seen::Pod(pod)) => {
                pod.is_none_or(|pod| pod.metadata.uid.as_ref() != Some(uid) || has_ended(pod))
            }
            (Self::Gone { .. }, Seen::Lease(_)) | (_, Seen::Pod(_)) => false,
        }
    }
}

fn told<'a>(lease: Option<&'a Lease>, annotation: &str) -> Option<&'a str> {
    lease?.annotations().get(annotation).map(String::as_str)
}
