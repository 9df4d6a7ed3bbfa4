//! Every reason to act on a request, and the cases that look like one but are not.

use std::time::{Duration, Instant};

use crds::life::Claimant;
use crds::names::{APP_LABEL, ARCHIVED_LABEL, ERASE_ANNOTATION};
use crds::request::SUCCEEDED;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::*;
use crate::fixtures::request;

fn at(second: i64) -> Timestamp {
    crate::fixtures::CREATED.checked_add(SignedDuration::from_secs(second)).expect("a timestamp in range")
}

fn claimant() -> Claimant {
    Claimant {
        worker: "pod-a".into(),
        pod_uid: "uid-a".into(),
        boot_id: "boot-1".into(),
        endpoint: "10.0.0.1:1".into(),
    }
}

/// The request after `pod-a` claimed it at second 10.
fn running_request() -> CoverLetterRequest {
    let mut request = request("one");
    request.status = Some(life::claimed(&request, &claimant(), at(10)));
    request
}

fn alive() -> Workers {
    let key = ("letters".to_owned(), "pod-a".to_owned());
    let lease =
        LeaseLife { boot_id: "boot-1".into(), renewed: Some(at(5)), silent_for: Duration::from_secs(9), taken: None };
    Workers {
        pods: [(key.clone(), PodLife { uid: "uid-a".into(), has_ended: false })].into(),
        leases: [(key, lease)].into(),
    }
}

fn act(request: &CoverLetterRequest, workers: &Workers, now: Timestamp) -> Option<Action> {
    let limits = Requests::default();
    triage(request, &Situation { rules: Rules::Limits(&limits), workers, surplus: false, untaken: false, now })
}

/// State and reason of the status that would be written; the name of the action otherwise.
fn check(request: &CoverLetterRequest, workers: &Workers, second: i64, expect: &str) {
    let said = match act(request, workers, at(second)) {
        None => "nothing".to_owned(),
        Some(Action::Cancel) => "cancel".to_owned(),
        Some(Action::Delete) => "delete".to_owned(),
        Some(Action::Write { status, .. }) => {
            let reason =
                crds::condition::find(&status.conditions, SUCCEEDED).map_or("", |condition| condition.reason.as_str());
            format!("{:?} {reason}", status.state.expect("every transition says where it leads"))
        }
    };
    assert_eq!(said, expect);
}

#[test]
fn a_request_gets_its_first_words_only_when_nobody_claims_it() {
    let request = request("one");
    check(&request, &alive(), 0, "nothing");
    check(&request, &alive(), 1, "Queued Queued");
    let mut seen = request.clone();
    seen.status = Some(life::queued(&request, at(1)));
    check(&seen, &alive(), 2, "nothing");
}

#[test]
fn a_request_without_an_app_says_so_until_the_app_is_there() {
    let request = request("one");
    let situation = Situation { rules: Rules::NoApp, workers: &alive(), surplus: false, untaken: false, now: at(2) };
    let Some(Action::Write { status, .. }) = triage(&request, &situation) else { panic!("it says so") };
    assert_eq!(status.conditions[0].message, "Waits: there is no CoverLetterApp `letters` in this namespace.");
    let mut told = request.clone();
    told.status = Some(*status);
    assert_eq!(told.reason(), Some(RequestReason::NoSuchApp));
    assert_eq!(triage(&told, &situation), None);
    check(&told, &alive(), 3, "Queued Queued");
}

#[test]
fn a_paused_app_keeps_finished_requests_and_all_else_goes_on() {
    let (limits, workers) = (Requests::default(), alive());
    let situation = |now| Situation {
        rules: Rules::Paused(&limits),
        workers: &workers,
        surplus: true,
        untaken: false,
        now: at(now),
    };
    let mut request = request("one");
    let late = triage(&request, &situation(1_000));
    assert!(matches!(late, Some(Action::Write { why: RequestReason::DeadlineExceeded, .. })), "{late:?}");
    request.spec.cancel_requested = true;
    let cancelled = triage(&request, &situation(1));
    let Some(Action::Write { status, why: RequestReason::Cancelled, .. }) = cancelled else { panic!("{cancelled:?}") };
    request.status = Some(*status);
    assert_eq!(triage(&request, &situation(10_000_000)), None);
    request.metadata.annotations.get_or_insert_default().insert(crds::names::ERASE_ANNOTATION.into(), "true".into());
    assert_eq!(triage(&request, &situation(2)), Some(Action::Delete));
}

#[test]
fn of_an_app_that_cannot_be_read_requests_are_cancelled_and_erased_and_nothing_else() {
    let workers = alive();
    let situation =
        |now| Situation { rules: Rules::Unreadable, workers: &workers, surplus: false, untaken: false, now: at(now) };
    let mut request = request("one");
    assert_eq!(triage(&request, &situation(1_000_000)), None);
    request.spec.cancel_requested = true;
    assert!(matches!(triage(&request, &situation(1)), Some(Action::Write { why: RequestReason::Cancelled, .. })));
    request.metadata.annotations.get_or_insert_default().insert(crds::names::ERASE_ANNOTATION.into(), "true".into());
    assert_eq!(triage(&request, &situation(2)), Some(Action::Delete));
}

#[test]
fn the_wording_of_a_message_decides_nothing() {
    let situation = Situation { rules: Rules::NoApp, workers: &alive(), surplus: false, untaken: false, now: at(2) };
    let mut told = request("one");
    told.status = Some(life::without_app(&told, at(1)));
    told.status.as_mut().expect("it was set").conditions[0].message = "Worded by another version.".to_owned();
    assert_eq!(triage(&told, &situation), None);
}

#[test]
fn waiting_requests_are_cancelled_and_end_at_their_deadline() {
    let mut cancelled = request("one");
    cancelled.spec.cancel_requested = true;
    check(&cancelled, &alive(), 0, "Cancelled Cancelled");
    check(&request("one"), &alive(), 900, "Failed DeadlineExceeded");
}

#[test]
fn a_running_request_is_left_to_its_living_worker() {
    check(&running_request(), &alive(), 100, "nothing");
    check(&running_request(), &alive(), 905, "nothing");
    check(&running_request(), &alive(), 915, "Failed DeadlineExceeded");
}

#[test]
fn a_claim_of_a_pod_that_is_gone_is_returned() {
    let lost = "Queued Backoff";
    check(&running_request(), &Workers::default(), 20, lost);
    let mut workers = alive();
    let pod = workers.pods.values_mut().next().expect("there is one");
    pod.uid = "uid-b".into();
    check(&running_request(), &workers, 20, lost);
    let mut workers = alive();
    workers.pods.values_mut().for_each(|pod| pod.has_ended = true);
    check(&running_request(), &workers, 20, lost);
}

#[test]
fn a_claim_of_an_earlier_boot_is_returned_once_the_api_server_confirms_it_whatever_the_clocks_say() {
    let mut workers = alive();
    workers.leases.values_mut().for_each(|lease| lease.boot_id = "boot-2".into());
    for renewed in [5, 11, -600, 600] {
        workers.leases.values_mut().for_each(|lease| lease.renewed = Some(at(renewed)));
        let Some(Action::Write { confirm, why, .. }) = act(&running_request(), &workers, at(20)) else {
            panic!("it is returned")
        };
        let restarted = Suspicion::Restarted { worker: "pod-a".into(), boot_id: "boot-1".into() };
        assert_eq!((confirm, why), (Some(restarted), RequestReason::Backoff));
    }
}

#[test]
fn a_silent_worker_loses_its_claim_once_the_silence_is_confirmed() {
    let mut workers = alive();
    workers.leases.values_mut().for_each(|lease| lease.silent_for = SILENCE_MAX);
    let Some(Action::Write { confirm, .. }) = act(&running_request(), &workers, at(60)) else {
        panic!("it is returned")
    };
    assert_eq!(confirm, Some(Suspicion::Silent { worker: "pod-a".into(), renewed: Some(at(5)) }));
    workers.leases.clear();
    check(&running_request(), &workers, 60, "nothing");
    check(&running_request(), &workers, 71, "Queued Backoff");
}

#[test]
fn finished_requests_go_after_their_time_archived_ones_first() {
    let mut done = request("one");
    done.status = Some(life::cancelled(&done, at(0)));
    check(&done, &alive(), 3_600, "nothing");
    check(&done, &alive(), 24 * 3_600, "delete");
    done.metadata.labels = Some([(ARCHIVED_LABEL.to_owned(), "true".to_owned())].into());
    check(&done, &alive(), 3_599, "nothing");
    check(&done, &alive(), 3_600, "delete");
}

#[test]
fn an_erased_request_is_stopped_and_deleted() {
    let erase = |mut request: CoverLetterRequest| {
        request.metadata.annotations = Some([(ERASE_ANNOTATION.to_owned(), "true".to_owned())].into());
        request
    };
    check(&erase(request("one")), &alive(), 0, "delete");
    let mut running = erase(running_request());
    check(&running, &alive(), 20, "cancel");
    running.spec.cancel_requested = true;
    check(&running, &alive(), 20, "nothing");
    running.status = Some(life::cancelled(&running, at(21)));
    check(&running, &alive(), 21, "delete");
}

#[test]
fn a_request_that_is_being_deleted_is_left_alone() {
    let mut request = request("one");
    request.metadata.deletion_timestamp = Some(Time(at(1)));
    check(&request, &alive(), 2_000, "nothing");
}

#[test]
fn the_oldest_archived_requests_are_too_many_and_then_those_that_nobody_will_archive() {
    let finished = |name: &str, second, label: Option<&str>| {
        let mut request = request(name);
        request.status = Some(life::cancelled(&request, at(second)));
        request.metadata.labels = label.map(|label| [(label.to_owned(), "true".to_owned())].into());
        request
    };
    let requests = [
        finished("new", 30, Some(ARCHIVED_LABEL)),
        finished("old", 10, Some(ARCHIVED_LABEL)),
        finished("kept", 5, Some(APP_LABEL)),
        finished("by-hand-new", 7, None),
        finished("by-hand", 6, None),
        finished("mid", 20, Some(ARCHIVED_LABEL)),
    ];
    let over = |max| surplus(requests.iter().collect(), max).into_iter().collect::<Vec<_>>();
    assert_eq!(over(6), Vec::<String>::new());
    assert_eq!(over(5), ["uid-old"]);
    assert_eq!(over(4), ["uid-mid", "uid-old"]);
    assert_eq!(over(2), ["uid-by-hand", "uid-mid", "uid-new", "uid-old"]);
    assert_eq!(over(0).len(), 5, "what the site made stays until it is archived");
}

#[test]
fn rescue_comes_first_and_what_is_old_last() {
    let mut silent = alive();
    silent.pods.clear();
    let lost = act(&running_request(), &silent, at(20)).expect("it is returned");
    let mut stopped = request("one");
    stopped.spec.cancel_requested = true;
    let stopped = act(&stopped, &alive(), at(20)).expect("it is cancelled");
    let late = act(&request("one"), &alive(), at(2_000)).expect("it is late");
    let mut actions = [Action::Delete, late.clone(), stopped.clone(), lost.clone()];
    actions.sort_by_key(Action::urgency);
    assert_eq!(actions, [lost, stopped, late, Action::Delete]);
}

#[test]
fn silence_is_counted_from_what_was_seen_here_and_anew_after_a_restart() {
    let (mut sightings, start) = (Sightings::default(), Instant::now());
    let key = ("letters".to_owned(), "pod-a".to_owned());
    let after = |seconds| start + Duration::from_secs(seconds);
    assert_eq!(sightings.observe(&key, Some(at(0)), start), Duration::ZERO);
    assert_eq!(sightings.observe(&key, Some(at(0)), after(20)), Duration::from_secs(20));
    assert_eq!(sightings.observe(&key, Some(at(10)), after(21)), Duration::ZERO);
    sightings.restart(after(40));
    assert_eq!(sightings.observe(&key, Some(at(10)), after(45)), Duration::from_secs(5));
}

#[test]
fn what_a_worker_did_not_take_waits_again_at_once_and_costs_no_attempt() {
    let (limits, workers) = (Requests { max_attempts: 1, ..Requests::default() }, alive());
    let mut request = running_request();
    for attempt in 1..20 {
        let situation =
            Situation { rules: Rules::Limits(&limits), workers: &workers, surplus: false, untaken: true, now: at(40) };
        let Some(Action::Write { status, why, confirm }) = triage(&request, &situation) else { panic!("it is freed") };
        assert_eq!(why, RequestReason::Released);
        let token = life::token(request.metadata.uid.as_deref().unwrap_or_default(), attempt);
        assert_eq!(confirm, Some(Suspicion::Idle { worker: "pod-a".to_owned(), token }));
        assert_eq!((life::counted(&status.attempts), status.claim.clone()), (0, None));
        request.status = Some(*status);
        assert!(request.is_claimable(at(40)));
        request.status = Some(life::claimed(&request, &claimant(), at(41)));
    }
}
