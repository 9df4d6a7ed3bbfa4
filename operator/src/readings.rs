//! Apps and requests as numbers, in the text format of Prometheus. Read from the stores at each reading, so that the
//! series of an app end with it.

use std::collections::BTreeMap;
use std::ops::Deref;

use cluster::series::Series;
use crds::metrics::{CONDITION, LAST_BACKUP, OLDEST, PODS_DESIRED, PODS_MAX, PODS_READY, REQUESTS};
use crds::request::State;
use crds::{CoverLetterApp, CoverLetterAppStatus, CoverLetterRequest};
use jiff::Timestamp;
use kube::ResourceExt as _;
use kube::core::DeserializeGuard;

/// The requests of one app.
#[derive(Clone, Copy, Default)]
struct Queue {
    counts: [u32; State::ALL.len()],
    oldest: Option<Timestamp>,
}

/// The lines about all apps that can be read.
#[must_use]
pub fn render<A, R>(apps: &[A], requests: &[R], now: Timestamp) -> String
where
    A: Deref<Target = DeserializeGuard<CoverLetterApp>>,
    R: Deref<Target = CoverLetterRequest>,
{
    let queues = queues(requests);
    let mut apps: Vec<_> = apps
        .iter()
        .filter_map(|app| app.0.as_ref().ok())
        .map(|app| ([app.namespace().unwrap_or_default(), app.name_any()], app))
        .collect();
    apps.sort_by(|(a, _), (b, _)| a.cmp(b));
    let apps: Vec<_> = apps.iter().map(|(name, app)| (name.each_ref().map(String::as_str), *app)).collect();
    let mut series = Series::default();
    series.describe(CONDITION);
    for (name, app) in &apps {
        conditions(&mut series, *name, app);
    }
    series.describe(REQUESTS);
    for (name @ [namespace, app], _) in &apps {
        let counts = queues.get(name).copied().unwrap_or_default().counts;
        for (state, count) in State::ALL.into_iter().zip(counts) {
            series.line(REQUESTS, &[namespace, app, state.as_str()], count.into());
        }
    }
    let none = CoverLetterAppStatus::default();
    for metric in [OLDEST, PODS_DESIRED, PODS_READY, PODS_MAX, LAST_BACKUP] {
        series.describe(metric);
        for (name, app) in &apps {
            let (status, pods) = (app.status.as_ref().unwrap_or(&none), &app.spec.inference.scaling);
            let inference = status.inference.as_ref();
            let value = match metric {
                OLDEST => queues.get(name).and_then(|queue| queue.oldest).map_or(0.0, |oldest| seconds(now, oldest)),
                PODS_DESIRED => inference.map_or(0, |inference| inference.desired_replicas).into(),
                PODS_READY => inference.map_or(0, |inference| inference.ready_replicas).into(),
                PODS_MAX => pods.max_replicas.into(),
                _ => status
                    .backup
                    .as_ref()
                    .and_then(|backup| backup.time.as_ref())
                    .map_or(0.0, |time| time.0.as_second() as f64),
            };
            series.line(metric, name, value);
        }
    }
    series.into()
}

fn conditions(series: &mut Series, [namespace, name]: [&str; 2], app: &CoverLetterApp) {
    for condition in app.status.iter().flat_map(|status| &status.conditions) {
        series.line(CONDITION, &[namespace, name, &condition.type_, &condition.status, &condition.reason], 1.0);
    }
}

/// The requests of each app, by its namespace and name.
fn queues<R: Deref<Target = CoverLetterRequest>>(requests: &[R]) -> BTreeMap<[&str; 2], Queue> {
    let mut queues = BTreeMap::<_, Queue>::new();
    for request in requests {
        let namespace = request.metadata.namespace.as_deref().unwrap_or_default();
        let queue = queues.entry([namespace, &request.spec.app_ref.name]).or_default();
        let state = request.state();
        if let Some(at) = State::ALL.iter().position(|known| *known == state) {
            queue.counts[at] += 1;
        }
        if state == State::Queued {
            queue.oldest = [queue.oldest, request.created()].into_iter().flatten().min();
        }
    }
    queues
}

fn seconds(now: Timestamp, then: Timestamp) -> f64 {
    now.duration_since(then).as_secs_f64().max(0.0)
}
