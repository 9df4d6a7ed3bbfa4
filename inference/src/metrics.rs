//! The metrics of a worker. Names follow the OpenTelemetry conventions for generative AI where these have one.

mod page;
pub mod reading;

use std::time::Duration;

use crds::CoverLetterRequest;
use metrics::{Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};

pub use page::Page;

const FIRST_TOKEN: &str = "gen_ai_server_time_to_first_token_seconds";
const PER_TOKEN: &str = "gen_ai_server_time_per_output_token_seconds";
const DURATION: &str = "gen_ai_server_request_duration_seconds";
const TOKENS: &str = "gen_ai_client_token_usage";
const BETWEEN: &str = "coverletter_worker_inter_token_seconds";
const SLOTS: &str = "coverletter_worker_slots";
const ACTIVE: &str = "coverletter_worker_slots_active";
const CLAIMS: &str = "coverletter_worker_claims_total";
const CONFLICTS: &str = "coverletter_worker_claim_conflicts_total";
const CLAIM_WAIT: &str = "coverletter_worker_claim_wait_seconds";
const FINISHES: &str = "coverletter_worker_finishes_total";
const RETRIES: &str = "coverletter_worker_report_retries_total";
const WATCHERS: &str = "coverletter_worker_stream_watchers";
const EXPORTS: &str = "coverletter_worker_trace_exports_total";
const SERVER_BUSY: &str = "coverletter_worker_server_busy_total";

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
        .set_buckets_for_metric(Matcher::Full(PER_TOKEN.to_owned()), TOKEN_SECONDS)?
        .set_buckets_for_metric(Matcher::Full(BETWEEN.to_owned()), TOKEN_SECONDS)?
        .set_buckets_for_metric(Matcher::Full(TOKENS.to_owned()), TOKEN_NUMBERS)?
        .install_recorder()?;
    describe();
    Ok(Page::new(handle))
}

fn describe() {
    describe_histogram!(FIRST_TOKEN, "Time from the claim to the first token of a letter.");
    describe_histogram!(PER_TOKEN, "Mean time between two tokens of a letter, one value a letter.");
    describe_histogram!(BETWEEN, "Time between two tokens of a letter, one value a token.");
    describe_histogram!(DURATION, "Time from the claim to the report, by what became of the letter.");
    describe_histogram!(TOKENS, "Tokens read (input) and written (output) by finished letters, one value a letter.");
    describe_gauge!(SLOTS, "Letters that this worker writes at the same time at most.");
    describe_gauge!(ACTIVE, "Letters that this worker writes now.");
    describe_counter!(CLAIMS, "Requests claimed.");
    describe_counter!(CONFLICTS, "Claims that somebody else was quicker to make.");
    describe_histogram!(CLAIM_WAIT, "Time from the creation of a request to its first claim.");
    describe_counter!(FINISHES, "Claimed requests that came to an end here, by what became of them.");
    describe_counter!(RETRIES, "Reports that had to be written again because the API server was away.");
    describe_gauge!(WATCHERS, "Readers that follow a letter now.");
    describe_counter!(EXPORTS, "Tries to deliver traces to the collector, by whether it took them.");
    describe_counter!(SERVER_BUSY, "Times that the model server had no time for a completion (429 or 503).");
    for count in [CLAIMS, CONFLICTS, RETRIES, SERVER_BUSY] {
        counter!(count).absolute(0);
    }
    gauge!(WATCHERS).set(0.0);
}

/// Sets how many letters the worker writes at most, and now.
pub fn slots(slots: usize, active: usize) {
    gauge!(SLOTS).set(slots as f64);
    gauge!(ACTIVE).set(active as f64);
}

/// Counts a claim. The wait since creation counts for the first attempt only: later ones include a backoff.
pub fn claimed(request: &CoverLetterRequest) {
    counter!(CLAIMS).increment(1);
    let claim = request.status.as_ref().and_then(|status| status.claim.as_ref());
    if let (Some(claim), Some(created)) = (claim.filter(|claim| claim.attempt == 1), request.created()) {
        histogram!(CLAIM_WAIT).record(claim.acquire_time.0.duration_since(created).as_secs_f64().max(0.0));
    }
}

/// Counts a claim that another worker was quicker to make.
pub fn conflict() {
    counter!(CONFLICTS).increment(1);
}

/// Counts a report that failed and is tried again.
pub fn report_retried() {
    counter!(RETRIES).increment(1);
}

/// Counts a completion that the model server had no time for.
pub fn server_busy() {
    counter!(SERVER_BUSY).increment(1);
}

/// Sets how many readers follow letters now.
pub fn watchers(count: usize) {
    gauge!(WATCHERS).set(count as f64);
}

/// Counts a batch of traces.
pub fn exported(is_delivered: bool) {
    counter!(EXPORTS, "outcome" => if is_delivered { "Delivered" } else { "Failed" }).increment(1);
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
        Self(histogram!(BETWEEN, &labels(model)))
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
    histogram!(FIRST_TOKEN, &labels).record(pace.first_token);
    if pace.completion_tokens > 1 {
        histogram!(PER_TOKEN, &labels).record(pace.rest / (pace.completion_tokens - 1) as f64);
    }
    let [operation, provider, model] = labels;
    for (kind, tokens) in [("input", pace.prompt_tokens), ("output", pace.completion_tokens)] {
        let kind = ("gen_ai_token_type", kind.to_owned());
        histogram!(TOKENS, &[operation.clone(), provider.clone(), model.clone(), kind]).record(tokens as f64);
    }
}

/// Counts a claimed request that ended in this worker for `reason` after `seconds`.
pub fn finished(reason: &'static str, seconds: f64) {
    counter!(FINISHES, "reason" => reason).increment(1);
    histogram!(DURATION, "gen_ai_operation_name" => "chat", "reason" => reason).record(seconds);
}
