//! Letters as traces: what leaves the process, where it goes, and that no letter waits for it.
#![expect(clippy::disallowed_methods, reason = "spans have the times of the system")]

mod mlflow;
mod receiver;
mod trouble;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use crds::request::State;
use inference::identity::Identity;
use inference::telemetry::{Collector, Headers, LetterAttributes, LetterTrace, Tracer, Traces};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;

use crate::cluster::{APP, Namespace, claimant, eventually};
use crate::script::Script;
use crate::worker::{Running, WORK};
use receiver::Receiver;

/// Longest wait for the last spans.
const END: Duration = Duration::from_mins(1);

/// Every attribute that a span of a letter may have. None of them holds what a person wrote.
const PERMITTED: &[&str] = &[
    "coverletter.attempt",
    "coverletter.outcome",
    "coverletter.request.uid",
    "coverletter.tokens",
    "coverletter.worker",
    "error.type",
    "gen_ai.operation.name",
    "gen_ai.output.type",
    "gen_ai.provider.name",
    "gen_ai.request.max_tokens",
    "gen_ai.request.model",
    "gen_ai.request.seed",
    "gen_ai.request.temperature",
    "gen_ai.request.top_p",
    "gen_ai.response.finish_reasons",
    "gen_ai.response.time_to_first_chunk",
    "gen_ai.system",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
];

fn identity() -> Identity {
    Identity { namespace: "careers".to_owned(), app: APP.to_owned(), claimant: claimant("worker") }
}

fn start(endpoint: &str, headers: &str) -> Traces {
    // As the program does at its start. It fails if another test was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let collector = Collector { endpoint: endpoint.to_owned(), headers: Headers::new(headers) };
    Traces::start(Some(&collector), &identity()).expect("the settings are usable")
}

fn letter(tracer: &Tracer) -> LetterTrace {
    tracer.letter(|| LetterAttributes {
        model: "tiny".to_owned(),
        max_tokens: 600,
        temperature: 0.7,
        top_p: 0.9,
        seed: u64::MAX,
        request_uid: "a-uid".to_owned(),
        attempt: 2,
        worker: "worker".to_owned(),
        claimed: SystemTime::now(),
    })
}

/// Attributes of a span, each value as a short text.
fn attributes(span: &Span) -> BTreeMap<&str, String> {
    let text = |value: &Value| match value {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        Value::DoubleValue(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    let value = |value: &Option<_>| value.clone().and_then(|value: receiver::AnyValue| value.value);
    span.attributes
        .iter()
        .map(|pair| (pair.key.as_str(), value(&pair.value).as_ref().map(text).unwrap_or_default()))
        .collect()
}

/// The span without a parent, and the names of the spans below it in the order of their beginnings.
fn tree(spans: &[Span]) -> (&Span, Vec<&str>) {
    let (roots, mut parts): (Vec<&Span>, Vec<&Span>) = spans.iter().partition(|span| span.parent_span_id.is_empty());
    assert_eq!(roots.len(), 1, "one letter, one trace: {spans:?}");
    assert!(parts.iter().all(|part| part.parent_span_id == roots[0].span_id && part.trace_id == roots[0].trace_id));
    parts.sort_by_key(|part| (part.start_time_unix_nano, part.end_time_unix_nano));
    (roots[0], parts.iter().map(|part| part.name.as_str()).collect())
}

#[tokio::test]
async fn without_a_collector_no_attribute_is_computed() {
    let traces = Traces::start(None, &identity()).expect("no collector is configured");
    let trace = traces.tracer().letter(|| unreachable!("there is no collector"));
    trace.phase("prefill").end();
    trace.end("Written", false);
    traces.end(END).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finished_spans_arrive_with_their_headers_and_their_sender() {
    let receiver = Receiver::start().await;
    let traces = start(&receiver.url, "authorization=Bearer%20geheim,x-mlflow-experiment-id=7");
    let trace = letter(&traces.tracer());
    trace.phase_since("claim", SystemTime::now()).end();
    let reading = trace.phase("prefill");
    trace.finished("stop", 120, 200);
    // A part that is interrupted ends with its letter.
    drop(reading);
    trace.end("AttemptFailed", true);
    traces.end(END).await;

    let exports = receiver.exports();
    assert_eq!(exports[0].headers["authorization"], "Bearer geheim");
    assert_eq!(exports[0].headers["x-mlflow-experiment-id"], "7");
    assert_eq!(exports[0].headers["content-type"], "application/x-protobuf");
    let sender = exports[0].sender();
    for (key, value) in [
        ("service.name", "coverletter-inference"),
        ("service.instance.id", "pod-worker"),
        ("k8s.namespace.name", "careers"),
        ("k8s.pod.name", "worker"),
        ("coverletter.app", APP),
    ] {
        assert_eq!(sender.get(key).map(String::as_str), Some(value), "{key} of {sender:?}");
    }
    let spans = receiver.spans();
    let (whole, parts) = tree(&spans);
    assert_eq!((whole.name.as_str(), parts), ("chat tiny", vec!["claim", "prefill"]));
    let attributes = attributes(whole);
    assert_eq!(attributes["gen_ai.request.seed"], "-1", "all 64 bits arrive, as far as OpenTelemetry has numbers");
    assert_eq!(
        (attributes["error.type"].as_str(), attributes["coverletter.outcome"].as_str()),
        ("AttemptFailed", "AttemptFailed")
    );
    assert_eq!(whole.status.as_ref().map(|status| status.code), Some(2), "an error");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_is_one_trace_that_names_no_person() {
    let (namespace, receiver) = (Namespace::new("traced").await, Receiver::start().await);
    let traces = start(&receiver.url, "");
    let writer = Script::default().writer(WORK.slots).traced_by(traces.tracer());
    let worker = Running::with(&namespace, "worker", writer, WORK);
    let uid = namespace.request("one").await.metadata.uid.expect("a stored request has a uid");
    let status = namespace.in_state("one", State::Succeeded).await.status.expect("it is finished");
    worker.drain().await;
    traces.end(END).await;

    let spans = receiver.spans();
    let (whole, parts) = tree(&spans);
    assert_eq!((whole.name.as_str(), parts), ("chat scripted", vec!["claim", "prefill", "decode", "checks", "report"]));
    let ends = spans.iter().map(|span| span.end_time_unix_nano).max();
    assert_eq!(ends, Some(whole.end_time_unix_nano), "the whole ends last");
    let usage = status.usage.expect("it was written");
    let attributes = attributes(whole);
    for (key, value) in [
        ("gen_ai.operation.name", "chat".to_owned()),
        ("gen_ai.provider.name", "coverletter".to_owned()),
        ("gen_ai.request.model", "scripted".to_owned()),
        ("gen_ai.request.max_tokens", "13".to_owned()),
        ("gen_ai.request.temperature", "0".to_owned()),
        ("gen_ai.request.top_p", "1".to_owned()),
        ("gen_ai.usage.input_tokens", usage.prompt_tokens.to_string()),
        ("gen_ai.usage.output_tokens", usage.completion_tokens.to_string()),
        ("coverletter.request.uid", uid),
        ("coverletter.attempt", "1".to_owned()),
        ("coverletter.worker", "worker".to_owned()),
        ("coverletter.outcome", "Written".to_owned()),
    ] {
        assert_eq!(attributes.get(key), Some(&value), "{key}");
    }
    assert!(attributes["gen_ai.response.finish_reasons"].contains("stop"));
    assert_eq!(whole.status.as_ref().map_or(0, |status| status.code), 0, "no error");

    let keys: BTreeSet<_> =
        spans.iter().flat_map(|span| span.attributes.iter().map(|pair| pair.key.as_str())).collect();
    assert!(keys.iter().all(|key| PERMITTED.contains(key)), "{keys:?}");
    assert!(spans.iter().all(|span| span.events.is_empty() && span.links.is_empty()));
    receiver.assert_impersonal(&["John", "python", "google", "Data Scientist", "wörd"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_trace_of_a_letter_that_is_given_back_ends_in_its_current_part() {
    let (namespace, receiver) = (Namespace::new("traced-back").await, Receiver::start().await);
    let traces = start(&receiver.url, "");
    let writer = Script::slow().writer(WORK.slots).traced_by(traces.tracer());
    let monitor = writer.monitor();
    let worker = Running::with(&namespace, "worker", writer, WORK);
    namespace.request("long").await;
    eventually("the model has begun", async || (monitor.stats().steps > 0).then_some(())).await;
    worker.release().await;
    traces.end(END).await;

    let spans = receiver.spans();
    let (whole, parts) = tree(&spans);
    assert!(parts.starts_with(&["claim", "prefill"]) && parts.ends_with(&["report"]), "{parts:?}");
    let attributes = attributes(whole);
    assert_eq!(attributes.get("coverletter.outcome").map(String::as_str), Some("Released"));
    assert!(!attributes.contains_key("error.type"), "nothing went wrong");
}
