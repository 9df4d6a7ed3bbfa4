//! The metrics of a worker. Names follow the OpenTelemetry conventions for generative AI where these have one.

mod page;
pub mod reading;

use std::time::Duration;

use crds::metrics::{
    ACTIVE, BETWEEN, CLAIM_WAIT, CLAIMS, CONFLICTS, DURATION, EXPORTS, FINISHES, FIRST_TOKEN, PER_TOKEN, RETRIES,
    SERVER_BUSY, SLOTS, TOKENS, UNWRITTEN, WATCHERS, WORKER,
};
use crds::{CoverLetterRequest, RequestReason};
use metrics::{Histogram, counter, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};

pub use page::Page;

/// From a fast token of a small model to the first token of a large one on a busy machine.
const SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0, 600.0];
/// The conventions' bounds for a token, and finer ones below: small models write one in less than 10 ms.
const TOKEN_SECONDS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5];
/// The conventions' bounds for a number of tokens, as far as a context reaches.
const TOKEN_NUMBERS: &[f64] = &[1.0, 4.0, 16.0, 64.0, 256.0, 1_024.0, 4_096.0, 16_384.0, 65_536.0, 262_144.0];

/// Installs the recorder of the process and returns its page.
///
/// # Errors
/// When the process already has a recorder.
pub fn start() -> Result<Page, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Full(PER_TOKEN.name.to_owned()), TOKEN_SECONDS)?
        .set_buckets_for_metric(Matcher::Full(BETWEEN.name.to_owned()), TOKEN_SECONDS)?
        .set_buckets_for_metric(Matcher::Full(TOKENS.name.to_owned()), TOKEN_NUMBERS)?
        .install_recorder()?;
    cluster::describe(WORKER);
    watchers(0);
    // A first failure is an increase only if there was a zero before it.
    for reason in [RequestReason::Written].into_iter().chain(UNWRITTEN) {
        counter!(FINISHES.name, "reason" => reason.as_str()).absolute(0);
    }
    Ok(Page::new(handle))
}

/// Sets how many letters the worker writes at most, and now.
pub fn slots(slots: usize, active: usize) {
    gauge!(SLOTS.name).set(slots as f64);
    gauge!(ACTIVE.name).set(active as f64);
}

/// Counts a claim. The wait since creation counts for the first attempt only: later ones include a backoff.
pub fn claimed(request: &CoverLetterRequest) {
    counter!(CLAIMS.name).increment(1);
    let claim = request.status.as_ref().and_then(|status| status.claim.as_ref());
    if let (Some(claim), Some(created)) = (claim.filter(|claim| claim.attempt == 1), request.created()) {
        histogram!(CLAIM_WAIT.name).record(claim.acquire_time.0.duration_since(created).as_secs_f64().max(0.0));
    }
}

/// Counts a claim that another worker was quicker to make.
pub fn conflict() {
    counter!(CONFLICTS.name).increment(1);
}

/// Counts a report that failed and is tried again.
pub fn report_retried() {
    counter!(RETRIES.name).increment(1);
}

/// Counts a completion that the model server had no time for.
pub fn server_busy() {
    counter!(SERVER_BUSY.name).increment(1);
}

/// Sets how many readers follow letters now.
pub fn watchers(count: usize) {
    gauge!(WATCHERS.name).set(count as f64);
}

/// Counts a batch of traces.
pub fn exported(is_delivered: bool) {
    counter!(EXPORTS.name, "outcome" => if is_delivered { "Delivered" } else { "Failed" }).increment(1);
}

/// Labels that the conventions require for every metric of a model.
fn labels(model: &str) -> [(&'static str, String); 3] {
    [
        ("gen_ai_operation_name", "chat".to_owned()),
        ("gen_ai_provider_name", "coverletter".to_owned()),
        ("gen_ai_request_model", model.to_owned()),
    ]
}

/// Records the time between the tokens of one letter.
pub struct Between(Histogram);

impl Between {
    /// A recorder for a letter that `model` writes.
    #[must_use]
    pub fn tokens_of(model: &str) -> Self {
        Self(histogram!(BETWEEN.name, &labels(model)))
    }

    /// Records that `tokens` more tokens were written `gap` after the previous ones.
    pub fn record(&self, gap: Duration, tokens: usize) {
        self.0.record_many(gap.as_secs_f64() / tokens.max(1) as f64, tokens);
    }
}

/// The pace at which a letter was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Seconds from the claim to the first token.
    pub first_token: f64,
    /// Seconds from the first to the last token.
    pub rest: f64,
    /// Tokens read.
    pub prompt_tokens: usize,
    /// Tokens written.
    pub completion_tokens: usize,
}

/// Records a letter that `model` wrote at `pace`.
pub fn written(model: &str, pace: Pace) {
    let labels = labels(model);
    histogram!(FIRST_TOKEN.name, &labels).record(pace.first_token);
    if pace.completion_tokens > 1 {
        histogram!(PER_TOKEN.name, &labels).record(pace.rest / (pace.completion_tokens - 1) as f64);
    }
    let [operation, provider, model] = labels;
    for (kind, tokens) in [("input", pace.prompt_tokens), ("output", pace.completion_tokens)] {
        let kind = ("gen_ai_token_type", kind.to_owned());
        histogram!(TOKENS.name, &[operation.clone(), provider.clone(), model.clone(), kind]).record(tokens as f64);
    }
}

/// Counts a claimed request that ended in this worker for `reason` after `seconds`.
pub fn finished(reason: &'static str, seconds: f64) {
    counter!(FINISHES.name, "reason" => reason).increment(1);
    histogram!(DURATION.name, "gen_ai_operation_name" => "chat", "reason" => reason).record(seconds);
}
