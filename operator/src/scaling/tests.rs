//! Scenes with a known answer, then the promises for every snapshot: within bounds, no busy pod ends, a fixed point.

use proptest::prelude::*;

use super::*;

fn pod(name: &str, state: &str) -> Worker {
    Worker {
        name: name.to_owned(),
        ready: !state.contains("starting"),
        busy: state.contains("busy"),
        marked: state.contains("marked"),
    }
}

fn snapshot(queued: i32, running: i32, pods: Vec<Worker>) -> Snapshot {
    let current = Some(count(pods.iter()));
    Snapshot { queued, running, slots: 2, min: 1, max: 4, current, pods, recent_need: 1, ..Snapshot::default() }
}

#[test]
fn work_asks_for_pods_within_the_bounds() {
    let check = |queued, running, expect| {
        assert_eq!(replicas(&snapshot(queued, running, vec![pod("a", "")])).desired, expect, "{queued}+{running}");
    };
    check(0, 0, 1);
    check(2, 0, 1);
    check(2, 1, 2);
    check(7, 0, 4);
    check(100, 8, 4);
}

#[test]
fn idle_pods_are_marked_first_and_ended_when_the_marks_are_seen() {
    let decision = replicas(&snapshot(0, 1, vec![pod("a", "busy"), pod("b", ""), pod("c", "")]));
    assert_eq!((decision.desired, decision.mark), (3, vec!["b".to_owned(), "c".to_owned()]));
    let decision = replicas(&snapshot(0, 1, vec![pod("a", "busy"), pod("b", "marked"), pod("c", "marked")]));
    assert_eq!((decision.desired, decision.mark, decision.unmark), (1, vec![], vec![]));
}

#[test]
fn busy_pods_are_waited_for() {
    let decision = replicas(&snapshot(0, 2, vec![pod("a", "busy"), pod("b", "busy"), pod("c", "marked")]));
    assert_eq!(decision.desired, 2);
    let decision = replicas(&snapshot(0, 2, vec![pod("a", "busy"), pod("b", "busy")]));
    assert_eq!(decision.desired, 2);
}

#[test]
fn a_marked_pod_that_got_work_loses_its_mark_before_anything_ends() {
    let decision = replicas(&snapshot(0, 1, vec![pod("a", "busy marked"), pod("b", "marked")]));
    assert_eq!((decision.desired, decision.unmark), (2, vec!["a".to_owned()]));
}

#[test]
fn nothing_ends_while_a_busy_pod_is_not_ready_or_pods_are_replaced() {
    let decision = replicas(&snapshot(0, 1, vec![pod("a", "busy starting"), pod("b", "marked")]));
    assert_eq!(decision.desired, 2);
    let mut rolling = snapshot(0, 0, vec![pod("a", ""), pod("b", "marked")]);
    rolling.rolling = true;
    assert_eq!(replicas(&rolling).desired, 2);
}

#[test]
fn pods_that_were_needed_a_moment_ago_stay() {
    let mut lull = snapshot(0, 0, vec![pod("a", ""), pod("b", ""), pod("c", "")]);
    lull.recent_need = 3;
    assert_eq!(replicas(&lull).desired, 3);
}

#[test]
fn a_fixed_number_is_kept_whatever_the_queue_says() {
    let mut fixed = snapshot(50, 0, vec![pod("a", "")]);
    fixed.fixed = Some(7);
    assert_eq!(replicas(&fixed).desired, 7);
}

fn workers() -> impl Strategy<Value = Vec<Worker>> {
    proptest::collection::vec((any::<bool>(), any::<bool>(), any::<bool>()), 0..10).prop_map(|states| {
        let worker = |(number, (ready, busy, marked))| Worker { name: format!("pod-{number}"), ready, busy, marked };
        states.into_iter().enumerate().map(worker).collect()
    })
}

prop_compose! {
    fn snapshots()(
        pods in workers(), queued in 0..60, slots in 1..9, min in 0..4, more in 1..8, recent_need in 0..12,
        rolling in any::<bool>(), absent in 0..4, fixed in proptest::option::of(0..9),
    ) -> Snapshot {
        let running = count(pods.iter().filter(|pod| pod.busy));
        let current = Some(count(pods.iter()) + absent);
        Snapshot { queued, running, slots, min, max: min + more, fixed, current, recent_need, rolling, pods }
    }
}

/// The pods that a `ReplicaSet` would end when its replicas are lowered by `count`.
fn ended(snapshot: &Snapshot, count: i32) -> Vec<&Worker> {
    let mut pods: Vec<_> = snapshot.pods.iter().collect();
    // Among equals the ReplicaSet's choice is not ours: assume that it takes the busy one.
    pods.sort_by_key(|pod| (pod.ready, !pod.marked, !pod.busy));
    pods.into_iter().take(count.max(0) as usize).collect()
}

proptest! {
    #[test]
    fn no_busy_pod_ends(snapshot in snapshots()) {
        let desired = replicas(&snapshot).desired;
        let current = snapshot.current.expect("always given");
        if desired < current {
            let ends = count(snapshot.pods.iter()) - desired;
            for pod in ended(&snapshot, ends) {
                prop_assert!(!pod.busy, "{} would end in {:?}", pod.name, snapshot);
            }
        }
    }

    #[test]
    fn the_goal_is_within_the_bounds_and_never_passed(snapshot in snapshots()) {
        let decision = replicas(&snapshot);
        let current = snapshot.current.expect("always given");
        if snapshot.fixed.is_none() {
            prop_assert!((snapshot.min..=snapshot.max).contains(&decision.goal));
        }
        prop_assert!(decision.desired >= decision.goal.min(current));
        prop_assert!(decision.desired <= decision.goal.max(current));
    }

    #[test]
    fn applying_a_decision_settles(snapshot in snapshots()) {
        let mut snapshot = snapshot;
        for _ in 0..4 {
            let decision = replicas(&snapshot);
            let current = snapshot.current.expect("always given");
            let gone: Vec<_> = ended(&snapshot, count(snapshot.pods.iter()) - decision.desired)
                .into_iter().filter(|_| decision.desired < current).map(|pod| pod.name.clone()).collect();
            snapshot.pods.retain(|pod| !gone.contains(&pod.name));
            for pod in &mut snapshot.pods {
                pod.marked = (pod.marked || decision.mark.contains(&pod.name)) && !decision.unmark.contains(&pod.name);
            }
            snapshot.current = Some(decision.desired);
        }
        let last = replicas(&snapshot);
        prop_assert_eq!(Some(last.desired), snapshot.current);
        prop_assert_eq!((last.mark, last.unmark), (vec![], vec![]));
    }
}
