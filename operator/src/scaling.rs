//! How many inference pods there should be, and which of them may end: a pure function of one snapshot.

mod ending;
mod journal;
mod measure;
mod need;
mod snapshot;
mod told;
mod window;

pub use journal::{Lines, Replayed, line, replay};
pub use measure::{Past, snapshot};
pub use need::{ARRIVALS_MS, load_milli, need};
pub use snapshot::{Decision, Snapshot, Worker};
pub use told::Told;
pub use window::Window;

use snapshot::number;

/// Decides. The number rises at once, and falls only by pods that have retired.
#[must_use]
pub fn decide(snapshot: &Snapshot) -> Decision {
    let goal = goal(snapshot);
    let current = snapshot.current.unwrap_or(goal);
    let is_acting = ending::is_acting(snapshot, current);
    let stay = |desired: i32, reason: String| Decision {
        desired,
        goal,
        recall: names(snapshot, |pod| pod.asked && !is_acting),
        unmark: names(snapshot, |pod| pod.marked && !is_acting),
        reason,
        ..Decision::default()
    };
    if goal > current && snapshot.unschedulable > 0 {
        return stay(current, unschedulable(snapshot));
    }
    if goal >= current {
        return stay(goal, enough(snapshot, goal));
    }
    let wait = |reason: String| Decision { desired: current, goal, reason, ..Decision::default() };
    if let Some(why) = &snapshot.frozen {
        return wait(format!("Ends no pod: {why}."));
    }
    if snapshot.rolling || snapshot.pods.len() > current as usize {
        return wait("Waits until the pods are replaced before ending some.".to_owned());
    }
    if snapshot.pods.iter().any(|pod| pod.held > 0 && !pod.ready) {
        return wait("Waits for a pod that is busy but not ready: it would be ended first.".to_owned());
    }
    ending::lower(snapshot, current, goal)
}

/// Pods that there should be once surplus ones have retired.
fn goal(snapshot: &Snapshot) -> i32 {
    // The schema keeps the bounds in order; should they not be, the upper one counts.
    let pods = need(snapshot).max(snapshot.kept).max(snapshot.min).min(snapshot.max);
    snapshot.fixed.unwrap_or(pods)
}

fn unschedulable(snapshot: &Snapshot) -> String {
    format!("Adds no pod: no node has room for {}.", number(snapshot.unschedulable, "pod"))
}

fn enough(snapshot: &Snapshot, goal: i32) -> String {
    let (min, max) = (snapshot.min, snapshot.max);
    let work = snapshot.queued.saturating_add(snapshot.running);
    let need = need(snapshot);
    match snapshot.fixed {
        Some(fixed) => format!("`inference.replicas` fixes {fixed}."),
        None if snapshot.kept > need && goal == snapshot.kept => {
            format!("Keeps {}, which were needed a moment ago.", number(goal, "pod"))
        }
        None => {
            let (letters, pods) = (number(work, "letter"), number(need, "pod"));
            format!("For {letters} at {} a pod: {pods} of {min} to {max}.", snapshot.slots)
        }
    }
}

fn names(snapshot: &Snapshot, such: impl Fn(&Worker) -> bool) -> Vec<String> {
    snapshot.pods.iter().filter(|pod| such(pod)).map(|pod| pod.name.clone()).collect()
}

#[cfg(test)]
mod tests;
