//! A letter that a worker writes and reports, step by step.

use std::sync::Arc;

use crds::CoverLetterRequest;
use crds::life::{self, Claimant, Written};
use crds::request::{Model, Usage};
use inference::report::{self, Answer as Report, Hold, Outcome};
use jiff::{SignedDuration, Timestamp};

use crate::server::{Answer, Call, Refusal};

/// First and longest pause after a report that failed, in milliseconds.
const PAUSE: (i64, i64) = (100, 2_000);

/// A letter in hand.
pub struct Letter {
    /// The request as it was when it was claimed.
    pub request: Arc<CoverLetterRequest>,
    /// Name of the request.
    pub name: String,
    /// Uid of the request.
    pub uid: String,
    /// Number of the attempt.
    pub attempt: i32,
    /// When the claim was made or first seen, in milliseconds.
    pub since: i64,
    /// Whether the watch has shown that it is held.
    pub is_shown: bool,
    /// When the model is done, and whether it then fails.
    pub done: (i64, bool),
    report: Option<Reporting>,
}

/// A report that is under way.
struct Reporting {
    outcome: Outcome,
    /// Said in its place once the API server refuses it for good.
    refused: bool,
    first: Arc<CoverLetterRequest>,
    seen: Option<Arc<CoverLetterRequest>>,
    give_up: Timestamp,
    pause: i64,
    /// Whether the last step was to read.
    reads: bool,
}

/// What comes next in a report.
pub enum Next {
    /// This is asked.
    Ask(Call),
    /// It rests for so many milliseconds.
    Rest(i64),
    /// It has ended.
    End,
}

impl Letter {
    /// A letter that was claimed, and begins.
    #[must_use]
    pub fn new(request: Arc<CoverLetterRequest>, since: i64, is_shown: bool, done: (i64, bool)) -> Self {
        let name = request.metadata.name.clone().unwrap_or_default();
        let uid = request.metadata.uid.clone().unwrap_or_default();
        let attempt = life::attempt(&request);
        Self { request, name, uid, attempt, since, is_shown, done, report: None }
    }

    /// Whether it is still written.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.report.is_none()
    }

    /// What tells the claim from every other.
    #[must_use]
    pub fn hold<'a>(&'a self, claimant: &'a Claimant) -> Hold<'a> {
        Hold { uid: &self.uid, attempt: self.attempt, claimant }
    }

    /// What the model made of it. In the place of the last attempt that fails there is a letter in the plain form.
    #[must_use]
    pub fn outcome(&self, claimant: &Claimant, max_attempts: i32) -> Outcome {
        let plain = match (self.done.1, life::is_last_attempt(&self.request, max_attempts)) {
            (true, false) => return Outcome::Failed("The model could not write the letter.".to_owned()),
            (fails, _) => fails.then(|| "the model could not write".to_owned()),
        };
        Outcome::Written(Box::new(Written {
            letter: text(&self.uid, self.attempt, &claimant.boot_id),
            checks: Vec::new(),
            usage: Usage::default(),
            model: Model::default(),
            first_token: None,
            plain,
        }))
    }

    /// Begins to report `outcome`. `seen` is the request as the watch shows it.
    pub fn end(
        &mut self,
        outcome: Outcome,
        seen: Option<&Arc<CoverLetterRequest>>,
        claimant: &Claimant,
        give_up: Timestamp,
    ) {
        let first = seen.filter(|seen| self.hold(claimant).stands(seen)).unwrap_or(&self.request);
        let first = Arc::clone(first);
        let seen = Some(Arc::clone(&first));
        self.report = Some(Reporting { outcome, refused: false, first, seen, give_up, pause: PAUSE.0, reads: false });
    }

    /// The next step of the report, at `now` in milliseconds.
    pub fn next(&mut self, max_attempts: i32, now: i64) -> Next {
        let Some(report) = self.report.as_mut() else { return Next::End };
        report.reads = report.seen.is_none();
        let Some(seen) = report.seen.take() else { return Next::Ask(Call::Read { name: self.name.clone() }) };
        // All times of an attempt are of one clock, that of whoever wrote the claim.
        let claim = self.request.status.as_ref().and_then(|status| status.claim.as_ref());
        let acquired = claim.expect("it is claimed").acquire_time.0;
        let date = acquired + SignedDuration::from_millis(now - self.since);
        let Some(status) = report::status(&seen, &report.said(), max_attempts, date) else { return Next::End };
        Next::Ask(Call::Status {
            name: self.name.clone(),
            uid: seen.metadata.uid.clone(),
            version: seen.metadata.resource_version.clone(),
            status: Some(Box::new(status)),
        })
    }

    /// What the answer to the last step means, at `date` by the clock of the worker.
    pub fn answered(&mut self, answer: Result<Answer, Refusal>, claimant: &Claimant, date: Timestamp) -> Option<Next> {
        let hold = Hold { uid: &self.uid, attempt: self.attempt, claimant };
        let report = self.report.as_mut()?;
        let code = match answer {
            Ok(Answer::Request(request)) if report.reads => {
                if hold.reported(request.as_deref(), &report.said()).is_some() {
                    return Some(Next::End);
                }
                report.seen = request;
                return None;
            }
            Ok(_) => return Some(Next::End),
            Err(refusal) => refusal.code,
        };
        match report::answer(Err(code)) {
            Report::Ended(_) => return Some(Next::End),
            Report::Changed => return None,
            Report::Failed => {}
        }
        if date >= report.give_up {
            return Some(Next::End);
        }
        if !report::is_worth_another_try(code) {
            report.refused = !report.refused;
            report.seen = Some(Arc::clone(&report.first));
            if report.refused {
                return None;
            }
        }
        let pause = report.pause;
        report.pause = (pause * 2).min(PAUSE.1);
        Some(Next::Rest(pause))
    }
}

impl Reporting {
    fn said(&self) -> Outcome {
        if self.refused {
            Outcome::Failed("The result was refused by the API server.".to_owned())
        } else {
            self.outcome.clone()
        }
    }
}

/// The letter that one attempt writes: it says which one it was.
#[must_use]
pub fn text(uid: &str, attempt: i32, boot_id: &str) -> String {
    format!("{} {boot_id}", life::token(uid, attempt))
}
