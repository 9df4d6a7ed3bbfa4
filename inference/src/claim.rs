//! The one file that writes requests to the API server: takes them, and says what became of them.
//!
//! Every write replaces the status with the `resourceVersion` that was read (compare and swap), so of two writers exactly
//! one succeeds. A finished attempt is reported under its (uid, attempt): after a conflict the request is read again, and
//! only if it still is this very attempt the report is tried again. A letter takes two writes: the claim and the report.

use std::time::Duration;

use cluster::{Backoff, Chain};
use crds::life::{self, Claimant};
use crds::{CoverLetterRequest, CoverLetterRequestStatus};
use jiff::Timestamp;
use kube::api::PostParams;
use kube::{Api, Client};
use thiserror::Error;

use crate::metrics;
use crate::queue;
use crate::report::{self, Outcome, Reported};

/// Longest wait for one answer of the API server; its own limit for a status write is far below.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// First pause after a report that did not get through.
const RETRY_FIRST: Duration = Duration::from_millis(100);
/// Longest pause between two tries: a letter should appear soon after the API server is back.
const RETRY_LONGEST: Duration = Duration::from_secs(2);

/// Why a claim or a report did not get through.
#[derive(Debug, Error)]
pub enum ClaimError {
    /// The API server refused the call, or was not reached.
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
    fn status(&self) -> Option<&kube::core::Status> {
        match self {
            Self::Call { source: kube::Error::Api(status), .. } => Some(status),
            _ => None,
        }
    }

    /// Whether the same call may succeed later: the API server was away, overloaded, or did not know our token.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.status().is_none_or(|status| status.code >= 500 || matches!(status.code, 401 | 408 | 429))
    }
}

/// A request that this process holds. Made only by a successful claim and used up by its report.
#[derive(Debug)]
pub struct Claimed {
    request: CoverLetterRequest,
    uid: String,
    attempt: i32,
}

impl Claimed {
    fn new(request: CoverLetterRequest) -> Self {
        let uid = request.metadata.uid.clone().unwrap_or_default();
        let attempt = life::attempt(&request);
        Self { request, uid, attempt }
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

    /// When this attempt was claimed.
    #[must_use]
    pub fn since(&self) -> Option<Timestamp> {
        Some(self.request.status.as_ref()?.claim.as_ref()?.acquire_time.0)
    }
}

/// Takes requests and reports what became of them, in the name of one start of one worker.
#[derive(Clone, Debug)]
pub struct Claims {
    api: Api<CoverLetterRequest>,
    claimant: Claimant,
    max_attempts: i32,
}

impl Claims {
    /// Claims requests of `namespace` as `claimant`; an attempt that fails is the last one after `max_attempts`.
    #[must_use]
    pub fn new(client: Client, namespace: &str, claimant: Claimant, max_attempts: i32) -> Self {
        Self { api: Api::namespaced(client, namespace), claimant, max_attempts }
    }

    /// What this process writes into its claims.
    #[must_use]
    pub fn claimant(&self) -> &Claimant {
        &self.claimant
    }

    /// Claims `request` as it was seen; `None` when somebody else was quicker or it is gone.
    ///
    /// # Errors
    /// When the API server refused the write for another reason or did not answer. The claim may have happened then; the
    /// watch will show it, see [`Claims::taken_unheard`].
    pub async fn try_claim(&self, request: &CoverLetterRequest) -> Result<Option<Claimed>, ClaimError> {
        let status = life::claimed(request, &self.claimant, Timestamp::now());
        match self.replace("claim", request, status).await {
            Ok(claimed) => {
                metrics::claimed(&claimed);
                Ok(Some(Claimed::new(claimed)))
            }
            Err(error) if error.status().is_some_and(|status| status.is_conflict() || status.is_not_found()) => {
                metrics::conflict();
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Takes up a request that the watch shows as claimed by this very process, though no answer to the claim arrived.
    #[must_use]
    pub fn taken_unheard(&self, request: &CoverLetterRequest) -> Option<Claimed> {
        queue::is_held_by(request, &self.claimant).then(|| Claimed::new(request.clone()))
    }

    /// Writes what became of `claimed`, trying until `give_up` while the API server is away.
    ///
    /// `seen` is the request as it was last seen: if it still is this attempt it saves a conflict.
    /// A report that the API server refuses for its content is followed by one that says so, so that the request does
    /// not stay Running.
    ///
    /// # Errors
    /// When nothing got through until `give_up`, or the API server refuses even the refusal.
    pub async fn finish(
        &self,
        claimed: &Claimed,
        seen: Option<&CoverLetterRequest>,
        outcome: Outcome,
        give_up: Timestamp,
    ) -> Result<Reported, ClaimError> {
        let seen = seen.filter(|seen| self.is_ours(claimed, seen)).unwrap_or(&claimed.request);
        match self.report(claimed, seen, &outcome, give_up).await {
            Err(error) if error.status().is_some_and(kube::core::Status::is_invalid) => {
                tracing::error!(request.name = claimed.name(), error = %Chain(&error), "API server refused the report of request `{}`", claimed.name());
                let refused = Outcome::Failed("The result was refused by the API server.".to_owned());
                self.report(claimed, seen, &refused, give_up).await
            }
            result => result,
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
            if !error.is_passing() || Timestamp::now() >= give_up {
                return Err(error);
            }
            metrics::report_retried();
            tracing::warn!(request.name = claimed.name(), error = %Chain(&error), "Tries again to report request `{}`", claimed.name());
            backoff.rest().await;
            // The write may have happened although no answer came: look before the next one.
            seen = None;
        }
    }

    /// One step towards the report: reads the request if it must be `seen` again, else writes. `None`: not done yet.
    async fn report_once(
        &self,
        claimed: &Claimed,
        seen: &mut Option<CoverLetterRequest>,
        outcome: &Outcome,
    ) -> Result<Option<Reported>, ClaimError> {
        let Some(request) = seen.take() else {
            let Some(request) = self.read(claimed.name()).await? else { return Ok(Some(Reported::ThrownAway)) };
            if let Some(reported) = self.standing_after(claimed, &request, outcome) {
                return Ok(Some(reported));
            }
            *seen = Some(request);
            return Ok(None);
        };
        let Some(status) = report::status(&request, outcome, self.max_attempts, Timestamp::now()) else {
            return Ok(Some(Reported::ThrownAway));
        };
        match self.replace("report", &request, status).await {
            Ok(request) => Ok(Some(Reported::Accepted(request.state()))),
            Err(error) => match error.status() {
                Some(status) if status.is_not_found() => Ok(Some(Reported::ThrownAway)),
                Some(status) if status.is_forbidden() => {
                    tracing::error!(request.name = claimed.name(), error = %Chain(&error), "Was not allowed to report request `{}`", claimed.name());
                    Ok(Some(Reported::ThrownAway))
                }
                Some(status) if status.is_conflict() => Ok(None),
                _ => Err(error),
            },
        }
    }

    /// What a request that was read again says about the report: `None` when it still waits for it.
    fn standing_after(&self, claimed: &Claimed, request: &CoverLetterRequest, outcome: &Outcome) -> Option<Reported> {
        if self.is_ours(claimed, request) {
            return None;
        }
        // An earlier try may have been accepted without an answer: then the request already says what we would say.
        let said = is_same_attempt(claimed, request) && report::says(request, outcome);
        Some(if said { Reported::Accepted(request.state()) } else { Reported::ThrownAway })
    }

    fn is_ours(&self, claimed: &Claimed, request: &CoverLetterRequest) -> bool {
        is_same_attempt(claimed, request) && queue::is_held_by(request, &self.claimant)
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

fn is_same_attempt(claimed: &Claimed, request: &CoverLetterRequest) -> bool {
    request.metadata.uid.as_deref() == Some(claimed.uid()) && life::attempt(request) == claimed.attempt
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
