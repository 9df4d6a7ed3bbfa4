//! What a worker knows of the others that want the same requests while nobody hands them out: how many they are, and how
//! long a claim takes until they see it. Both are measured.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crds::names::{COMPONENT_LABEL, Component, INSTANCE_LABEL};
use k8s_openapi::api::coordination::v1::Lease;
use kube::api::ListParams;
use kube::{Api, Client};

/// What a claim takes before any was measured.
const CLAIM: Duration = Duration::from_millis(15);
/// Limits of what is believed, so that one stall of a machine does not make a worker wait for seconds.
const CLAIM_MIN: Duration = Duration::from_millis(2);
const CLAIM_MAX: Duration = Duration::from_millis(500);
/// Weight of the newest measurement.
const WEIGHT: f64 = 0.2;
/// Longest wait for the number of workers; the last one stands meanwhile.
const COUNT_WITHIN: Duration = Duration::from_secs(2);

/// The others, as far as they are known. Clones share it.
#[derive(Clone, Debug)]
pub struct Crowd(Arc<Known>);

#[derive(Debug)]
struct Known {
    workers: AtomicUsize,
    claim: Mutex<Duration>,
}

impl Default for Crowd {
    fn default() -> Self {
        Self(Arc::new(Known { workers: AtomicUsize::new(0), claim: Mutex::new(CLAIM) }))
    }
}

impl Crowd {
    /// Workers of the app when they were last counted; 0 when they never were.
    #[must_use]
    pub fn workers(&self) -> usize {
        self.0.workers.load(Ordering::Relaxed)
    }

    /// How long a claim takes at present until others see it.
    #[must_use]
    pub fn claim(&self) -> Duration {
        *self.0.claim.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how long it took until a claim of this worker was seen by its own watch: others see it at about that time.
    pub fn measured(&self, took: Duration) {
        let mut claim = self.0.claim.lock().unwrap_or_else(PoisonError::into_inner);
        let mean = claim.mul_f64(1.0 - WEIGHT) + took.mul_f64(WEIGHT);
        *claim = mean.clamp(CLAIM_MIN, CLAIM_MAX);
    }

    /// Notes that another worker was quicker, and that its claim was not to be seen yet: it takes longer than believed.
    pub fn surprised(&self) {
        self.measured(self.claim() * 2);
    }

    /// Counts the workers of `app` by their Leases, which go with their pods.
    pub async fn count(&self, client: &Client, namespace: &str, app: &str) {
        let labels = format!("{INSTANCE_LABEL}={app},{COMPONENT_LABEL}={}", Component::Inference.label());
        let (api, params) =
            (Api::<Lease>::namespaced(client.clone(), namespace), ListParams::default().labels(&labels));
        // Without an answer the last number stands, or what the claims show.
        if let Ok(Ok(leases)) = tokio::time::timeout(COUNT_WITHIN, api.list_metadata(&params)).await {
            self.0.workers.store(leases.items.len(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_claim_follows_what_is_measured_within_limits() {
        let crowd = Crowd::default();
        (0..40).for_each(|_| crowd.measured(Duration::from_millis(80)));
        assert!(crowd.claim().abs_diff(Duration::from_millis(80)) < Duration::from_millis(1), "{:?}", crowd.claim());
        crowd.surprised();
        assert!(crowd.claim() > Duration::from_millis(90), "{:?}", crowd.claim());
        (0..40).for_each(|_| crowd.measured(Duration::from_mins(1)));
        assert_eq!(crowd.claim(), CLAIM_MAX);
        (0..90).for_each(|_| crowd.measured(Duration::ZERO));
        assert_eq!(crowd.claim(), CLAIM_MIN);
    }
}
