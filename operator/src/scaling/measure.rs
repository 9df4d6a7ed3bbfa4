//! The snapshot of an app: its work, its pods, and how long letters and starts take.

use crds::app::ScalingStatus;
use crds::names::Component;
use crds::request::{Length, State};

use super::need::{ARRIVALS_MS, load_milli};
use super::snapshot::{Snapshot, Worker};
use super::told::Told;
use crate::live::is_rolled_out;
use crate::names;
use crate::observed::{Observed, PodFact, RequestFact, count};
use crate::validate::ValidatedApp;

/// Letters of the recent past whose times count.
const RECENT: usize = 32;
/// Time of a letter before one was measured.
const SERVICE_MS: i64 = 15_000;
/// Time that a pod needs to start before one was measured.
const COLD_START_MS: i64 = 30_000;
/// A pod without a node for this long waits for something that does not come by itself.
const STUCK_AFTER_MS: i64 = 60_000;

/// What earlier reconciliations know.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    /// What the workers were told.
    pub told: &'a Told,
    /// The last decision in the status, whose measurements count until there are newer ones.
    pub status: Option<&'a ScalingStatus>,
}

/// The snapshot of an app at `now` (milliseconds since 1970), but for `kept`, which takes memory of the past.
#[must_use]
pub fn snapshot(app: &ValidatedApp, observed: &Observed, past: Past<'_>, now: i64) -> Snapshot {
    let inference = &app.inference;
    let is_queued = |request: &&RequestFact| request.state == State::Queued && !request.cancel_requested;
    let is_running = |request: &&RequestFact| request.state == State::Running;
    let deployment = observed.children.deployment(&names::inference(&app.name));
    let is_worker = |pod: &&PodFact| pod.component == Component::Inference && !pod.ending;
    let pods: Vec<_> =
        observed.pods.iter().filter(is_worker).map(|pod| worker(pod, observed, past.told, now)).collect();
    let service = service(observed, past.status);
    let arrived = observed.requests.iter().filter_map(|request| request.created);
    let arrivals = count(arrived.filter(|created| now - created * 1_000 < ARRIVALS_MS));
    let (raised_ms, lowered_ms) = past.told.since(now);
    Snapshot {
        now_ms: now,
        queued: count(observed.requests.iter().filter(is_queued)),
        running: count(observed.requests.iter().filter(is_running)),
        queued_ms: observed.requests.iter().filter(is_queued).map(|request| service.of(request.length)).sum(),
        service_ms: service.mean,
        cold_start_ms: cold_start(observed, past.status),
        load_milli: load_milli(arrivals, service.mean),
        target_wait_ms: i64::from(inference.scaling.target_wait_seconds) * 1_000,
        slots: inference.worker.slots,
        min: inference.scaling.min_replicas,
        max: inference.scaling.max_replicas,
        fixed: inference.replicas,
        current: past.told.current(deployment.and_then(|deployment| deployment.spec.as_ref()?.replicas)),
        kept: 0,
        raised_ms,
        lowered_ms,
        frozen: observed.stale.clone(),
        unschedulable: count(pods.iter().filter(|pod| pod.stuck)),
        rolling: deployment.is_some_and(|deployment| !is_rolled_out(deployment)),
        pods,
    }
}

fn worker(pod: &PodFact, observed: &Observed, told: &Told, now: i64) -> Worker {
    let holds = |request: &&RequestFact| request.state == State::Running && request.worker.as_ref() == Some(&pod.name);
    let since = |then: Option<i64>| then.map_or(0, |then| (now - then).max(0));
    let handed = observed.handed.get(&pod.name).map_or(0, |handed| i32::try_from(*handed).unwrap_or(i32::MAX));
    let mut worker = Worker {
        name: pod.name.clone(),
        ready: pod.ready,
        age_ms: since(pod.created),
        stuck: pod.unscheduled_since.is_some() && since(pod.unscheduled_since) >= STUCK_AFTER_MS,
        held: count(observed.requests.iter().filter(holds)).saturating_add(handed),
        marked: pod.marked,
        ..Worker::default()
    };
    told.correct(&mut worker, pod.asked, pod.confirmed, now);
    worker
}

/// How long letters take, each in its slot.
struct Service {
    mean: i64,
    by_length: Vec<(Length, i64)>,
}

impl Service {
    fn of(&self, length: Length) -> i64 {
        self.by_length.iter().find(|(of, _)| *of == length).map_or(self.mean, |(_, mean)| *mean)
    }
}

fn service(observed: &Observed, status: Option<&ScalingStatus>) -> Service {
    let mut written: Vec<_> =
        observed.requests.iter().filter_map(|request| Some((request.written?, request.length))).collect();
    written.sort_unstable_by_key(|((completed, _), _)| std::cmp::Reverse(*completed));
    let recent = |such: &dyn Fn(Length) -> bool| {
        mean(written.iter().filter(|(_, length)| such(*length)).take(RECENT).map(|((_, took), _)| *took))
    };
    let before = status.map(|status| status.service_milliseconds).filter(|milliseconds| *milliseconds > 0);
    let of = |length: Length| Some((length, recent(&|other| other == length)?));
    Service {
        mean: recent(&|_| true).or(before).unwrap_or(SERVICE_MS),
        by_length: [Length::Short, Length::Standard, Length::Long].into_iter().filter_map(of).collect(),
    }
}

/// The median of the pods that are there, which a pod that was unready for a while does not move.
fn cold_start(observed: &Observed, status: Option<&ScalingStatus>) -> i64 {
    let mut starts: Vec<_> = observed.pods.iter().filter_map(|pod| pod.started_in).collect();
    starts.sort_unstable();
    let before = status.map(|status| status.cold_start_milliseconds).filter(|milliseconds| *milliseconds > 0);
    starts.get(starts.len() / 2).copied().or(before).unwrap_or(COLD_START_MS)
}

/// In steps of a tenth of a second, since every change of a status is a write.
fn mean(values: impl Iterator<Item = i64>) -> Option<i64> {
    let (sum, count) = values.fold((0, 0), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| (sum / count + 50) / 100 * 100).map(|mean: i64| mean.max(100))
}
