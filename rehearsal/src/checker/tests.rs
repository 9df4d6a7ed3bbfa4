//! Histories made by hand: some that keep all promises, and one for each promise that no law which is missing breaks.

use std::sync::Arc;

use crds::app::Requests;
use crds::life::{self, Claimant, Written};
use crds::names::{BOOT_ID_ANNOTATION, TAKEN_ANNOTATION};
use crds::request::{Length, Model, Usage};
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::*;
use crate::schedule::site::request;
use crate::server::{Laws, timestamp};
use crate::worker::text;

const OPERATOR: &str = "system:operator";
const UID: &str = "uid-1";
const LAST: i32 = 2;
const DEADLINE: i64 = 60;

/// What became of one request, with all times in seconds.
struct Story<'a> {
    server: Server<'a>,
    request: CoverLetterRequest,
}

impl Story<'_> {
    fn edit(&mut self, second: i64, by: &str, edit: impl FnOnce(&mut CoverLetterRequest)) {
        edit(&mut self.request);
        self.server.requests.put("letter", Arc::new(self.request.clone()), second * 1_000, by);
    }

    fn write(
        &mut self,
        second: i64,
        by: &str,
        status: impl FnOnce(&CoverLetterRequest, Timestamp) -> CoverLetterRequestStatus,
    ) {
        let status = status(&self.request, timestamp(second * 1_000));
        self.edit(second, by, |request| request.status = Some(status));
    }

    fn remove(&mut self, second: i64) {
        self.server.requests.remove("letter", Arc::new(self.request.clone()), second * 1_000, OPERATOR);
    }

    /// The Lease of the pod, as `boot` renews it.
    fn lease(&mut self, second: i64, boot: &str, taken: &str) {
        let mut lease = Lease::default();
        lease.metadata.name = Some("pod".to_owned());
        let notes = [(BOOT_ID_ANNOTATION, boot), (TAKEN_ANNOTATION, taken)];
        lease.metadata.annotations = Some(notes.map(|(key, value)| (key.to_owned(), value.to_owned())).into());
        self.server.leases.put("pod", Arc::new(lease), second * 1_000, boot);
    }

    /// The Lease, as `boot-1` renews it.
    fn renew(&mut self, seconds: &[i64]) {
        for second in seconds {
            self.lease(*second, "boot-1", "");
        }
    }

    fn claim(&mut self, second: i64, by: &str, boot: &str) {
        self.write(second, by, |request, now| life::claimed(request, &claimant(boot), now));
    }

    fn end(&mut self, second: i64, by: &str, outcome: Outcome) {
        self.write(second, by, |request, now| life::attempt_ended(request, outcome, "", LAST, now));
    }

    fn succeed(&mut self, second: i64, by: &str, letter: String) {
        let (usage, model) = (Usage::default(), Model::default());
        let written = Written { letter, checks: Vec::new(), usage, model, first_token: None, plain: None };
        self.write(second, by, |request, now| life::succeeded(request, written, now));
    }

    fn fail(&mut self, second: i64, by: &str, reason: RequestReason) {
        self.write(second, by, |request, now| life::failed(request, reason, String::new(), now));
    }
}

fn claimant(boot: &str) -> Claimant {
    let (worker, pod_uid) = ("pod".to_owned(), "pod-uid".to_owned());
    Claimant { worker, pod_uid, boot_id: boot.to_owned(), endpoint: String::new() }
}

/// What the checker says of a history. The clock of `boot-fast` is five seconds fast.
fn said(is_calm: bool, tell: impl FnOnce(&mut Story<'_>)) -> String {
    let laws = Laws::real();
    let mut request = request("letter", 0, Length::Short);
    request.metadata.uid = Some(UID.to_owned());
    request.metadata.creation_timestamp = Some(Time(timestamp(0)));
    let mut story = Story { server: Server::new(&laws), request };
    story.edit(0, "site", |_| {});
    tell(&mut story);
    let limits = Requests { max_attempts: LAST, active_deadline_seconds: DEADLINE, ..Requests::default() };
    let clocks = BTreeMap::from([("boot-fast".to_owned(), 5_000)]);
    let terms = Terms { limits: &limits, is_calm, clocks: &clocks };
    let broken = check(&story.server, terms, &mut Tally::default()).err().unwrap_or_default();
    broken.split(": ").next().unwrap_or_default().to_owned()
}

type Tale = fn(&mut Story<'_>);

fn check_all<const N: usize>(tales: [(&str, Tale); N]) {
    for (number, (promise, tale)) in tales.into_iter().enumerate() {
        assert_eq!(said(false, tale), promise, "tale {number}");
    }
}

#[test]
fn a_history_without_a_fault_breaks_nothing() {
    check_all([
        ("", |story| {
            story.lease(0, "boot-1", "");
            story.claim(1, OPERATOR, "boot-1");
            story.end(31, OPERATOR, Outcome::Lost);
            story.lease(32, "boot-2", "");
            story.claim(33, "boot-2", "boot-2");
            story.succeed(34, "boot-2", text(UID, 2, "boot-2"));
            story.remove(35);
        }),
        // It renews its Lease after the API server was asked and before the write.
        ("", |story| {
            story.renew(&[0, 5, 36]);
            story.claim(1, OPERATOR, "boot-1");
            story.end(56, OPERATOR, Outcome::Lost);
        }),
        ("", |story| {
            story.lease(0, "boot-1", "");
            story.claim(1, OPERATOR, "boot-1");
            story.lease(2, "boot-2", "");
            story.end(3, OPERATOR, Outcome::Lost);
        }),
        // Attempt 1 is not taken by whoever has taken attempt 10.
        ("", |story| {
            story.lease(0, "boot-1", &format!("{UID}/10"));
            story.claim(1, OPERATOR, "boot-1");
            story.write(21, OPERATOR, life::untaken);
        }),
        ("", |story| {
            story.claim(1, "boot-fast", "boot-fast");
            story.fail(DEADLINE - 5, "boot-fast", RequestReason::DeadlineExceeded);
        }),
        ("", |story| {
            story.edit(1, "site", |request| request.spec.cancel_requested = true);
            story.write(2, OPERATOR, life::cancelled);
        }),
    ]);
}

#[test]
fn the_operator_takes_nothing_from_a_worker_that_lives() {
    let lives = "no worker loses its claim that renews its Lease";
    let took = "no worker loses as untaken what it says that it has taken";
    check_all([
        (lives, |story| {
            story.renew(&[0, 10, 20, 30]);
            story.claim(1, OPERATOR, "boot-1");
            story.end(35, OPERATOR, Outcome::Lost);
        }),
        // Another process was in the pod before it.
        (lives, |story| {
            story.lease(0, "boot-0", "");
            story.lease(1, "boot-1", "");
            story.claim(2, OPERATOR, "boot-1");
            story.end(3, OPERATOR, Outcome::Lost);
        }),
        // Its silence was over when the API server can have been asked.
        (lives, |story| {
            story.renew(&[0, 5, 36, 46, 56]);
            story.claim(1, OPERATOR, "boot-1");
            story.end(57, OPERATOR, Outcome::Lost);
        }),
        ("nobody holds a claim who never had a Lease", |story| {
            story.lease(0, "boot-0", "");
            story.claim(1, OPERATOR, "boot-1");
            story.end(50, OPERATOR, Outcome::Lost);
        }),
        (took, |story| {
            story.lease(0, "boot-1", "");
            story.claim(1, OPERATOR, "boot-1");
            story.lease(20, "boot-1", &format!("uid-0/3 {UID}/1"));
            story.write(22, OPERATOR, life::untaken);
        }),
        ("no claim goes back as untaken before there was time to take it", |story| {
            story.lease(0, "boot-1", "");
            story.claim(1, OPERATOR, "boot-1");
            story.write(20, OPERATOR, life::untaken);
        }),
        ("the operator says of no letter that it failed", |story| {
            story.claim(1, OPERATOR, "boot-1");
            story.end(2, OPERATOR, Outcome::Failed);
        }),
    ]);
}

#[test]
fn nobody_ends_what_is_not_theirs_or_without_a_reason() {
    check_all([
        ("nobody completes what nobody holds", |story| story.succeed(1, "boot-1", text(UID, 0, "boot-1"))),
        ("nobody but the operator writes what another process holds", |story| {
            story.claim(1, "boot-1", "boot-1");
            story.write(2, "boot-2", life::released);
        }),
        ("nobody but the operator claims in the name of another", |story| story.claim(1, "boot-2", "boot-1")),
        ("only the process that holds the claim completes a request", |story| {
            story.claim(1, "boot-1", "boot-1");
            story.succeed(2, OPERATOR, text(UID, 1, "boot-1"));
        }),
        ("the letter is that of the claimed attempt", |story| {
            story.claim(1, "boot-1", "boot-1");
            story.succeed(2, "boot-1", text(UID, 2, "boot-1"));
        }),
        ("only the operator says that an attempt is lost", |story| {
            story.claim(1, "boot-1", "boot-1");
            story.end(2, "boot-1", Outcome::Lost);
        }),
        ("each attempt that ends is on record", |story| {
            story.claim(1, "boot-1", "boot-1");
            story.write(2, "boot-1", |request, now| CoverLetterRequestStatus {
                attempts: Vec::new(),
                ..life::released(request, now)
            });
        }),
        ("nothing is cancelled that nobody wants stopped", |story| story.write(1, OPERATOR, life::cancelled)),
        ("nothing is late before its deadline", |story| {
            story.fail(DEADLINE - 1, OPERATOR, RequestReason::DeadlineExceeded);
        }),
        ("nothing is late before its deadline", |story| {
            story.claim(1, "boot-fast", "boot-fast");
            story.fail(DEADLINE - 6, "boot-fast", RequestReason::DeadlineExceeded);
        }),
        ("nothing fails without an attempt, unless it is late", |story| {
            story.fail(1, OPERATOR, RequestReason::AttemptsExhausted);
        }),
        ("nothing fails before its last attempt", |story| {
            story.claim(1, "boot-1", "boot-1");
            story.write(2, "boot-1", |request, now| life::attempt_ended(request, Outcome::Failed, "", 1, now));
        }),
    ]);
}

#[test]
fn what_was_said_of_a_request_stays() {
    check_all([
        ("no attempt on record is lost or changed", |story| {
            story.claim(1, "boot-1", "boot-1");
            story.end(2, "boot-1", Outcome::Failed);
            story.edit(3, OPERATOR, |request| request.status.as_mut().expect("it has one").attempts.clear());
        }),
        ("a new request has no status", |story| {
            story.claim(1, "boot-1", "boot-1");
            story.edit(2, "site", |request| request.metadata.uid = Some("uid-2".to_owned()));
        }),
        ("what is claimed has waited", |story| {
            let claimant = claimant("boot-1");
            story.write(1, "boot-1", |request, now| CoverLetterRequestStatus {
                state: Some(State::Queued),
                ..life::claimed(request, &claimant, now)
            });
        }),
        ("what completes a request is its last claim", |story| {
            story.claim(1, "boot-1", "boot-1");
            story.write(2, "boot-1", |request, now| CoverLetterRequestStatus {
                state: Some(State::Succeeded),
                claim: None,
                ..life::released(request, now)
            });
        }),
        ("no more attempts count than are permitted", |story| {
            for second in 1..=i64::from(LAST) + 1 {
                let mut copy = story.request.clone();
                copy.status = Some(life::claimed(&copy, &claimant("boot-1"), timestamp(second * 1_000)));
                let ended = life::attempt_ended(&copy, Outcome::Failed, "", LAST + 2, timestamp(second * 1_000));
                story.write(second, OPERATOR, |request, now| CoverLetterRequestStatus {
                    attempts: ended.attempts,
                    ..life::queued(request, now)
                });
            }
        }),
        ("no attempt begins after the last one", |story| {
            for second in [1, 3] {
                story.claim(second, "boot-1", "boot-1");
                story.write(second + 1, "boot-1", |request, now| {
                    life::attempt_ended(request, Outcome::Failed, "", LAST + 1, now)
                });
            }
            story.claim(5, "boot-1", "boot-1");
        }),
        ("no claim is taken from somebody who holds it", |story| {
            story.claim(1, "boot-1", "boot-1");
            story.claim(2, OPERATOR, "boot-2");
        }),
        ("no spec changes", |story| story.edit(1, "site", |request| request.spec.job.title.push('s'))),
        ("no wish to stop is taken back", |story| {
            story.edit(1, "site", |request| request.spec.cancel_requested = true);
            story.edit(2, "site", |request| request.spec.cancel_requested = false);
        }),
        ("no request is removed while a worker writes it", |story| {
            story.claim(1, "boot-1", "boot-1");
            story.remove(2);
        }),
        ("no request is removed before its end, unless its owner wants that", |story| story.remove(1)),
    ]);
}

#[test]
fn when_nothing_goes_wrong_a_letter_takes_one_attempt() {
    let tale = |story: &mut Story<'_>| {
        story.claim(1, "boot-1", "boot-1");
        story.write(2, "boot-1", life::released);
        story.claim(3, "boot-1", "boot-1");
        story.succeed(4, "boot-1", text(UID, 2, "boot-1"));
    };
    assert_eq!(said(false, tale), "");
    assert_eq!(said(true, tale), "when nothing goes wrong the first attempt writes the letter");
}
