//! Scenes with a known answer, then the promises for every snapshot: within bounds, no pod ends that has not retired, a
//! fixed point.

use proptest::prelude::*;

use super::*;
use crate::fixtures;
use crate::observed::count;

fn pod(name: &str, state: &str) -> Worker {
    Worker {
        name: name.to_owned(),
        ready: !state.contains("starting"),
        held: i32::from(state.contains("busy")),
        asked: state.contains("asked") || state.contains("retired") || state.contains("marked"),
        retired: state.contains("retired") || state.contains("marked"),
        marked: state.contains("marked"),
        mark_seen: state.contains("marked"),
        stuck: state.contains("stuck"),
        ..Worker::default()
    }
}

/// Two slots a pod, letters of 10 s, starts of 10 s; everything is long settled.
fn snapshot(queued: i32, running: i32, pods: Vec<Worker>) -> Snapshot {
    Snapshot {
        queued,
        running,
        queued_ms: i64::from(queued) * 10_000,
        service_ms: 10_000,
        cold_start_ms: 10_000,
        target_wait_ms: 10_000,
        slots: 2,
        min: 1,
        max: 4,
        current: Some(count(pods.iter())),
        raised_ms: 600_000,
        lowered_ms: 600_000,
        pods,
        ..Snapshot::default()
    }
}

#[test]
fn work_asks_for_pods_within_the_bounds() {
    let check = |queued, running, expect| {
        assert_eq!(decide(&snapshot(queued, running, vec![pod("a", "")])).desired, expect, "{queued}+{running}");
    };
    check(0, 0, 1);
    check(2, 0, 1);
    check(7, 0, 3);
    check(100, 8, 4);
}

#[test]
fn letters_that_wait_no_longer_than_the_target_are_worth_no_pod() {
    let mut short = snapshot(6, 2, vec![pod("a", "busy")]);
    (short.queued_ms, short.service_ms, short.target_wait_ms) = (6 * 1_000, 1_000, 30_000);
    assert_eq!(decide(&short).desired, 1);
    short.queued_ms = 6 * 30_000;
    assert!(decide(&short).desired > 1);
}

#[test]
fn pods_that_are_starting_count_for_the_work_that_they_will_do() {
    let starting = vec![pod("a", "busy"), pod("b", "starting"), pod("c", "starting")];
    let mut waits = snapshot(6, 2, starting);
    (waits.max, waits.target_wait_ms) = (9, 30_000);
    assert_eq!(decide(&waits).desired, 3);
    waits.pods.truncate(1);
    waits.current = Some(1);
    assert!(decide(&waits).desired > 1);
}

#[test]
fn the_first_request_starts_a_pod_from_zero() {
    let mut zero = snapshot(0, 0, Vec::new());
    zero.min = 0;
    assert_eq!(decide(&zero).desired, 0);
    (zero.queued, zero.queued_ms) = (1, 10_000);
    assert_eq!(decide(&zero).desired, 1);
}

#[test]
fn surplus_pods_retire_are_marked_and_end_in_this_order() {
    let decision = decide(&snapshot(0, 1, vec![pod("a", "busy"), pod("b", ""), pod("c", "")]));
    assert_eq!((decision.desired, decision.ask), (3, vec!["b".to_owned(), "c".to_owned()]));
    let decision = decide(&snapshot(0, 1, vec![pod("a", "busy"), pod("b", "asked"), pod("c", "retired")]));
    assert_eq!((decision.desired, decision.mark), (3, vec!["c".to_owned()]));
    let decision = decide(&snapshot(0, 1, vec![pod("a", "busy"), pod("b", "asked"), pod("c", "marked")]));
    assert_eq!((decision.desired, decision.mark, decision.recall), (2, vec![], vec![]));
    assert_eq!(decision.reason, "Ends 1 pod, and 1 more once retired.");
}

#[test]
fn new_work_calls_pods_back_once_the_replica_set_has_ended_its_own() {
    let pods = vec![pod("a", "busy"), pod("b", "asked"), pod("c", "marked")];
    let mut busy = snapshot(8, 2, pods);
    let decision = decide(&busy);
    assert_eq!((decision.recall.len(), decision.unmark), (2, vec!["c".to_owned()]));
    busy.lowered_ms = 1_000;
    let decision = decide(&busy);
    assert_eq!((decision.recall, decision.unmark), (vec![], vec![]));
}

#[test]
fn nothing_ends_while_a_busy_pod_is_not_ready_or_pods_are_replaced_or_what_is_known_is_old() {
    let decision = decide(&snapshot(0, 1, vec![pod("a", "busy starting"), pod("b", "marked")]));
    assert_eq!(decision.desired, 2);
    let mut rolling = snapshot(0, 0, vec![pod("a", ""), pod("b", "marked")]);
    rolling.rolling = true;
    assert_eq!(decide(&rolling).desired, 2);
    let mut stale = snapshot(0, 0, vec![pod("a", ""), pod("b", "marked")]);
    stale.frozen = Some("the operator has just started".to_owned());
    let decision = decide(&stale);
    assert_eq!((decision.desired, decision.goal), (2, 1));
    assert_eq!(decision.reason, "Ends no pod: the operator has just started.");
}

#[test]
fn no_pod_is_added_while_one_finds_no_node_and_that_one_is_given_up_first() {
    let mut full = snapshot(50, 2, vec![pod("a", "busy"), pod("b", "starting stuck")]);
    full.unschedulable = 1;
    let decision = decide(&full);
    assert_eq!((decision.desired, decision.goal), (2, 4));
    assert_eq!(decision.reason, "Adds no pod: no node has room for 1 pod.");
    assert_eq!(decide(&snapshot(0, 1, vec![pod("a", "busy"), pod("b", "starting stuck")])).desired, 1);
}

#[test]
fn a_pod_that_is_starting_is_waited_for_since_it_may_be_writing_by_now() {
    let decision = decide(&snapshot(0, 1, vec![pod("a", "busy"), pod("b", "starting")]));
    assert_eq!((decision.desired, decision.ask), (2, vec![]));
}

#[test]
fn pods_that_were_needed_a_moment_ago_stay() {
    let mut lull = snapshot(0, 0, vec![pod("a", ""), pod("b", ""), pod("c", "")]);
    lull.kept = 3;
    assert_eq!(decide(&lull).desired, 3);
}

#[test]
fn a_fixed_number_is_kept_whatever_the_queue_says() {
    let mut fixed = snapshot(50, 0, vec![pod("a", "")]);
    fixed.fixed = Some(7);
    assert_eq!(decide(&fixed).desired, 7);
}

#[test]
fn what_was_told_counts_until_the_watches_show_it() {
    let mut told = Told::default();
    let shown = || Worker { name: "a".to_owned(), ready: true, marked: true, ..Worker::default() };
    let ask = Decision { ask: vec!["a".to_owned()], ..Decision::default() };
    told.note(&ask, 5);
    let mut worker = shown();
    told.correct(&mut worker, None, None, 10);
    assert!(worker.asked && !worker.retired && !worker.marked);
    told.correct(&mut worker, Some(5), Some(4), 10);
    assert!(!worker.retired, "that was the answer to an earlier request");
    told.correct(&mut worker, Some(5), Some(5), 10);
    assert!(worker.retired);
    told.note(&Decision { recall: vec!["a".to_owned()], ..Decision::default() }, 6);
    told.correct(&mut worker, Some(5), Some(5), 10);
    assert!(!worker.asked && !worker.retired, "it was called back, whatever the watch still shows");
}

#[test]
fn what_was_told_and_is_never_shown_is_told_again() {
    let mut told = Told::default();
    let name = || vec!["a".to_owned()];
    told.note(&Decision { ask: name(), mark: name(), ..Decision::default() }, 5);
    let corrected = |shown: bool, asked: Option<i64>, now: i64| {
        let mut worker = Worker { name: "a".to_owned(), ready: true, marked: shown, ..Worker::default() };
        told.correct(&mut worker, asked, None, now);
        (worker.asked, worker.marked)
    };
    assert_eq!(corrected(false, None, 10_000), (true, true), "the watches may lag");
    assert_eq!(corrected(true, Some(5), 60_000), (true, true));
    assert_eq!(corrected(false, None, 60_000), (false, false), "its Lease was not there yet, or was made anew");
}

#[test]
fn a_decision_on_record_is_decided_again_byte_for_byte() {
    let snapshots = [snapshot(0, 1, vec![pod("a", "busy"), pod("b", "asked")]), snapshot(9, 0, Vec::new())];
    let lines: Vec<_> = snapshots.iter().map(|snapshot| line("ns/letters", snapshot, &decide(snapshot))).collect();
    assert_eq!(replay(&lines.join("\n")), Replayed::Same(2));
    let forged = lines[0].replace("\"desired\":2", "\"desired\":1");
    assert!(matches!(replay(&forged), Replayed::Differs { line: 1, .. }), "{forged}");
    assert!(matches!(replay("{}"), Replayed::Unreadable { line: 1, .. }));
}

#[test]
fn the_log_of_decisions_is_bounded_and_keeps_the_newest() {
    let mut lines = Lines::default();
    for number in 0..50 {
        lines.push(format!("{number}{}", "x".repeat(200_000)));
    }
    let text = lines.text();
    assert!(text.len() <= 4 << 20, "{}", text.len());
    assert!(text.lines().last().is_some_and(|line| line.starts_with("49")));
}

fn workers() -> impl Strategy<Value = Vec<Worker>> {
    let states =
        ["", "busy", "starting", "busy starting", "asked", "asked busy", "retired", "marked", "starting stuck"];
    proptest::collection::vec(proptest::sample::select(states.to_vec()), 0..10).prop_map(|states| {
        states.into_iter().enumerate().map(|(number, state)| pod(&format!("pod-{number}"), state)).collect()
    })
}

prop_compose! {
    fn snapshots()(
        pods in workers(), queued in 0..60, slots in 1..9, min in 0..4, more in 1..8, kept in 0..12, rolling in any::<bool>(),
        absent in 0..4, fixed in proptest::option::of(0..9), service_ms in 100..60_000_i64,
        cold_start_ms in 0..90_000_i64, target_wait_ms in 1_000..60_000_i64, load_milli in 0..20_000_i64,
        since in 0..120_000_i64,
    ) -> Snapshot {
        Snapshot {
            queued, slots, min, max: min + more, kept, rolling, fixed, service_ms, cold_start_ms, target_wait_ms, load_milli,
            queued_ms: i64::from(queued) * service_ms, running: pods.iter().map(|pod| pod.held).sum(),
            raised_ms: since, lowered_ms: since, current: Some(count(pods.iter()) + absent), pods,
            ..Snapshot::default()
        }
    }
}

/// The pods that a `ReplicaSet` would end when its replicas are lowered by `count`.
fn ended(snapshot: &Snapshot, count: i32) -> Vec<&Worker> {
    let mut pods: Vec<_> = snapshot.pods.iter().collect();
    // Among equals the ReplicaSet's choice is not ours: assume that it takes the busy one.
    pods.sort_by_key(|pod| (pod.ready, !pod.marked, pod.held == 0));
    pods.into_iter().take(count.max(0) as usize).collect()
}

proptest! {
    #![proptest_config(fixtures::cases())]

    #[test]
    fn no_busy_pod_ends(snapshot in snapshots()) {
        let desired = decide(&snapshot).desired;
        let current = snapshot.current.expect("always given");
        if desired < current {
            for pod in ended(&snapshot, count(snapshot.pods.iter()) - desired) {
                prop_assert!(pod.held == 0, "{} would end in {:?}", pod.name, snapshot);
            }
        }
    }

    #[test]
    fn the_goal_is_within_the_bounds_and_never_passed(snapshot in snapshots()) {
        let decision = decide(&snapshot);
        let current = snapshot.current.expect("always given");
        if snapshot.fixed.is_none() {
            prop_assert!((snapshot.min..=snapshot.max).contains(&decision.goal));
        }
        prop_assert!(decision.desired >= decision.goal.min(current));
        prop_assert!(decision.desired <= decision.goal.max(current));
    }

    #[test]
    fn every_decision_is_decided_again_byte_for_byte(snapshot in snapshots()) {
        prop_assert_eq!(replay(&line("ns/letters", &snapshot, &decide(&snapshot))), Replayed::Same(1));
    }

    #[test]
    fn workers_that_answer_settle(snapshot in snapshots()) {
        let mut snapshot = Snapshot { queued: 0, queued_ms: 0, rolling: false, ..snapshot };
        for _ in 0..8 {
            let decision = decide(&snapshot);
            let current = snapshot.current.expect("always given");
            let gone: Vec<_> = ended(&snapshot, count(snapshot.pods.iter()) - decision.desired)
                .into_iter().filter(|_| decision.desired < current).map(|pod| pod.name.clone()).collect();
            snapshot.pods.retain(|pod| !gone.contains(&pod.name));
            for pod in &mut snapshot.pods {
                (pod.ready, pod.stuck, pod.held) = (true, false, 0);
                pod.asked = (pod.asked || decision.ask.contains(&pod.name)) && !decision.recall.contains(&pod.name);
                pod.retired = pod.asked;
                pod.marked = (pod.marked || decision.mark.contains(&pod.name)) && !decision.unmark.contains(&pod.name);
                pod.mark_seen = pod.marked;
            }
            (snapshot.running, snapshot.raised_ms, snapshot.lowered_ms) = (0, 600_000, 600_000);
            snapshot.current = Some(decision.desired);
        }
        let last = decide(&snapshot);
        prop_assert_eq!((Some(last.desired), last.goal), (snapshot.current, last.desired));
    }
}
