//! Whether a candidate may take the Lease, judged by what it saw and by its own clock.

use std::time::{Duration, Instant};

use k8s_openapi::api::coordination::v1::Lease;

/// What a candidate should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// There is no Lease: create it.
    Create,
    /// The Lease is free, expired or ours: take it.
    Take,
    /// Another replica leads.
    Wait,
}

/// The Lease of another replica as it was last seen, and since when it has looked like that.
#[derive(Clone, Debug, Default)]
pub struct Sighting {
    seen: Option<(Option<String>, Instant)>,
}

impl Sighting {
    /// Judges a Lease that was just read. `duration` is for a Lease that names none itself.
    pub fn turn(&mut self, lease: Option<&Lease>, identity: &str, duration: Duration, now: Instant) -> Turn {
        let Some(lease) = lease else { return Turn::Create };
        if holder(lease).is_none_or(|holder| holder == identity) {
            return Turn::Take;
        }
        let version = lease.metadata.resource_version.clone();
        let since = match &self.seen {
            Some((seen, since)) if *seen == version => *since,
            _ => now,
        };
        self.seen = Some((version, since));
        let named = lease.spec.as_ref().and_then(|spec| spec.lease_duration_seconds);
        let duration = named.map_or(duration, |seconds| Duration::from_secs(u64::from(seconds.unsigned_abs())));
        if now.saturating_duration_since(since) > duration { Turn::Take } else { Turn::Wait }
    }
}

/// Identity of the holder of a Lease. `None` when it was released.
pub fn holder(lease: &Lease) -> Option<&str> {
    lease.spec.as_ref()?.holder_identity.as_deref().filter(|holder| !holder.is_empty())
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::coordination::v1::LeaseSpec;
    use kube::api::ObjectMeta;

    use super::*;

    const DURATION: Duration = Duration::from_secs(15);

    fn lease(holder: Option<&str>, version: &str) -> Lease {
        let metadata = ObjectMeta { resource_version: Some(version.into()), ..ObjectMeta::default() };
        let spec = LeaseSpec {
            holder_identity: holder.map(str::to_owned),
            lease_duration_seconds: Some(15),
            ..LeaseSpec::default()
        };
        Lease { metadata, spec: Some(spec) }
    }

    #[test]
    fn a_missing_released_or_own_lease_is_taken_at_once() {
        let (mut sighting, now) = (Sighting::default(), Instant::now());
        assert_eq!(sighting.turn(None, "b", DURATION, now), Turn::Create);
        assert_eq!(sighting.turn(Some(&lease(None, "1")), "b", DURATION, now), Turn::Take);
        assert_eq!(sighting.turn(Some(&lease(Some(""), "1")), "b", DURATION, now), Turn::Take);
        assert_eq!(sighting.turn(Some(&lease(Some("b"), "1")), "b", DURATION, now), Turn::Take);
    }

    #[test]
    fn a_lease_expires_only_after_it_was_seen_unchanged_for_its_duration() {
        let (mut sighting, start) = (Sighting::default(), Instant::now());
        let mut look = |version, seconds| {
            let now = start + Duration::from_secs(seconds);
            sighting.turn(Some(&lease(Some("a"), version)), "b", DURATION, now)
        };
        assert_eq!(look("1", 0), Turn::Wait);
        assert_eq!(look("1", 15), Turn::Wait);
        assert_eq!(look("2", 16), Turn::Wait);
        assert_eq!(look("2", 31), Turn::Wait);
        assert_eq!(look("2", 32), Turn::Take);
    }
}
