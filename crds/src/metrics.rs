//! The metrics of all programs. Their names are an interface: alerts and dashboards, ours and other people's, name them.

use std::fmt;

use crate::RequestReason;

/// Ends of requests that leave a student without a letter of the model, as [`FINISHES`] counts them and an alert asks for.
pub const UNWRITTEN: [RequestReason; 3] =
    [RequestReason::PlainForm, RequestReason::EmptyLetter, RequestReason::DeadlineExceeded];

/// What a metric counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Sorts values into buckets; it has the series `_bucket`, `_sum` and `_count`.
    Histogram,
}

/// One metric. It prints as its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What it counts.
    pub kind: Kind,
    /// Its labels besides those that name the pod.
    pub labels: &'static [&'static str],
    /// What it says, as a sentence.
    pub help: &'static str,
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Counter, labels, help }
}

const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Gauge, labels, help }
}

const fn histogram(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Histogram, labels, help }
}

/// Declares metrics, and the list of all that one program has.
macro_rules! metrics {
    ($(#[$about:meta])* $all:ident { $($name:ident = $metric:expr;)+ }) => {
        $(#[doc = "See its help."] pub const $name: Metric = $metric;)+
        $(#[$about])* pub const $all: &[Metric] = &[$($name),+];
    };
}

/// Labels that name an app.
const APP: &[&str] = &["namespace", "app"];
/// Labels that the conventions of OpenTelemetry require for every metric of a model.
const MODEL: &[&str] = &["gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model"];

metrics! {
    /// Metrics of the operator. What it says about apps is said by the replica that leads.
    OPERATOR {
        LEADER = gauge("coverletter_operator_leader", &[], "Whether this replica leads.");
        RECONCILES = counter("coverletter_operator_reconciles_total", &["outcome"], "Reconciliations of apps, by outcome.");
        WRITES = counter("coverletter_operator_writes_total", &["verb", "kind"], "Objects that the operator changed.");
        ACTIONS = counter("coverletter_operator_requests_total", &["action"], "Requests that the operator acted on, by what it did.");
        BINDINGS = counter("coverletter_operator_bindings_total", &["outcome"], "Requests that the operator handed to workers: Bound, Conflict when somebody else changed them meanwhile, or Failed.");
        CONDITION = gauge("coverletter_app_condition", &["namespace", "app", "type", "status", "reason"], "1 for the status and reason that each condition of an app has now.");
        REQUESTS = gauge("coverletter_app_requests", &["namespace", "app", "state"], "Requests in the cluster, by state.");
        OLDEST = gauge("coverletter_app_oldest_queued_seconds", APP, "Age of the oldest request that waits for a worker; 0 when none waits.");
        PODS_DESIRED = gauge("coverletter_app_inference_pods_desired", APP, "Inference pods that the last decision asked for.");
        PODS_READY = gauge("coverletter_app_inference_pods_ready", APP, "Inference pods that can write.");
        PODS_MAX = gauge("coverletter_app_inference_pods_max", APP, "Inference pods that `inference.scaling.maxReplicas` permits.");
        LAST_BACKUP = gauge("coverletter_app_last_backup_timestamp_seconds", APP, "When the last backup that was proven by restoring it was finished; 0 when there is none.");
    }
}

metrics! {
    /// Metrics of an inference pod. Names follow the OpenTelemetry conventions for generative AI where these have one.
    WORKER {
        FIRST_TOKEN = histogram("gen_ai_server_time_to_first_token_seconds", MODEL, "Time from the claim to the first token of a letter.");
        PER_TOKEN = histogram("gen_ai_server_time_per_output_token_seconds", MODEL, "Mean time between two tokens of a letter, one value a letter.");
        DURATION = histogram("gen_ai_server_request_duration_seconds", &["gen_ai_operation_name", "reason"], "Time from the claim to the report, by what became of the letter.");
        TOKENS = histogram("gen_ai_client_token_usage", &["gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model", "gen_ai_token_type"], "Tokens read (input) and written (output) by finished letters, one value a letter.");
        BETWEEN = histogram("coverletter_worker_inter_token_seconds", MODEL, "Time between two tokens of a letter, one value a token.");
        SLOTS = gauge("coverletter_worker_slots", &[], "Letters that this worker writes at the same time at most.");
        ACTIVE = gauge("coverletter_worker_slots_active", &[], "Letters that this worker writes now.");
        CLAIMS = counter("coverletter_worker_claims_total", &[], "Requests claimed.");
        CONFLICTS = counter("coverletter_worker_claim_conflicts_total", &[], "Claims that somebody else was quicker to make.");
        CLAIM_WAIT = histogram("coverletter_worker_claim_wait_seconds", &[], "Time from the creation of a request to its first claim.");
        FINISHES = counter("coverletter_worker_finishes_total", &["reason"], "Claimed requests that came to an end here, by what became of them.");
        RETRIES = counter("coverletter_worker_report_retries_total", &[], "Reports that had to be written again because the API server was away or refused them.");
        WATCHERS = gauge("coverletter_worker_stream_watchers", &[], "Readers that follow a letter now.");
        EXPORTS = counter("coverletter_worker_trace_exports_total", &["outcome"], "Tries to deliver traces to the collector, by whether it took them.");
        SERVER_BUSY = counter("coverletter_worker_server_busy_total", &[], "Times that the model server had no time for a completion (429 or 503).");
    }
}

metrics! {
    /// Metrics of an inference pod whose model it computes itself.
    COMPUTED {
        STEPS = counter("coverletter_model_steps_total", &[], "Steps of the model.");
        STEP_ROWS = counter("coverletter_model_step_rows_total", &[], "Letters that took part in a step, summed over all steps.");
        PREFILL_TOKENS = counter("coverletter_model_prefill_tokens_total", &[], "Tokens of prompts that the model computed.");
        PREFIX_TOKENS = counter("coverletter_model_prefix_tokens_total", &[], "Tokens of prompts that the model knew already.");
        PREFILL_SECONDS = counter("coverletter_model_prefill_seconds_total", &[], "Time in steps that read a prompt.");
        DECODE_TOKENS = counter("coverletter_model_decode_tokens_total", &[], "Tokens written in steps that read no prompt.");
        DRAFTED_TOKENS = counter("coverletter_model_drafted_tokens_total", &[], "Tokens that were guessed before they were drawn.");
        DRAWN_TOKENS = counter("coverletter_model_drawn_tokens_total", &[], "Guessed tokens that were drawn.");
        DECODE_SECONDS = counter("coverletter_model_decode_seconds_total", &[], "Time in steps that read no prompt.");
        ROWS = gauge("coverletter_model_rows", &[], "Letters in the model now.");
        WAITING = gauge("coverletter_model_waiting", &[], "Letters that wait for a place in the model.");
        KV_TOKENS = gauge("coverletter_model_kv_tokens", &[], "Tokens that the KV caches hold now.");
        KV_TOKENS_MAX = gauge("coverletter_model_kv_tokens_max", &[], "Tokens that the KV caches can hold.");
    }
}

metrics! {
    /// Metrics of an inference pod whose model a server computes.
    SERVED {
        SERVER_UP = gauge("coverletter_server_up", &[], "Whether the model server can be asked.");
    }
}

metrics! {
    /// Metrics of a web pod.
    WEB {
        HTTP_REQUESTS = counter("coverletter_web_requests_total", &["method", "route", "status"], "Answered HTTP requests.");
        HTTP_DURATION = histogram("coverletter_web_request_duration_seconds", &["method", "route"], "Time until the head of an answer was there.");
        SUBMITTED = counter("coverletter_web_letters_submitted_total", &[], "Letters that students asked for.");
        FINISHED = counter("coverletter_web_letters_finished_total", &["state"], "Letters whose end this pod stored, by state.");
        IN_LINE = gauge("coverletter_web_letters_in_line", &[], "Letters that wait in the database until the queue has room. Every pod says the same.");
    }
}

/// The metrics of each program, with what to call its pods.
pub const ALL: [(&str, &[Metric]); 5] = [
    ("The operator", OPERATOR),
    ("Inference pods", WORKER),
    ("Inference pods that compute the model", COMPUTED),
    ("Inference pods with a model at a server", SERVED),
    ("Web pods", WEB),
];

#[cfg(test)]
mod tests {
    use super::{ALL, Kind};

    #[test]
    fn names_end_as_prometheus_expects_and_are_there_once() {
        let mut names: Vec<_> = ALL.iter().flat_map(|(_, metrics)| *metrics).collect();
        for metric in &names {
            assert_eq!(metric.name.ends_with("_total"), metric.kind == Kind::Counter, "{metric}");
            assert!(metric.help.ends_with('.'), "{metric}");
        }
        names.sort_by_key(|metric| metric.name);
        assert!(names.windows(2).all(|pair| pair[0].name != pair[1].name));
    }
}
