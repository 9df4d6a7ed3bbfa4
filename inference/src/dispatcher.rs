//! Whether somebody hands requests to this worker. The operator says so in a Lease of the app, which the worker only reads.

use std::time::Duration;

use cluster::follow::{Change, follow};
use crds::names::dispatcher_lease;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::runtime::{reflector, watcher};
use kube::{Api, Client};
use tokio::sync::watch;
use tokio::time::Instant;

/// How long a renewal is valid when the Lease does not say so.
const VALID: Duration = Duration::from_secs(10);

/// What the Lease of the dispatcher was last seen to say.
#[derive(Clone, Debug, Default)]
pub struct Sighting {
    /// Whether anything was seen yet.
    is_listed: bool,
    /// The last renewal, and until when it is valid by this process's own clock, for clocks of machines differ.
    renewed: Option<(MicroTime, Instant)>,
}

impl Sighting {
    /// Until when requests are handed out, as far as is known. `None` when they are not, or not any more.
    #[must_use]
    pub fn valid_until(&self, now: Instant) -> Option<Instant> {
        self.renewed.as_ref().map(|(_, until)| *until).filter(|until| now < *until)
    }

    /// Notes the Lease as it is shown, or that there is none.
    pub fn note(&mut self, lease: Option<&Lease>, now: Instant) {
        self.is_listed = true;
        let spec = lease.and_then(|lease| lease.spec.as_ref()).filter(|spec| spec.holder_identity.is_some());
        let Some(renewed) = spec.and_then(|spec| spec.renew_time.clone()) else {
            self.renewed = None;
            return;
        };
        if self.renewed.as_ref().is_some_and(|(known, _)| *known == renewed) {
            return;
        }
        let seconds = spec.and_then(|spec| spec.lease_duration_seconds);
        let valid = seconds.map_or(VALID, |seconds| Duration::from_secs(u64::from(seconds.unsigned_abs())));
        self.renewed = Some((renewed, now + valid));
    }
}

/// Follows the Lease of the dispatcher of `app` for as long as the future is polled.
pub async fn observe(client: Client, namespace: String, app: String, sightings: watch::Sender<Sighting>) {
    let api = Api::<Lease>::namespaced(client, &namespace);
    let (store, writer) = reflector::store::<Lease>();
    let config = watcher::Config::default().fields(&format!("metadata.name={}", dispatcher_lease(&app)));
    let changed = move |change: Change<'_, Lease>| {
        // While nothing is seen, what was said last stands until it is not valid any more.
        if !matches!(change, Change::Gap) {
            sightings
                .send_modify(|sighting| sighting.note(store.state().first().map(|lease| &**lease), Instant::now()));
        }
    };
    follow(api, config, writer, changed).await;
}

/// Resolves once it is known whether there is a dispatcher.
pub async fn listed(sightings: &mut watch::Receiver<Sighting>) {
    // Fails only when the watch is gone, that is when the program ends.
    let _ = sightings.wait_for(|sighting| sighting.is_listed).await;
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use k8s_openapi::api::coordination::v1::LeaseSpec;

    use super::*;

    fn lease(holder: Option<&str>, renewed: i64) -> Lease {
        let spec = LeaseSpec {
            holder_identity: holder.map(str::to_owned),
            lease_duration_seconds: Some(10),
            renew_time: Some(MicroTime(Timestamp::from_second(renewed).expect("a time"))),
            ..LeaseSpec::default()
        };
        Lease { spec: Some(spec), ..Lease::default() }
    }

    #[test]
    fn a_dispatcher_counts_as_long_as_its_renewals_are_seen_whatever_the_clocks_say() {
        let (mut sighting, start) = (Sighting::default(), Instant::now());
        let mut present = |lease: Option<&Lease>, seen: u64, asked: u64| {
            sighting.note(lease, start + Duration::from_secs(seen));
            sighting.valid_until(start + Duration::from_secs(asked)).is_some()
        };
        assert!(!present(None, 0, 0), "there is none");
        assert!(present(Some(&lease(Some("operator-0"), 600)), 1, 10));
        assert!(!present(Some(&lease(Some("operator-0"), 600)), 5, 11), "it was not renewed since");
        assert!(present(Some(&lease(Some("operator-1"), 3)), 20, 29));
        assert!(!present(Some(&lease(None, 4)), 21, 21), "it was released");
    }
}
