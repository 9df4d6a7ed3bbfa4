//! The one file that writes requests to the API server: it claims them and reports their outcomes.
//!
//! Every write replaces the status with the `resourceVersion` that was read (compare and swap), so of two writers exactly
//! one succeeds. A finished attempt is reported under its (uid, attempt): after a conflict the request is read again, and
//! the report is tried again only if the request is still in this very attempt. A letter takes two writes: the claim and
//! the report.

use std::time::Duration;

use cluster::{Backoff, Chain};
use crds::life::{self, Claimant};
use crds::request::Claim;
use crds::{CoverLetterRequest, CoverLetterRequestStatus};
use jiff::Timestamp;
use kube::api::PostParams;
use kube::{Api, Client};
use thiserror::Error;
use tokio::time::Instant;

use crate::metrics;
use crate::queue;
use crate::report::{self, Answer, Hold, Outcome, Reported};

/// Longest wait for one answer of the API server, whose own limit for a status write is far lower.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// First pause after a report that failed.
const RETRY_FIRST: Duration = Duration::from_millis(100);
/// Longest pause between two tries: a letter should appear soon after the API server is back.
const RETRY_LONGEST: Duration = Duration::from_secs(2);

/// Why a claim or a report failed.
#[derive(Debug, Error)]
pub enum ClaimError {
    /// The API server refused the call or could not be reached.
    #[error("failed to {call} request `{name}`")]
    Call {
        /// What was tried: `claim`, `report`, `read`.
        call: &'static str,
        /// Name of the request.
        name: String,
        /// What the API server or the connection said.
        #[source]
        source: kube::Error,
    },
    /// No answer came; the write may or may not have happened.
    #[error("failed to {call} request `{name}`: no answer within {} s", CALL_TIMEOUT.as_secs())]
    Silent {
        /// What was tried.
        call: &'static str,
        /// Name of the request.
        name: String,
    },
}

impl ClaimError {
    /// Status code of the refusal, if the API server answered.
    fn code(&self) -> Option<u16> {
        match self {
            Self::Call { source: kube::Error::Api(status), .. } => Some(status.code),
            _ => None,
        }
    }

    /// Whether the same call may succeed later: the API server was away, overloaded or did not know our token.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        report::is_passing(self.code())
    }
}

/// A request that this process holds. Made only by a successful claim and used up by its report.
#[derive(Debug)]
pub struct Claimed {
    request: CoverLetterRequest,
    uid: String,
    attempt: i32,
    /// When it was claimed, by the clock of this process.
    since: Instant,
    is_shown: bool,
}

impl Claimed {
    fn new(request: CoverLetterRequest, since: Instant, is_shown: bool) -> Self {
        let uid = request.metadata.uid.clone().unwrap_or_default();
        let attempt = life::attempt(&request);
        metrics::claimed(&request);
        Self { request, uid, attempt, since, is_shown }
    }

    /// Whether the watch has shown that this process holds it; else it may only be late.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.is_shown
    }

    /// The request as it was when it was claimed.
    #[must_use]
    pub fn request(&self) -> &CoverLetterRequest {
        &self.request
    }

    /// Name of the request.
    #[must_use]
    pub fn name(&self) -> &str {
        self.request.metadata.name.as_deref().unwrap_or_default()
    }

    /// Uid of the request.
    #[must_use]
    pub fn uid(&self) -> &str {
        &self.uid
    }

    /// Number of the claimed attempt; with the uid the fencing token.
    #[must_use]
    pub fn attempt(&self) -> i32 {
        self.attempt
    }

    /// Name of the pod that claimed it.
    #[must_use]
    pub fn worker(&self) -> &str {
        self.claim().map_or("", |claim| claim.worker.as_str())
    }

    /// When this attempt was claimed.
    #[must_use]
    pub fn since(&self) -> Option<Timestamp> {
        self.claim().map(|claim| claim.acquire_time.0)
    }

    /// How long ago it was claimed, as far as this process has seen, whatever other clocks say.
    #[must_use]
    pub fn held_for(&self) -> Duration {
        self.since.elapsed()
    }

    /// The time by the clock of whoever wrote the claim, so that all times of an attempt are of one clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.since().and_then(|since| since.checked_add(self.held_for()).ok()).unwrap_or_else(Timestamp::now)
    }

    fn claim(&self) -> Option<&Claim> {
        self.request.status.as_ref()?.claim.as_ref()
    }
}

/// Claims requests and reports their outcomes, in the name of one start of one worker.
#[derive(Clone, Debug)]
pub struct Claims {
    api: Api<CoverLetterRequest>,
    claimant: Claimant,
    max_attempts: i32,
}

impl Claims {
    /// Claims requests of `namespace` as `claimant`; a request fails for good after `max_attempts` failed attempts.
    #[must_use]
    pub fn new(client: Client, namespace: &str, claimant: Claimant, max_attempts: i32) -> Self {
        Self { api: Api::namespaced(client, namespace), claimant, max_attempts }
    }

    /// What this process writes into its claims.
    #[must_use]
    pub fn claimant(&self) -> &Claimant {
        &self.claimant
    }

    /// Claims `request` as it was last seen; `None` when another worker was quicker or the request is gone.
    ///
    /// # Errors
    /// When the API server refused the write for another reason or did not answer. In the second case the claim may have
    /// succeeded; the watch then shows it, see [`Claims::take`].
    pub async fn try_claim(&self, request: &CoverLetterRequest) -> Result<Option<Claimed>, ClaimError> {
        let (status, since) = (life::claimed(request, &self.claimant, Timestamp::now()), Instant::now());
        match self.replace("claim", request, status).await {
            Ok(claimed) => Ok(Some(Claimed::new(claimed, since, false))),
            Err(error) if matches!(error.code(), Some(404 | 409)) => {
                metrics::conflict();
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Takes the claim on a request that the watch shows, and first showed at `since`, as claimed by this very process: the
    /// operator wrote it, or the answer to a claim of its own was lost. `None` when the claim does not stand any more.
    ///
    /// # Errors
    /// When the API server does not show the request, of which the watch has no texts.
    pub async fn take(&self, request: &CoverLetterRequest, since: Instant) -> Result<Option<Claimed>, ClaimError> {
        let read = self.read(request.metadata.name.as_deref().unwrap_or_default()).await?;
        Ok(read.filter(|read| queue::is_held_by(read, &self.claimant)).map(|read| Claimed::new(read, since, true)))
    }

    /// Reports the outcome of `claimed`, and tries until `give_up` while the API server is away or does not permit it, as
    /// long as the claim stands.
    ///
    /// `seen` is the request as the watch last showed it; it saves a conflict if it shows this attempt.
    /// When the API server refuses a report for good, another one says so, so that the request does not stay Running. When
    /// it refuses that too, both are tried again: what refuses may be a policy that somebody mends.
    ///
    /// # Errors
    /// When no report succeeded until `give_up`.
    pub async fn finish(
        &self,
        claimed: &Claimed,
        seen: Option<&CoverLetterRequest>,
        outcome: Outcome,
        give_up: Timestamp,
    ) -> Result<Reported, ClaimError> {
        let seen = seen.filter(|seen| self.hold(claimed).stands(seen)).unwrap_or(&claimed.request);
        let refused = Outcome::Failed("The result was refused by the API server.".to_owned());
        let mut backoff = Backoff::doubling(RETRY_FIRST, RETRY_LONGEST);
        loop {
            for outcome in [&outcome, &refused] {
                let error = match self.report(claimed, seen, outcome, give_up).await {
                    Err(error) if !report::is_worth_another_try(error.code()) && Timestamp::now() < give_up => error,
                    result => return result,
                };
                tracing::error!(request.name = claimed.name(), error = %Chain(&error), "API server refused the report of request `{}`", claimed.name());
            }
            metrics::report_retried();
            backoff.rest().await;
        }
    }

    async fn report(
        &self,
        claimed: &Claimed,
        seen: &CoverLetterRequest,
        outcome: &Outcome,
        give_up: Timestamp,
    ) -> Result<Reported, ClaimError> {
        let mut seen = Some(seen.clone());
        let mut backoff = Backoff::doubling(RETRY_FIRST, RETRY_LONGEST);
        loop {
            let error = match self.report_once(claimed, &mut seen, outcome).await {
                Ok(Some(reported)) => return Ok(reported),
                Ok(None) => continue,
                Err(error) => error,
            };
            if !report::is_worth_another_try(error.code()) || Timestamp::now() >= give_up {
                return Err(error);
            }
            metrics::report_retried();
            tracing::warn!(request.name = claimed.name(), error = %Chain(&error), "Could not report request `{}`, trying again", claimed.name());
            backoff.rest().await;
            // The write may have succeeded although no answer came: read the request before the next one.
            seen = None;
        }
    }

    /// One step towards the report: reads the request if `seen` is empty, else writes the status. `None`: not done yet.
    async fn report_once(
        &self,
        claimed: &Claimed,
        seen: &mut Option<CoverLetterRequest>,
        outcome: &Outcome,
    ) -> Result<Option<Reported>, ClaimError> {
        let Some(request) = seen.take() else {
            let request = self.read(claimed.name()).await?;
            let reported = self.hold(claimed).reported(request.as_ref(), outcome);
            *seen = request;
            return Ok(reported);
        };
        let Some(status) = report::status(&request, outcome, self.max_attempts, claimed.now()) else {
            return Ok(Some(Reported::Discarded));
        };
        let written = self.replace("report", &request, status).await;
        match report::answer(written.as_ref().map(CoverLetterRequest::state).map_err(ClaimError::code)) {
            Answer::Ended(reported) => Ok(Some(reported)),
            Answer::Changed => Ok(None),
            Answer::Failed => written.map(|_| None),
        }
    }

    /// The claim, by what tells it from every other.
    #[must_use]
    pub fn hold<'a>(&'a self, claimed: &'a Claimed) -> Hold<'a> {
        Hold { uid: claimed.uid(), attempt: claimed.attempt, claimant: &self.claimant }
    }

    async fn replace(
        &self,
        call: &'static str,
        request: &CoverLetterRequest,
        status: CoverLetterRequestStatus,
    ) -> Result<CoverLetterRequest, ClaimError> {
        let name = request.metadata.name.clone().unwrap_or_default();
        let mut request = request.clone();
        request.metadata.managed_fields = None;
        request.status = Some(status);
        let params = PostParams::default();
        answer(call, &name, self.api.replace_status(&name, &params, &request)).await
    }

    async fn read(&self, name: &str) -> Result<Option<CoverLetterRequest>, ClaimError> {
        answer("read", name, self.api.get_opt(name)).await
    }
}

async fn answer<T>(
    call: &'static str,
    name: &str,
    future: impl Future<Output = kube::Result<T>>,
) -> Result<T, ClaimError> {
    match tokio::time::timeout(CALL_TIMEOUT, future).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(source)) => Err(ClaimError::Call { call, name: name.to_owned(), source }),
        Err(_) => Err(ClaimError::Silent { call, name: name.to_owned() }),
    }
}
