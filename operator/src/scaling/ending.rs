//! Which pods end when there are too many: only those that have retired, since a `ReplicaSet` asks nobody.

use super::snapshot::{Decision, Snapshot, Worker, number};

/// A pod that was asked for so long ago and is not there does not come by itself: it is refused, or without a node.
const SETTLED_MS: i64 = 60_000;
/// Time within which a `ReplicaSet` ends the pods that are too many.
const ACTS_WITHIN_MS: i64 = 5_000;

/// Lowers the number of pods from `current` towards `goal`, as far as pods have retired.
///
/// A `ReplicaSet` ends the pods that are not ready first and then those with the lowest deletion cost. So surplus pods
/// are asked to retire, marked with that cost once they have confirmed that they hold nothing and take nothing new, and
/// ended once the mark has been observed. However old the view is, no pod that writes a letter is among them: a pod that
/// is still starting may be writing by now, and is waited for.
pub fn lower(snapshot: &Snapshot, current: i32, goal: i32) -> Decision {
    let surplus = (current - goal).max(0) as usize;
    let absent = (current as usize).saturating_sub(snapshot.pods.len());
    let given_up = if snapshot.raised_ms >= SETTLED_MS { absent } else { 0 };
    let mut pods: Vec<_> = snapshot.pods.iter().collect();
    pods.sort_by_key(|pod| (!pod.stuck, pod.ready, !pod.marked, !pod.retired, !pod.asked, pod.held, pod.name.as_str()));
    let (victims, others) = pods.split_at(surplus.saturating_sub(absent).min(pods.len()));
    let pick = |pods: &[&Worker], such: fn(&Worker) -> bool| {
        pods.iter().filter(|pod| such(pod)).map(|pod| pod.name.clone()).collect::<Vec<_>>()
    };
    let unmark = if is_acting(snapshot, current) { Vec::new() } else { pick(others, |pod| pod.marked) };
    let ready_to_end = victims.iter().filter(|pod| may_end(pod)).count();
    let ends = if unmark.is_empty() { surplus.min(given_up + ready_to_end) } else { 0 };
    Decision {
        desired: current - ends as i32,
        goal,
        ask: pick(victims, |pod| pod.ready && !pod.asked),
        recall: if is_acting(snapshot, current) { Vec::new() } else { pick(others, |pod| pod.asked) },
        mark: pick(victims, |pod| pod.asked && pod.retired && pod.held == 0 && !pod.marked),
        unmark,
        reason: reason(surplus, ends),
    }
}

/// Whether the `ReplicaSet` may still be about to end pods: those that are marked must stay as they are until then.
pub fn is_acting(snapshot: &Snapshot, current: i32) -> bool {
    snapshot.lowered_ms < ACTS_WITHIN_MS || snapshot.pods.len() > current.max(0) as usize
}

fn may_end(pod: &Worker) -> bool {
    pod.held == 0 && (pod.stuck || pod.asked && pod.retired && pod.mark_seen)
}

fn reason(surplus: usize, ends: usize) -> String {
    let pods = |count: usize| number(count as i32, "pod");
    match (ends, surplus - ends) {
        (0, left) => format!("Ends {} once retired.", pods(left)),
        (ends, 0) => format!("Ends {}.", pods(ends)),
        (ends, left) => format!("Ends {}, and {left} more once retired.", pods(ends)),
    }
}
