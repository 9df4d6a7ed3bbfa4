//! How many inference pods there should be, and which of them may end: a pure function of one snapshot.

mod window;

use crds::names::Component;
use crds::request::State;

use crate::live::is_rolled_out;
use crate::names;
use crate::observed::{Observed, PodFact, count};
use crate::validate::ValidatedApp;

pub use window::Window;

/// Everything that a decision looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Requests that wait for a worker.
    pub queued: i32,
    /// Requests that a worker holds.
    pub running: i32,
    /// Letters that one pod writes at the same time, at least 1.
    pub slots: i32,
    /// Fewest pods.
    pub min: i32,
    /// Most pods.
    pub max: i32,
    /// A fixed number of pods, for which queue and bounds do not matter.
    pub fixed: Option<i32>,
    /// Pods that were asked for before. `None` when there is no Deployment yet.
    pub current: Option<i32>,
    /// The most pods that were needed recently; see [`Window`].
    pub recent_need: i32,
    /// Whether the Deployment is replacing its pods: which of them would end cannot be known then.
    pub rolling: bool,
    /// Pods that are not ending already.
    pub pods: Vec<Worker>,
}

/// One inference pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Worker {
    /// Name.
    pub name: String,
    /// Whether it is ready.
    pub ready: bool,
    /// Whether it holds a request.
    pub busy: bool,
    /// Whether it carries the deletion cost of a pod that should go.
    pub marked: bool,
}

/// How many pods to ask for, and which may end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Pods to ask for now.
    pub desired: i32,
    /// Pods that should be asked for once busy ones are done and the recent past is over.
    pub goal: i32,
    /// Pods to mark as the ones to end.
    pub mark: Vec<String>,
    /// Pods to take that mark from.
    pub unmark: Vec<String>,
    /// Why, in one sentence.
    pub reason: String,
}

/// Pods that the work at hand needs, within the bounds.
#[must_use]
pub fn need(snapshot: &Snapshot) -> i32 {
    let work = snapshot.queued + snapshot.running;
    let pods = (work + snapshot.slots.max(1) - 1) / snapshot.slots.max(1);
    snapshot.fixed.unwrap_or_else(|| within_bounds(snapshot, pods))
}

/// The schema keeps the bounds in order; should they not be, the upper one counts.
fn within_bounds(snapshot: &Snapshot, pods: i32) -> i32 {
    pods.max(snapshot.min).min(snapshot.max)
}

/// Decides. The number rises at once, and falls only by pods that are idle and marked, since a `ReplicaSet` ends those
/// that are not ready first and then those with the lowest deletion cost. Pods are marked in one step and ended in a
/// later one, when the marks have been observed.
#[must_use]
pub fn replicas(snapshot: &Snapshot) -> Decision {
    let need = need(snapshot);
    let goal = if snapshot.fixed.is_some() { need } else { need.max(within_bounds(snapshot, snapshot.recent_need)) };
    let stay = |desired: i32, reason: String| Decision {
        desired,
        goal,
        mark: Vec::new(),
        unmark: names(snapshot.pods.iter().filter(|pod| pod.marked)),
        reason,
    };
    let current = snapshot.current.unwrap_or(goal);
    if goal >= current {
        return stay(goal, enough(snapshot, need, goal));
    }
    if snapshot.rolling || snapshot.pods.len() > current as usize {
        return stay(current, "Waits until the pods are replaced before ending some.".to_owned());
    }
    if snapshot.pods.iter().any(|pod| pod.busy && !pod.ready) {
        return stay(current, "Waits for a pod that is busy but not ready: it would be ended first.".to_owned());
    }
    lower(snapshot, current, goal)
}

fn lower(snapshot: &Snapshot, current: i32, goal: i32) -> Decision {
    let mut idle: Vec<_> = snapshot.pods.iter().filter(|pod| !pod.busy).collect();
    idle.sort_by(|a, b| (a.ready, !a.marked, &a.name).cmp(&(b.ready, !b.marked, &b.name)));
    // Pods that were asked for and do not exist yet can be given up freely.
    let absent = current - count(snapshot.pods.iter());
    let surplus = current - goal;
    let victims: Vec<_> = idle.into_iter().take((surplus - absent).max(0) as usize).collect();
    let is_victim = |pod: &Worker| victims.iter().any(|victim| victim.name == pod.name);
    let mark = names(victims.iter().copied().filter(|pod| pod.ready && !pod.marked));
    let unmark = names(snapshot.pods.iter().filter(|pod| pod.marked && !is_victim(pod)));
    let ends = surplus.min(absent + count(victims.iter()));
    let (desired, reason) = if !mark.is_empty() || !unmark.is_empty() {
        (current, format!("Marks {} before ending any.", number(ends, "idle pod")))
    } else if ends == 0 {
        (current, format!("Waits for {surplus} of {} to finish.", number(count(snapshot.pods.iter()), "busy pod")))
    } else if ends < surplus {
        (current - ends, format!("Ends {}; {} more once idle.", number(ends, "idle pod"), surplus - ends))
    } else {
        (current - ends, format!("Ends {}.", number(ends, "idle pod")))
    };
    Decision { desired, goal, mark, unmark, reason }
}

fn enough(snapshot: &Snapshot, need: i32, goal: i32) -> String {
    let work = snapshot.queued + snapshot.running;
    match snapshot.fixed {
        Some(fixed) => format!("`inference.replicas` fixes {fixed}."),
        None if goal > need => format!("Keeps {}, as many as were needed a moment ago.", number(goal, "pod")),
        None => {
            let (letters, pods) = (number(work, "letter"), number(need, "pod"));
            let (slots, min, max) = (snapshot.slots, snapshot.min, snapshot.max);
            format!("For {letters} at {slots} a pod: {pods} of {min} to {max}.")
        }
    }
}

fn number(count: i32, singular: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {singular}{ending}")
}

fn names<'a>(pods: impl Iterator<Item = &'a Worker>) -> Vec<String> {
    pods.map(|pod| pod.name.clone()).collect()
}

/// The snapshot of an app, but for `recent_need`, which takes memory of the past.
#[must_use]
pub fn snapshot(app: &ValidatedApp, observed: &Observed) -> Snapshot {
    let inference = &app.inference;
    let waits = observed.requests.iter().filter(|request| request.state == State::Queued && !request.cancel_requested);
    let running: Vec<_> = observed.requests.iter().filter(|request| request.state == State::Running).collect();
    let deployment = observed.children.deployment(&names::inference(&app.name));
    let is_worker = |pod: &&PodFact| pod.component == Component::Inference && !pod.ending;
    let worker = |pod: &PodFact| Worker {
        name: pod.name.clone(),
        ready: pod.ready,
        busy: running.iter().any(|request| request.worker.as_ref() == Some(&pod.name)),
        marked: pod.marked,
    };
    Snapshot {
        queued: count(waits),
        running: count(running.iter()),
        slots: inference.worker.slots,
        min: inference.scaling.min_replicas,
        max: inference.scaling.max_replicas,
        fixed: inference.replicas,
        current: deployment.and_then(|deployment| deployment.spec.as_ref()?.replicas),
        recent_need: 0,
        rolling: deployment.is_some_and(|deployment| !is_rolled_out(deployment)),
        pods: observed.pods.iter().filter(is_worker).map(worker).collect(),
    }
}

#[cfg(test)]
mod tests;
