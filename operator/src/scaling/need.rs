//! How many pods the work at hand and the work that is arriving need.

use super::snapshot::Snapshot;

/// Thousandths in one.
const MILLI: f64 = 1_000.0;

/// Pods that the letters at hand would fill.
#[must_use]
pub fn filled(snapshot: &Snapshot) -> i32 {
    let slots = snapshot.slots.max(1);
    let work = snapshot.queued.saturating_add(snapshot.running);
    work.saturating_add(slots - 1) / slots
}

/// Pods to have, without bounds: as many as fill, unless those that exist or start catch up within the target wait.
///
/// Work is counted in milliseconds of one slot. Over the time `horizon` the backlog and what arrives meanwhile must be
/// served by the pods that are ready and, for the rest of the horizon, by those that are starting: without that credit
/// every look at the queue would order again what is already on its way. What is left is divided by what one new pod
/// can do within the target wait after its own start.
#[must_use]
pub fn need(snapshot: &Snapshot) -> i32 {
    let filled = filled(snapshot);
    let current = snapshot.current.unwrap_or(0);
    if snapshot.queued == 0 || filled <= current {
        return filled;
    }
    let slots = f64::from(snapshot.slots.max(1));
    let (service, cold_start) = (snapshot.service_ms.max(1) as f64, snapshot.cold_start_ms.max(0) as f64);
    let horizon = (snapshot.target_wait_ms.max(1) as f64).max(1.5 * cold_start);
    let load = snapshot.load_milli.max(0) as f64 / MILLI;
    let work = snapshot.queued_ms.max(0) as f64 + f64::from(snapshot.running) * service / 2.0 + load * horizon;
    let deficit = work - slots * capacity(snapshot, horizon, cold_start);
    if deficit <= 0.0 {
        return current.max(1);
    }
    let each = slots * (horizon - cold_start).max(service);
    let more = (deficit / each).ceil() as i32;
    // Beyond one slot for each letter, and a reserve for chance, more pods help nobody.
    let reserve = (load.sqrt() / slots).ceil() as i32;
    current.saturating_add(more).min(filled.saturating_add(reserve))
}

/// Time for which pods can work within `horizon`: all of it when ready, the rest when starting.
fn capacity(snapshot: &Snapshot, horizon: f64, cold_start: f64) -> f64 {
    let absent = (snapshot.current.unwrap_or(0) - snapshot.pods.len() as i32).max(0);
    let rest = |age: f64| (horizon - (cold_start - age).max(0.0)).max(0.0);
    let pods = snapshot.pods.iter().map(|pod| if pod.ready { horizon } else { rest(pod.age_ms as f64) });
    pods.sum::<f64>() + f64::from(absent) * rest(0.0)
}

/// Time over which arrivals are counted.
pub const ARRIVALS_MS: i64 = 30_000;

/// Letters that `arrivals` within [`ARRIVALS_MS`] keep being written at the same time, in thousandths.
#[must_use]
pub fn load_milli(arrivals: i32, service_ms: i64) -> i64 {
    (i64::from(arrivals) * 1_000).saturating_mul(service_ms.max(0)) / ARRIVALS_MS
}
