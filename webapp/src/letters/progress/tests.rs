//! The sentence that a student reads in each state.

use crds::life::{self, Claimant};
use crds::reason::RequestReason;
use crds::request::{Model, Outcome, Usage};
use crds::stream::{Phase, WorkerState};
use crds::{CoverLetterRequest, CoverLetterRequestStatus};
use jiff::Timestamp;

use super::{Progress, Stage, failure};
use crate::letter::{Draft, Letter, LetterState};
use crate::place::Place;

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

/// A place in a line that does not move.
fn behind(ahead: usize) -> Place {
    Place { ahead, wait: None }
}

fn check(letter: &Letter, request: Option<&CoverLetterRequest>, place: Option<Place>, name: &str, words: &str) {
    let progress = Progress::of(letter, request, place, at(9));
    assert_eq!((progress.name(), progress.words(None).as_str()), (name, words));
    assert_eq!(progress.elapsed_seconds, 9);
}

#[test]
fn waiting_is_told_by_place() {
    let saved = "Saved. It will be handed to a writer as soon as the cluster takes it.";
    check(&letter(LetterState::Submitting), None, None, "Submitting", saved);
    check(
        &letter(LetterState::Submitting),
        None,
        Some(behind(500)),
        "Submitting",
        "Saved. 500 letters are before yours.",
    );
    check(&letter(LetterState::Submitted), None, None, "Queued", "Waiting for a writer.");
    let queued = request(|request| life::queued(request, at(1)));
    check(&letter(LetterState::Submitted), Some(&queued), Some(behind(0)), "Queued", "You are next in line.");
    check(&letter(LetterState::Submitting), Some(&queued), Some(behind(1)), "Queued", "One letter is before yours.");
    check(&letter(LetterState::Submitted), Some(&queued), Some(behind(7)), "Queued", "7 letters are before yours.");
}

#[test]
fn a_takeover_is_told() {
    let running = request(claimed);
    check(&letter(LetterState::Submitted), Some(&running), None, "Running", "A writer picked this up.");
    let mut lost = running.clone();
    lost.status = Some(life::attempt_ended(&running, Outcome::Lost, "Pod is gone.", 3, at(5)));
    check(
        &letter(LetterState::Submitted),
        Some(&lost),
        None,
        "Queued",
        "The writer had to stop. Another one will take over.",
    );
    let mut again = lost.clone();
    again.status = Some(claimed(&lost));
    let words = "A writer picked this up. A second writer took over, because the first one stopped.";
    check(&letter(LetterState::Submitted), Some(&again), None, "Running", words);
}

#[test]
fn the_writer_itself_says_more() {
    let running = request(claimed);
    let progress = Progress::of(&letter(LetterState::Submitted), Some(&running), None, at(2));
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
    check(&stopping, Some(&request(claimed)), None, "Running", "Stopping.");
    stopping.state = LetterState::Cancelled;
    check(&stopping, None, None, "Cancelled", "Stopped, as you asked.");
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
        check(&letter(LetterState::Submitted), Some(&failed), None, "Failed", failure(Some(reason)));
    }
}

#[test]
fn the_row_has_the_last_word() {
    let mut done = letter(LetterState::Succeeded);
    done.finished_at = Some(at(4));
    let progress = Progress::of(&done, None, None, at(900));
    assert_eq!((progress.name(), progress.elapsed_seconds, progress.is_finished()), ("Succeeded", 4, true));
}

#[test]
fn a_letter_is_ready_once_it_is_in_its_row() {
    let letter = letter(LetterState::Submitted);
    let written = life::Written {
        letter: "Dear Hiring Manager,".to_owned(),
        checks: Vec::new(),
        usage: Usage::default(),
        model: Model::default(),
        first_token: None,
        plain: None,
    };
    let mut request = request(claimed);
    request.status = Some(life::succeeded(&request, written, at(5)));
    assert_eq!(Progress::of(&letter, Some(&request), None, at(9)).stage, Stage::Running { attempt: 1 });
}
