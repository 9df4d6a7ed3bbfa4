//! The identity of this worker.

use crds::life::Claimant;

/// The app whose requests are served, and the claimant.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Namespace of the app, the requests and the Lease.
    pub namespace: String,
    /// Name of the app.
    pub app: String,
    /// What this process writes into its claims.
    pub claimant: Claimant,
}
