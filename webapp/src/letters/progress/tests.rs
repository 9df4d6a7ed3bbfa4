//! The sentence that a student reads in each state.

use crds::life::{self, Claimant};
use crds::reason::RequestReason;
use crds::request::Outcome;
use crds::stream::{Phase, WorkerState};
use crds::{CoverLetterRequest, CoverLetterRequestStatus};
use jiff::Timestamp;

use super::{Progress, failure};
use crate::letter::{Draft, Letter, LetterState};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).expect("in range")
}

fn letter(state: LetterState) -> Letter {
    Letter {
        id: uuid::Uuid::nil(),
        created_at: at(0),
        draft: Draft::default(),
        state,
        cancel_requested: false,
        reason: None,
        written: None,
        edited: None,
        checks: Vec::new(),
        model: None,
        finished_at: None,
        application: crate::letter::Application::Draft,
        application_at: None,
        note: String::new(),
    }
}

fn request(status: impl FnOnce(&CoverLetterRequest) -> CoverLetterRequestStatus) -> CoverLetterRequest {
    let mut request = CoverLetterRequest::new("letter", Draft::default().into_spec("letters", "opaque"));
    request.status = Some(status(&request));
    request
}

fn claimed(request: &CoverLetterRequest) -> CoverLetterRequestStatus {
    let claimant = Claimant {
        worker: "pod".to_owned(),
        pod_uid: "uid".to_owned(),
        boot_id: "boot".to_owned(),
        endpoint: "10.0.0.1:8080".to_owned(),
    };
    life::claimed(request, &claimant, at(1))
}

fn check(letter: &Letter, request: Option<&CoverLetterRequest>, ahead: usize, name: &str, words: &str) {
    let progress = Progress::of(letter, request, ahead, at(9));
    assert_eq!((progress.name(), progress.words(None).as_str()), (name, words));
    assert_eq!(progress.elapsed_seconds, 9);
}

#[test]
fn waiting_is_told_by_place() {
    let saved = "Saved. It will be handed to a writer as soon as the cluster answers.";
    check(&letter(LetterState::Submitting), None, 0, "Submitting", saved);
    check(&letter(LetterState::Submitted), None, 0, "Queued", "Waiting for a writer.");
    let queued = request(|request| life::queued(request, at(1)));
    check(&letter(LetterState::Submitted), Some(&queued), 0, "Queued", "You are next in line.");
    check(&letter(LetterState::Submitting), Some(&queued), 1, "Queued", "One letter is before yours.");
    check(&letter(LetterState::Submitted), Some(&queued), 7, "Queued", "7 letters are before yours.");
}

#[test]
fn a_takeover_is_told() {
    let running = request(claimed);
    check(&letter(LetterState::Submitted), Some(&running), 0, "Running", "A writer picked this up.");
    let mut lost = running.clone();
    lost.status = Some(life::attempt_ended(&running, Outcome::Lost, "Pod is gone.", 3, at(5)));
    check(
        &letter(LetterState::Submitted),
        Some(&lost),
        0,
        "Queued",
        "The writer had to stop. Another one will take over.",
    );
    let mut again = lost.clone();
    again.status = Some(claimed(&lost));
    let words = "A writer picked this up. A second writer took over, because the first one stopped.";
    check(&letter(LetterState::Submitted), Some(&again), 0, "Running", words);
}

#[test]
fn the_writer_itself_says_more() {
    let running = request(claimed);
    let progress = Progress::of(&letter(LetterState::Submitted), Some(&running), 0, at(2));
    let pod = |state, prompt_tokens| WorkerState { state, attempt: 1, prompt_tokens, completion_tokens: 0 };
    assert_eq!(progress.words(Some(&pod(Phase::Reading, 412))), "Reading your notes (412 tokens).");
    assert_eq!(progress.words(Some(&pod(Phase::Reading, 0))), "Reading your notes.");
    assert_eq!(progress.words(Some(&pod(Phase::Writing, 412))), "Writing your letter.");
    assert_eq!(progress.words(Some(&pod(Phase::Checking, 412))), "Checking the letter.");
}

#[test]
fn stopping_is_told_until_it_has_stopped() {
    let mut stopping = letter(LetterState::Submitted);
    stopping.cancel_requested = true;
    check(&stopping, Some(&request(claimed)), 0, "Running", "Stopping.");
    stopping.state = LetterState::Cancelled;
    check(&stopping, None, 0, "Cancelled", "Stopped, as you asked.");
}

#[test]
fn every_reason_has_its_own_sentence() {
    let reasons = [
        RequestReason::Cancelled,
        RequestReason::DeadlineExceeded,
        RequestReason::AttemptsExhausted,
        RequestReason::InvalidRequest,
        RequestReason::EmptyLetter,
        RequestReason::Removed,
    ];
    let unknown = failure(None);
    for reason in reasons {
        assert_ne!(failure(Some(reason)), unknown, "{reason}");
        let failed = request(|request| life::failed(request, reason, "Message.".to_owned(), at(1)));
        check(&letter(LetterState::Submitted), Some(&failed), 0, "Failed", failure(Some(reason)));
    }
}

#[test]
fn the_row_has_the_last_word() {
    let mut done = letter(LetterState::Succeeded);
    done.finished_at = Some(at(4));
    let progress = Progress::of(&done, None, 0, at(900));
    assert_eq!((progress.name(), progress.elapsed_seconds, progress.is_finished()), ("Succeeded", 4, true));
}
