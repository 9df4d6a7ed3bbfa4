//! Who this worker is.

use crds::life::Claimant;

/// Whose requests are served, and as whom.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Namespace of the app, the requests and the Lease.
    pub namespace: String,
    /// Name of the app.
    pub app: String,
    /// What this process writes into its claims.
    pub claimant: Claimant,
}
