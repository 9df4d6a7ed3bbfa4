//! What a status is computed from.

use jiff::Timestamp;

use crate::live::Applied;
use crate::observed::Observed;
use crate::refusal::Refusal;
use crate::scaling::{Decision, Snapshot};

/// Input for the status of an app that was applied.
pub struct Parts<'a> {
    /// The cluster before.
    pub observed: &'a Observed,
    /// The app's objects as the API server answered them.
    pub applied: &'a Applied,
    /// The inputs of the scaling decision.
    pub snapshot: &'a Snapshot,
    /// The scaling decision.
    pub decision: &'a Decision,
    /// Objects that are not as the app needs them.
    pub refusals: &'a [Refusal],
    /// The time.
    pub now: Timestamp,
    /// Whether the password of the database is gone while its volume is there.
    pub secret_lost: bool,
}
