//! The status of every outcome.

use crds::life::claimed;

use super::*;
use crate::fixtures::{at, claimant, request, with, written};

fn running() -> CoverLetterRequest {
    let request = request("one", 0);
    with(request.clone(), claimed(&request, &claimant("a"), at(1)))
}

fn reported(request: &CoverLetterRequest, outcome: &Outcome) -> CoverLetterRequest {
    let status = status(request, outcome, 3, at(5)).expect("something to report");
    with(request.clone(), status)
}

#[test]
fn every_reported_outcome_is_recognised_when_read_again() {
    let outcomes = [
        (Outcome::Written(Box::new(written())), State::Succeeded),
        (Outcome::Refused(RequestReason::InvalidRequest, "too long".into()), State::Failed),
        (Outcome::Cancelled, State::Cancelled),
        (Outcome::DeadlineExceeded, State::Failed),
        (Outcome::Failed("x".into()), State::Queued),
        (Outcome::Released, State::Queued),
    ];
    for (outcome, state) in outcomes {
        let after = reported(&running(), &outcome);
        assert_eq!(after.state(), state, "{outcome:?}");
        assert!(shows(&after, &outcome) && !shows(&running(), &outcome), "{outcome:?}");
    }
}

#[test]
fn a_letter_in_the_plain_form_is_not_counted_as_written() {
    let plain = Written { plain: Some("the model failed".into()), ..written() };
    assert_eq!(Outcome::Written(Box::new(plain)).reason(), "PlainForm");
    assert_eq!(Outcome::Written(Box::new(written())).reason(), "Written");
}

#[test]
fn a_lost_request_is_left_alone() {
    assert_eq!(status(&running(), &Outcome::Lost, 3, at(5)), None);
}

#[test]
fn another_letter_is_not_taken_for_ours() {
    let theirs = reported(&running(), &Outcome::Written(Box::new(written())));
    let ours = crds::life::Written { letter: "Dear Sir or Madam,".into(), ..written() };
    assert!(!shows(&theirs, &Outcome::Written(Box::new(ours))));
}

#[test]
fn a_cancellation_prevents_another_attempt_but_keeps_a_letter() {
    let mut request = running();
    request.spec.cancel_requested = true;
    assert_eq!(reported(&request, &Outcome::Failed("x".into())).state(), State::Cancelled);
    assert_eq!(reported(&request, &Outcome::Released).state(), State::Cancelled);
    assert_eq!(reported(&request, &Outcome::Written(Box::new(written()))).state(), State::Succeeded);
}
