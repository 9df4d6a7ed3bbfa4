//! Every transition once, then random sequences of them: the attempt only grows and a finished request stays finished.

use proptest::prelude::*;

use super::*;
use crate::request::{CoverLetterRequestSpec, Job};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("a timestamp in range")
}

fn request() -> CoverLetterRequest {
    let job = Job { title: "Data Scientist".into(), company: "google".into(), ..Job::default() };
    let spec = CoverLetterRequestSpec {
        app_ref: crate::request::AppRef { name: "letters".into() },
        job,
        applicant: crate::request::Applicant::default(),
        letter: crate::request::LetterOptions::default(),
        seed: None,
        requested_by: None,
        cancel_requested: false,
    };
    let mut request = CoverLetterRequest::new("letter-1", spec);
    request.metadata.uid = Some("0b6f".into());
    request.metadata.creation_timestamp = Some(Time(at(0)));
    request
}

fn claimant() -> Claimant {
    Claimant {
        worker: "pod-a".into(),
        pod_uid: "uid-a".into(),
        boot_id: "boot".into(),
        endpoint: "10.0.0.1:8080".into(),
    }
}

fn letter() -> Written {
    Written {
        letter: "Dear Hiring Manager,".into(),
        checks: Vec::new(),
        usage: Usage { prompt_tokens: 100, completion_tokens: 200 },
        model: Model { name: "built-in".into(), sha256: "ab".into() },
        first_token: Some(12),
        plain: None,
    }
}

fn with(mut request: CoverLetterRequest, status: CoverLetterRequestStatus) -> CoverLetterRequest {
    request.status = Some(status);
    request
}

fn reason(request: &CoverLetterRequest) -> &str {
    let conditions = request.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    crate::condition::find(conditions, SUCCEEDED).map_or("", |condition| condition.reason.as_str())
}

#[test]
fn a_letter_is_queued_claimed_and_written() {
    let request = with(request(), queued(&request(), at(1)));
    assert_eq!((request.state(), reason(&request)), (State::Queued, "Queued"));
    let request = with(request.clone(), claimed(&request, &claimant(), at(2)));
    assert_eq!((request.state(), reason(&request), attempt(&request)), (State::Running, "Claimed", 1));
    let request = with(request.clone(), succeeded(&request, letter(), at(5)));
    assert_eq!((request.state(), reason(&request)), (State::Succeeded, "Written"));
    let timings = request.status.and_then(|status| status.timings).expect("a finished request has timings");
    assert_eq!((timings.queued, timings.total, timings.took.as_str()), (2_000, 5_000, "5.0s"));
}

#[test]
fn a_release_does_not_count_but_the_attempt_number_stays() {
    let request = with(request(), claimed(&request(), &claimant(), at(1)));
    let request = with(request.clone(), released(&request, at(2)));
    assert_eq!((request.state(), attempt(&request)), (State::Queued, 1));
    let status = request.status.clone().expect("it was released");
    assert!(status.claim.is_none());
    assert_eq!(counted(&status.attempts), 0);
    assert!(request.is_claimable(at(2)));
    let request = with(request.clone(), claimed(&request, &claimant(), at(3)));
    assert_eq!(attempt(&request), 2);
}

#[test]
fn a_lost_attempt_waits_before_the_next_and_the_last_one_fails() {
    let mut request = request();
    for number in 1..=3 {
        request = with(request.clone(), claimed(&request, &claimant(), at(i64::from(number) * 200)));
        let now = at(i64::from(number) * 200 + 1);
        request = with(request.clone(), attempt_ended(&request, Outcome::Lost, "Its pod is gone.", 3, now));
        if number < 3 {
            assert_eq!(reason(&request), "Backoff");
            assert!(!request.is_claimable(now));
            assert!(request.is_claimable(now + BACKOFF_MAX + BACKOFF_MAX));
        }
    }
    assert_eq!((request.state(), reason(&request)), (State::Failed, "AttemptsExhausted"));
}

#[test]
fn many_releases_never_push_a_lost_attempt_out_of_memory() {
    let mut request = with(request(), claimed(&request(), &claimant(), at(0)));
    request = with(request.clone(), attempt_ended(&request, Outcome::Lost, "Gone.", 3, at(1)));
    for round in 0..40 {
        request = with(request.clone(), claimed(&request, &claimant(), at(300 + round)));
        request = with(request.clone(), released(&request, at(300 + round)));
    }
    let attempts = request.status.expect("it was released").attempts;
    assert_eq!(attempts.len(), limits::ATTEMPTS_MAX);
    assert_eq!(counted(&attempts), 1);
}

#[test]
fn spans_read_well() {
    let check = |ms, expect: &str| assert_eq!(Span(ms).to_string(), expect);
    check(0, "0ms");
    check(999, "999ms");
    check(1_449, "1.4s");
    check(59_999, "59.9s");
    check(125_000, "2m05s");
}

proptest! {
    #[test]
    fn attempts_only_grow_and_terminal_is_recognised(steps in proptest::collection::vec(0..6_u8, 1..60)) {
        let mut request = request();
        for (second, step) in steps.into_iter().enumerate() {
            let now = at(second as i64 * 1_000);
            let before = attempt(&request);
            if request.is_terminal() { break; }
            let running = request.state() == State::Running;
            let status = match (step, running) {
                (0 | 1, false) if request.is_claimable(now) => claimed(&request, &claimant(), now),
                (0, true) => released(&request, now),
                (1 | 2, true) => attempt_ended(&request, Outcome::Failed, "No memory.", 5, now),
                (3, true) => succeeded(&request, letter(), now),
                (4, _) => cancelled(&request, now),
                (5, _) => failed(&request, RequestReason::DeadlineExceeded, "Too late.".into(), now),
                _ => queued(&request, now),
            };
            if running && status.claim.is_none() {
                prop_assert_eq!(status.state, Some(State::Queued));
            }
            request.status = Some(status);
            let after = attempt(&request);
            prop_assert!(after == before || after == before + 1);
            let status = request.status.as_ref().expect("just set");
            prop_assert!(status.attempts.len() <= limits::ATTEMPTS_MAX);
            prop_assert_eq!(request.is_terminal(), status.completion_time.is_some());
        }
    }
}
