//! Leader election by a Lease: one replica works, and stops at once when it loses the Lease.
//!
//! Every write carries the `resourceVersion` that was read, so that of two candidates one fails. The Lease of another
//! replica counts as expired only after it was seen unchanged for its whole duration by the local clock.

mod turn;

use std::time::{Duration, Instant};

use cluster::Chain;
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::Client;
use kube::api::{Api, ObjectMeta, PostParams};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use turn::{Sighting, Turn};

/// Periods of an election. `renew_every` and `give_up_after` must be well below `duration`.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// How long a Lease is valid after its last renewal.
    pub duration: Duration,
    /// How often the leader renews it.
    pub renew_every: Duration,
    /// After this long without a renewal the leader stops, before another replica may take over.
    pub give_up_after: Duration,
    /// How often a candidate looks at the Lease.
    pub look_every: Duration,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            duration: Duration::from_secs(15),
            renew_every: Duration::from_secs(3),
            give_up_after: Duration::from_secs(10),
            look_every: Duration::from_secs(2),
        }
    }
}

/// Another replica leads, or the leader is not known: this process must stop writing.
#[derive(Debug, thiserror::Error)]
#[error("lost the Lease `{name}`")]
pub struct Lost {
    /// Name of the Lease.
    name: String,
}

/// A replica that waits for the Lease.
pub struct Candidate {
    api: Api<Lease>,
    name: String,
    identity: String,
    terms: Terms,
}

impl Candidate {
    /// No two processes that run at the same time may have the same `identity`.
    #[must_use]
    pub fn new(client: Client, namespace: &str, name: &str, identity: &str, terms: Terms) -> Self {
        Self { api: Api::namespaced(client, namespace), name: name.to_owned(), identity: identity.to_owned(), terms }
    }

    /// Waits until this candidate leads. `None` when cancelled first.
    pub async fn elected(self, cancelled: &CancellationToken) -> Option<Leadership> {
        let lease = cancelled.run_until_cancelled(self.take_turn()).await?;
        info!(identity = %self.identity, "Became the leader");
        Some(Leadership { candidate: self, lease, renewed: Instant::now() })
    }

    async fn take_turn(&self) -> Lease {
        let mut sighting = Sighting::default();
        loop {
            match self.try_to_lead(&mut sighting).await {
                Ok(Some(lease)) => return lease,
                Ok(None) => {}
                Err(error) => warn!(error = %Chain(&error), "Could not look at the Lease"),
            }
            tokio::time::sleep(self.terms.look_every).await;
        }
    }

    async fn try_to_lead(&self, sighting: &mut Sighting) -> kube::Result<Option<Lease>> {
        let lease = self.api.get_opt(&self.name).await?;
        let written = match sighting.turn(lease.as_ref(), &self.identity, self.terms.duration, Instant::now()) {
            Turn::Wait => return Ok(None),
            Turn::Create => self.api.create(&PostParams::default(), &self.lease(None)).await,
            Turn::Take => self.api.replace(&self.name, &PostParams::default(), &self.lease(lease.as_ref())).await,
        };
        match written {
            Ok(lease) => Ok(Some(lease)),
            // Another candidate was faster.
            Err(kube::Error::Api(status)) if status.code == 409 => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The Lease with this candidate as its holder, based on the one that was read.
    fn lease(&self, old: Option<&Lease>) -> Lease {
        let now = MicroTime(Timestamp::now());
        let old_spec = old.and_then(|old| old.spec.clone()).unwrap_or_default();
        let is_new_holder = old_spec.holder_identity.as_deref() != Some(&self.identity);
        let transitions = old_spec.lease_transitions.unwrap_or(0);
        let metadata = old.map_or_else(
            || ObjectMeta { name: Some(self.name.clone()), ..ObjectMeta::default() },
            |old| ObjectMeta { managed_fields: None, ..old.metadata.clone() },
        );
        let spec = LeaseSpec {
            holder_identity: Some(self.identity.clone()),
            lease_duration_seconds: Some(self.terms.duration.as_secs().max(1) as i32),
            acquire_time: if is_new_holder { Some(now.clone()) } else { old_spec.acquire_time },
            renew_time: Some(now),
            lease_transitions: Some(transitions + i32::from(is_new_holder && old.is_some())),
            ..LeaseSpec::default()
        };
        Lease { metadata, spec: Some(spec) }
    }
}

/// Proof that a candidate was elected.
pub struct Leadership {
    candidate: Candidate,
    lease: Lease,
    renewed: Instant,
}

impl Leadership {
    /// Renews the Lease; returns when it is lost.
    pub async fn keep(&mut self) -> Lost {
        let terms = self.candidate.terms;
        loop {
            tokio::time::sleep(terms.renew_every).await;
            let left = terms.give_up_after.saturating_sub(self.renewed.elapsed());
            match tokio::time::timeout(left, self.renew()).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(_) => {
                    warn!("Could not renew the Lease in time");
                    break;
                }
            }
        }
        Lost { name: self.candidate.name.clone() }
    }

    /// Whether this process still leads. When the API server does not answer it is asked again in the next round.
    async fn renew(&mut self) -> bool {
        let candidate = &self.candidate;
        let asked = Instant::now();
        let lease = candidate.lease(Some(&self.lease));
        match candidate.api.replace(&candidate.name, &PostParams::default(), &lease).await {
            Ok(lease) => {
                // Counted from the request, since the answer may have been slow.
                (self.lease, self.renewed) = (lease, asked);
                true
            }
            Err(kube::Error::Api(status)) if status.code == 409 => self.is_still_ours().await,
            Err(kube::Error::Api(status)) if status.code == 404 => false,
            Err(error) => {
                warn!(error = %Chain(&error), "Could not renew the Lease");
                true
            }
        }
    }

    /// After a conflict, which comes from an own write whose answer was lost, or from another replica's.
    async fn is_still_ours(&mut self) -> bool {
        match self.candidate.api.get(&self.candidate.name).await {
            Ok(lease) if turn::holder(&lease) == Some(self.candidate.identity.as_str()) => {
                self.lease = lease;
                true
            }
            Ok(_) => false,
            Err(_) => true,
        }
    }

    /// Hands the Lease back, so that the next leader need not wait. Call it when nothing writes any more.
    pub async fn release(mut self) {
        let within = self.candidate.terms.renew_every;
        match tokio::time::timeout(within, self.hand_back()).await {
            Ok(Ok(_)) => info!("Released the Lease"),
            Ok(Err(error)) => warn!(error = %Chain(&error), "Could not release the Lease"),
            Err(_) => warn!("Could not release the Lease in time"),
        }
    }

    /// Writes the Lease without a holder. A renewal that was cut off may have been written, which makes a conflict.
    async fn hand_back(&mut self) -> kube::Result<Lease> {
        match self.write_free().await {
            Err(kube::Error::Api(status)) if status.code == 409 && self.is_still_ours().await => {
                self.write_free().await
            }
            written => written,
        }
    }

    async fn write_free(&mut self) -> kube::Result<Lease> {
        if let Some(spec) = &mut self.lease.spec {
            spec.holder_identity = None;
            spec.renew_time = Some(MicroTime(Timestamp::now()));
        }
        self.lease.metadata.managed_fields = None;
        self.candidate.api.replace(&self.candidate.name, &PostParams::default(), &self.lease).await
    }
}
