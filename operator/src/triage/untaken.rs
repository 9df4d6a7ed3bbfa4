//! Which claims were handed to a worker in vain: it renews its Lease and does not say that it has taken them.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::LeaseLife;

/// Renewals that a worker makes without naming a claim before the claim goes back. The first may have been on its way when
/// the claim was written.
const RENEWALS: u32 = 2;
/// Shortest time from the first sight of a claim until it goes back: two renewals at their usual pace.
const UNTAKEN_MAX: Duration = Duration::from_secs(20);

/// Claims that are not known to be taken, and what was seen of their workers since.
#[derive(Clone, Debug, Default)]
pub struct Untaken {
    waiting: HashMap<String, Since>,
}

#[derive(Clone, Copy, Debug)]
struct Since {
    seen: Instant,
    renewed: Option<Timestamp>,
    renewals: u32,
}

impl Untaken {
    /// Looks at all `claims`, by their tokens, with the Leases of their workers. Returns the tokens of those that are not
    /// taken though there was time. Only this process's own clock counts.
    pub fn observe<'a>(
        &mut self,
        claims: impl IntoIterator<Item = (String, &'a LeaseLife)>,
        now: Instant,
    ) -> BTreeSet<String> {
        let mut before = std::mem::take(&mut self.waiting);
        let mut overdue = BTreeSet::new();
        for (token, lease) in claims {
            if lease.taken.as_ref().is_none_or(|taken| taken.contains(&token)) {
                continue;
            }
            let first = Since { seen: now, renewed: lease.renewed, renewals: 0 };
            let mut since = before.remove(&token).unwrap_or(first);
            if since.renewed != lease.renewed {
                (since.renewed, since.renewals) = (lease.renewed, since.renewals + 1);
            }
            if since.renewals >= RENEWALS && now.saturating_duration_since(since.seen) >= UNTAKEN_MAX {
                overdue.insert(token.clone());
            }
            self.waiting.insert(token, since);
        }
        overdue
    }

    /// Counts from the next look, because Leases could not be observed before.
    pub fn restart(&mut self) {
        self.waiting.clear();
    }
}

#[cfg(test)]
mod tests;
