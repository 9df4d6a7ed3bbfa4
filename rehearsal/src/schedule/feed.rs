//! Watches, and how far they have come.

use crate::leader::Watch;
use crate::server::Call;

/// What a watch is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Requests, for the operator.
    Requests,
    /// Leases of workers, for the operator.
    Leases,
    /// Pods, for the operator.
    Pods,
    /// The requests that a worker holds.
    Own,
    /// The requests of the app, for a worker.
    All,
    /// The Lease of the dispatcher, for a worker.
    Dispatcher,
}

/// How far a watch has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Feed {
    /// Changes that were told.
    pub position: usize,
    /// Whether it was listed, and is not broken.
    pub is_open: bool,
    /// Whether it will be listed.
    pub opens: bool,
    /// Whether what has changed is on its way.
    pub is_told: bool,
}

impl Kind {
    /// What a call changes.
    pub fn of(call: &Call) -> Option<Self> {
        match call {
            Call::Create(_)
            | Call::Status { .. }
            | Call::Cancel { .. }
            | Call::Spec { .. }
            | Call::Mark { .. }
            | Call::Finalizers { .. }
            | Call::Delete { .. } => Some(Self::Requests),
            Call::Apply { manager: "coverletter-operator", .. } => Some(Self::Dispatcher),
            Call::Apply { .. } | Call::EndLease { .. } => Some(Self::Leases),
            Call::Read { .. } | Call::ReadLease { .. } | Call::ReadPod { .. } => None,
        }
    }

    /// Its place among the feeds of a program.
    pub fn slot(self) -> usize {
        match self {
            Self::Requests | Self::Own => 0,
            Self::Leases | Self::Dispatcher => 1,
            Self::Pods => 2,
            Self::All => 3,
        }
    }

    pub fn of_operator(self) -> Option<Watch> {
        match self {
            Self::Requests => Some(Watch::Requests),
            Self::Leases => Some(Watch::Leases),
            Self::Pods => Some(Watch::Pods),
            Self::Own | Self::All | Self::Dispatcher => None,
        }
    }
}
