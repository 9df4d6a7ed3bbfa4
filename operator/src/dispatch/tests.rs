//! What the dispatcher promises, for any queue and any workers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crds::request::Length;
use proptest::prelude::*;

use super::*;
use crate::fixtures;

const LENGTHS: [Length; 3] = [Length::Short, Length::Standard, Length::Long];

fn waiting(requester: &str, number: usize, length: Length) -> Waiting {
    Waiting {
        uid: format!("{requester}-{number}"),
        requester: requester.to_owned(),
        cost: cost(length),
        order: (number as i64, format!("{number}")),
    }
}

fn worker(name: &str, free: usize, busy: i64) -> Worker {
    Worker { name: name.to_owned(), free, busy }
}

/// Uids of the next requests, one after the other, as slots become free one by one.
fn one_by_one(queue: &mut Vec<Waiting>, ring: &mut Ring, count: usize) -> Vec<String> {
    let mut uids = Vec::new();
    for _ in 0..count {
        let snapshot = Snapshot { queue: queue.clone(), workers: vec![worker("a", 1, 0)] };
        let bindings = bind(&snapshot, ring, 64);
        queue.retain(|waiting| bindings.iter().all(|binding| binding.uid != waiting.uid));
        uids.extend(bindings.into_iter().map(|binding| binding.uid));
    }
    uids
}

fn queues() -> impl Strategy<Value = Vec<Waiting>> {
    let waiting = (0..6_usize, 0..50_usize, 0..3_usize);
    prop::collection::vec(waiting, 0..120).prop_map(|all| {
        let each = all.into_iter().enumerate().map(|(index, (who, order, length))| Waiting {
            uid: format!("uid-{index}"),
            requester: format!("requester-{who}"),
            cost: cost(LENGTHS[length]),
            order: (order as i64, format!("{index}")),
        });
        each.collect()
    })
}

fn fleets() -> impl Strategy<Value = Vec<Worker>> {
    prop::collection::vec((0..9_usize, 0..5_i64), 0..12).prop_map(|all| {
        all.into_iter()
            .enumerate()
            .map(|(index, (free, busy))| worker(&format!("worker-{index}"), free, busy))
            .collect()
    })
}

proptest! {
    #![proptest_config(fixtures::cases())]

    #[test]
    fn every_free_slot_gets_one_waiting_request_and_none_goes_to_two(
        queue in queues(), workers in fleets(), limit in 0..70_usize,
    ) {
        let bindings = bind(&Snapshot { queue: queue.clone(), workers: workers.clone() }, &mut Ring::default(), limit);
        let free: usize = workers.iter().map(|worker| worker.free).sum();
        prop_assert_eq!(bindings.len(), queue.len().min(free).min(limit), "no slot stays free while a request waits");
        let bound: BTreeSet<_> = bindings.iter().map(|binding| &binding.uid).collect();
        prop_assert_eq!(bound.len(), bindings.len());
        prop_assert!(bound.iter().all(|uid| queue.iter().any(|waiting| waiting.uid == **uid)));
        for worker in &workers {
            let got = bindings.iter().filter(|binding| binding.worker == worker.name).count();
            prop_assert!(got <= worker.free);
        }
    }

    #[test]
    fn a_requesters_oldest_request_goes_first(queue in queues(), free in 1..40_usize) {
        let snapshot = Snapshot { queue: queue.clone(), workers: vec![worker("a", free, 0)] };
        let bindings = bind(&snapshot, &mut Ring::default(), 64);
        let bound: BTreeSet<_> = bindings.iter().map(|binding| binding.uid.as_str()).collect();
        for left in queue.iter().filter(|waiting| !bound.contains(waiting.uid.as_str())) {
            let mut same = queue.iter().filter(|waiting| waiting.requester == left.requester);
            prop_assert!(same.all(|other| other.order < left.order || !bound.contains(other.uid.as_str())));
        }
    }

    #[test]
    fn the_worker_that_was_busy_last_is_filled_before_the_next(queue in queues(), workers in fleets()) {
        let bindings = bind(&Snapshot { queue, workers: workers.clone() }, &mut Ring::default(), 64);
        let got = |worker: &Worker| bindings.iter().filter(|binding| binding.worker == worker.name).count();
        for later in workers.iter().filter(|worker| got(worker) > 0) {
            let mut sooner = workers.iter().filter(|worker| worker.busy > later.busy);
            prop_assert!(sooner.all(|worker| got(worker) == worker.free));
        }
    }

    #[test]
    fn requesters_who_always_ask_get_the_same_work(lengths in prop::collection::vec(0..3_usize, 2..7)) {
        let mut queue: Vec<_> = (0..200)
            .flat_map(|number| {
                lengths.iter().enumerate().map(move |(who, length)| waiting(&who.to_string(), number, LENGTHS[*length]))
            })
            .collect();
        let all = queue.clone();
        let mut work: BTreeMap<String, u32> = BTreeMap::new();
        let mut ring = Ring::default();
        for uid in one_by_one(&mut queue, &mut ring, 60 * lengths.len()) {
            let waiting = all.iter().find(|waiting| waiting.uid == uid).expect("it was asked for");
            *work.entry(waiting.requester.clone()).or_default() += waiting.cost;
        }
        let (least, most) = (work.values().min().expect("there is work"), work.values().max().expect("there is work"));
        prop_assert!(most - least <= 2 * cost(Length::Long), "{work:?}");
    }

    #[test]
    fn a_lone_request_is_next_though_another_asked_for_a_thousand(
        before in 0..60_usize, length in 0..3_usize, many in 0..3_usize,
    ) {
        let mut queue: Vec<_> = (0..1_000).map(|number| waiting("many", number, LENGTHS[many])).collect();
        let mut ring = Ring::default();
        one_by_one(&mut queue, &mut ring, before);
        queue.push(waiting("lone", 5_000, LENGTHS[length]));
        // Of the slots that become free, at most one is for somebody else; none once any was given before.
        let next = one_by_one(&mut queue, &mut ring, 2);
        let place = next.iter().position(|uid| uid == "lone-5000");
        prop_assert_eq!(place, Some(usize::from(before == 0)));
    }

    #[test]
    fn nobody_waits_longer_than_one_turn_of_each_other_requester(
        others in 1..20_usize, lengths in prop::collection::vec(0..3_usize, 20),
    ) {
        let mut queue: Vec<_> = (0..others)
            .flat_map(|who| (0..50).map(move |number| (who, number)))
            .map(|(who, number)| waiting(&format!("other-{who}"), number, LENGTHS[lengths[who]]))
            .collect();
        let mut ring = Ring::default();
        one_by_one(&mut queue, &mut ring, others);
        queue.push(waiting("lone", 5_000, Length::Long));
        let next = one_by_one(&mut queue, &mut ring, others + 1);
        prop_assert!(next.contains(&"lone-5000".to_owned()), "{next:?}");
    }
}

#[test]
fn one_who_comes_again_and_again_gets_every_other_slot_and_no_more() {
    let mut queue: Vec<_> = (0..1_000).map(|number| waiting("many", number, Length::Standard)).collect();
    let mut ring = Ring::default();
    let mut got = Vec::new();
    for number in 0..50 {
        if !queue.iter().any(|waiting| waiting.requester == "again") {
            queue.push(waiting("again", 5_000 + number, Length::Standard));
        }
        got.extend(one_by_one(&mut queue, &mut ring, 1));
    }
    let of_again = got.iter().filter(|uid| uid.starts_with("again")).count();
    assert!((24..=26).contains(&of_again), "{of_again} of 50");
}

#[test]
fn who_names_nobody_is_one_requester_together() {
    let mut queue: Vec<_> = (0..100).map(|number| waiting("", number, Length::Standard)).collect();
    queue.push(waiting("student", 500, Length::Standard));
    let mut ring = Ring::default();
    let next = one_by_one(&mut queue, &mut ring, 4);
    assert_eq!(next[1], "student-500");
}

fn write(worker: &str, attempt: i32) -> Write {
    Write { namespace: "letters".into(), name: "one".into(), worker: worker.into(), attempt }
}

#[test]
fn what_was_written_counts_until_the_watches_show_it() {
    let (mut ledger, start) = (Ledger::default(), Instant::now());
    ledger.begin("uid", write("a", 1));
    ledger.settle(|_, _| Some(0), start + Duration::from_mins(5));
    assert!(!ledger.is_free("uid", Some("1")), "it is still being written");
    ledger.written("uid", start);
    ledger.settle(|_, _| Some(0), start + Duration::from_secs(5));
    assert_eq!(ledger.held_in("letters"), [("a".to_owned(), 1)].into());
    assert!(ledger.held_in("other").is_empty());
    ledger.settle(|_, _| Some(1), start + Duration::from_secs(6));
    assert!(ledger.held_in("letters").is_empty());
    assert!(ledger.is_free("uid", Some("2")));
}

#[test]
fn a_request_that_is_gone_is_forgotten() {
    let (mut ledger, start) = (Ledger::default(), Instant::now());
    ledger.begin("uid", write("a", 1));
    ledger.written("uid", start);
    ledger.settle(|_, _| None, start);
    assert!(ledger.held_in("letters").is_empty());
}

#[test]
fn what_changed_meanwhile_is_left_until_the_watches_show_how() {
    let (mut ledger, start) = (Ledger::default(), Instant::now());
    ledger.begin("uid", write("a", 1));
    ledger.refused("uid", Some("7".to_owned()), start);
    assert!(!ledger.is_free("uid", Some("7")));
    assert!(ledger.is_free("uid", Some("8")));
    assert!(ledger.held_in("letters").is_empty(), "its worker has the slot again");
}

#[test]
fn what_somebody_else_writes_is_not_bound_meanwhile_and_what_is_bound_nobody_else_writes() {
    let (mut ledger, start) = (Ledger::default(), Instant::now());
    assert!(ledger.reserve("uid", Some("7"), start));
    assert!(!ledger.is_free("uid", Some("7")));
    assert!(ledger.is_free("uid", Some("8")), "the watches show what was written");
    ledger.begin("uid", write("a", 1));
    assert!(!ledger.reserve("uid", Some("8"), start));
}

#[test]
fn what_was_not_answered_is_tried_again_after_a_while() {
    let (mut ledger, start) = (Ledger::default(), Instant::now());
    ledger.begin("uid", write("a", 1));
    ledger.unanswered("uid", start);
    ledger.settle(|_, _| Some(0), start + Duration::from_secs(1));
    assert!(!ledger.is_free("uid", Some("1")));
    ledger.settle(|_, _| Some(0), start + Duration::from_secs(2));
    assert!(ledger.is_free("uid", Some("1")));
}

#[test]
fn workers_of_an_app_that_retire_are_known_until_they_are_called_back() {
    let mut ledger = Ledger::default();
    ledger.retire("letters", "app", ["a".to_owned()].into());
    assert!(ledger.is_retiring("letters", "app", "a") && !ledger.is_retiring("letters", "app", "b"));
    assert!(!ledger.is_retiring("letters", "other", "a"));
    ledger.retire("letters", "app", BTreeSet::new());
    assert!(!ledger.is_retiring("letters", "app", "a"));
}

#[test]
fn a_worker_that_did_not_take_gets_nothing_for_a_while_unless_it_starts_anew() {
    let (mut ledger, start) = (Ledger::default(), Instant::now());
    ledger.pass_over("letters", "a", "boot-1", start);
    assert!(ledger.is_passed_over("letters", "a", "boot-1"));
    assert!(!ledger.is_passed_over("letters", "a", "boot-2") && !ledger.is_passed_over("other", "a", "boot-1"));
    ledger.settle(|_, _| None, start + Duration::from_mins(1));
    assert!(!ledger.is_passed_over("letters", "a", "boot-1"));
    ledger.pass_over("letters", "a", "boot-1", start);
    ledger.call_back("letters", "a");
    assert!(!ledger.is_passed_over("letters", "a", "boot-1"));
}
