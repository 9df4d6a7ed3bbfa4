//! Which request is next, and when a claim is lost, without an API server.

use std::collections::BTreeSet;

use crds::life::{attempt_ended, cancelled, claimed, released, succeeded};
use crds::request::Outcome;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::*;
use crate::fixtures::{at, claimant, request, watched, with, written};

const DEADLINE: i64 = 900;

fn rivals(workers: usize) -> Rivals {
    Rivals { workers, slots: 8, claim: Duration::from_millis(20) }
}

fn rng() -> StdRng {
    StdRng::seed_from_u64(7)
}

fn claimed_by(worker: &str, name: &str) -> CoverLetterRequest {
    let request = request(name, 0);
    with(request.clone(), claimed(&request, &claimant(worker), at(1)))
}

fn name_of(request: Option<Arc<CoverLetterRequest>>) -> Option<String> {
    request.and_then(|request| request.metadata.name.clone())
}

#[test]
fn only_waiting_requests_are_next() {
    let mut stopped = request("stopped", 0);
    stopped.spec.cancel_requested = true;
    let running = claimed_by("a", "running");
    let done = with(running.clone(), succeeded(&running, written(), at(2)));
    let requests = watched([stopped, running, done, request("waiting", 5)]);
    let next = next(&requests, &HeldRequests::default(), DEADLINE, rivals(1), at(10), &mut rng());
    assert_eq!(name_of(next).as_deref(), Some("waiting"));
}

#[test]
fn a_backoff_is_waited_for() {
    let running = claimed_by("a", "failed");
    let requests = watched([with(running.clone(), attempt_ended(&running, Outcome::Failed, "x", 3, at(2)))]);
    let next_at = |second| next(&requests, &HeldRequests::default(), DEADLINE, rivals(1), at(second), &mut rng());
    assert!(next_at(3).is_none());
    let wake = next_wake(&requests, at(3)).expect("the backoff ends");
    assert!(wake > at(3) && wake < at(6));
    assert!(next_at(6).is_some());
    assert_eq!(next_wake(&requests, at(6)), None);
}

#[test]
fn a_request_past_its_deadline_is_left_to_the_operator() {
    let requests = watched([request("late", 0)]);
    assert!(next(&requests, &HeldRequests::default(), DEADLINE, rivals(1), at(DEADLINE - 1), &mut rng()).is_some());
    assert!(next(&requests, &HeldRequests::default(), DEADLINE, rivals(1), at(DEADLINE), &mut rng()).is_none());
}

#[test]
fn the_choice_is_among_the_oldest_and_widens_with_the_workers() {
    let waiting = (0..100).map(|n| request(&format!("{n:03}"), n));
    let chosen = |requests: &[Arc<CoverLetterRequest>], rivals: Rivals| -> BTreeSet<String> {
        let mut rng = rng();
        (0..500)
            .filter_map(|_| name_of(next(requests, &HeldRequests::default(), DEADLINE, rivals, at(200), &mut rng)))
            .collect()
    };
    let quiet = watched(waiting.clone());
    assert_eq!(chosen(&quiet, rivals(0)).len(), 8, "nobody was counted, so there may be another one");
    assert_eq!(chosen(&quiet, rivals(1)), ["000", "001", "002", "003"].map(String::from).into());
    let counted = chosen(&quiet, rivals(10));
    assert_eq!((counted.len(), counted.last().map(String::as_str)), (40, Some("039")));
    let many = (0..10).map(|n| claimed_by(&format!("worker-{n}"), &format!("running-{n}")));
    let seen = chosen(&watched(waiting.chain(many)), rivals(0));
    assert_eq!((seen.len(), seen.last().map(String::as_str)), (40, Some("039")));
}

#[test]
fn what_another_worker_claimed_is_not_tried_again_before_the_watch_shows_it() {
    let waiting = request("one", 0);
    let requests = watched([waiting.clone()]);
    let mut held = HeldRequests::default();
    held.skip(&waiting);
    held.prune(&requests);
    assert!(next(&requests, &held, DEADLINE, rivals(1), at(1), &mut rng()).is_none());
    let running = with(waiting.clone(), claimed(&waiting, &claimant("b"), at(1)));
    let requests = watched([with(running.clone(), released(&running, at(2)))]);
    held.prune(&requests);
    assert!(next(&requests, &held, DEADLINE, rivals(1), at(3), &mut rng()).is_some());
}

#[test]
fn a_claim_that_another_made_for_this_worker_or_whose_answer_was_lost_is_found_once() {
    let (ours, me) = (claimed_by("a", "ours"), claimant("a"));
    let requests = watched([claimed_by("b", "theirs"), ours.clone()]);
    let mut held = HeldRequests::default();
    assert_eq!(name_of(handed(&requests, &held, &me)).as_deref(), Some("ours"));
    held.begin("uid-ours", 1);
    assert!(handed(&requests, &held, &me).is_none());
    held.end("uid-ours");
    held.prune(&requests);
    assert!(handed(&requests, &held, &me).is_none(), "the watch lags behind our own report");
}

#[test]
fn a_claim_of_an_earlier_start_is_not_ours() {
    let ours = claimed_by("a", "ours");
    let restarted = Claimant { boot_id: "boot-2".into(), ..claimant("a") };
    assert!(is_held_by(&ours, &claimant("a")));
    assert!(!is_held_by(&ours, &restarted));
}

#[test]
fn a_lagging_watch_does_not_lose_a_claim() {
    let shown = request("one", 0);
    assert_eq!(claim_state("uid-one", 1, Some(&shown)), ClaimState::Held);
    assert_eq!(claim_state("uid-one", 1, Some(&claimed_by("a", "one"))), ClaimState::Held);
}

#[test]
fn a_claim_is_lost_with_its_request_its_uid_or_its_attempt() {
    let running = claimed_by("a", "one");
    assert_eq!(claim_state("uid-one", 1, None), ClaimState::Lost);
    assert_eq!(claim_state("uid-of-an-earlier-one", 1, Some(&running)), ClaimState::Lost);
    let returned = with(running.clone(), attempt_ended(&running, Outcome::Lost, "gone", 3, at(2)));
    assert_eq!(claim_state("uid-one", 1, Some(&returned)), ClaimState::Lost);
    let again = with(returned.clone(), claimed(&returned, &claimant("b"), at(9)));
    assert_eq!(claim_state("uid-one", 1, Some(&again)), ClaimState::Lost);
    let ended = with(running.clone(), cancelled(&running, at(2)));
    assert_eq!(claim_state("uid-one", 1, Some(&ended)), ClaimState::Lost);
}

#[test]
fn a_requested_cancellation_is_seen() {
    let mut running = claimed_by("a", "one");
    running.spec.cancel_requested = true;
    assert_eq!(claim_state("uid-one", 1, Some(&running)), ClaimState::CancelRequested);
}

#[test]
fn the_idlest_worker_is_the_quickest_and_none_hesitates_before_a_full_queue() {
    let lone = watched([request("one", 0)]);
    let idle = hesitation(&lone, 0, rivals(3), at(1), &mut rng());
    let busy = hesitation(&lone, 8, rivals(3), at(1), &mut rng());
    assert_eq!(busy, idle + HESITATION_BUSY);
    assert_eq!(hesitation(&lone, 7, rivals(1), at(1), &mut rng()), Duration::ZERO, "it is alone");
    let many = watched((0..50).map(|n| request(&n.to_string(), n)));
    assert_eq!(hesitation(&many, 7, rivals(3), at(60), &mut rng()), Duration::ZERO);
}

#[test]
fn workers_without_a_free_slot_want_nothing() {
    let full = (0..8).map(|n| claimed_by("full", &format!("running-{n}")));
    let requests = watched(full.chain([claimed_by("half", "running"), request("waiting", 5)]));
    assert_eq!(contenders(&requests, rivals(5)), 4);
    assert_eq!(contenders(&requests, rivals(0)), 1);
}

/// Claims that collide with the first one for each of `letters` lone letters, when a claim takes `claim` and the workers
/// believe that it takes `rivals.claim`.
fn collisions(workers: usize, rivals: Rivals, claim: Duration, letters: usize) -> f64 {
    let (lone, mut rng) = (watched([request("one", 0)]), rng());
    let mut collided = 0;
    for _ in 0..letters {
        let mut tries: Vec<_> = (0..workers).map(|_| hesitation(&lone, 0, rivals, at(1), &mut rng)).collect();
        tries.sort_unstable();
        collided += tries[1..].iter().filter(|other| **other < tries[0] + claim).count();
    }
    collided as f64 / letters as f64
}

#[test]
fn few_claims_collide_however_many_workers_there_are_and_however_long_a_claim_takes() {
    for workers in [2, 3, 8, 30, 100] {
        for claim in [5, 20, 90].map(Duration::from_millis) {
            let rate = collisions(workers, Rivals { claim, ..rivals(workers) }, claim, 2_000);
            assert!((0.05..0.35).contains(&rate), "{workers} workers, claims of {claim:?}: {rate} a letter");
        }
    }
}
