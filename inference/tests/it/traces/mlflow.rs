//! The program's traces in a real MLflow, which takes OTLP and shows traces of language models.

use std::time::Duration;

use crds::request::State;
use fixtures::mlflow::Mlflow;
use serde_json::{Value, json};

use crate::cluster::{Namespace, eventually};
use crate::program::Program;

/// Longest wait for one answer, by a server that shares the machine with all other tests.
const ANSWERS_WITHIN: Duration = Duration::from_mins(1);
/// The parts of a letter.
const PARTS: [&str; 5] = ["claim", "prefill", "decode", "checks", "report"];

/// MLflow's REST interface.
struct Rest {
    url: String,
    client: reqwest::Client,
}

impl Rest {
    fn new(mlflow: &Mlflow) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().timeout(ANSWERS_WITHIN).build();
        Self { url: mlflow.url(), client: client.expect("an HTTP client") }
    }

    /// The answer; `None` when it does not come in time or is no JSON.
    async fn post(&self, path: &str, body: &Value) -> Option<Value> {
        let answer = self.client.post(format!("{}{path}", self.url)).json(body).send().await;
        answer.ok()?.json().await.ok()
    }

    /// As [`Self::post`].
    async fn get(&self, path: &str) -> Option<Value> {
        let answer = self.client.get(format!("{}{path}", self.url)).send().await;
        answer.ok()?.json().await.ok()
    }

    async fn experiment(&self, name: &str) -> String {
        let created = self.post("/api/2.0/mlflow/experiments/create", &json!({ "name": name })).await;
        created.expect("MLflow answers")["experiment_id"].as_str().expect("an experiment has an id").to_owned()
    }

    /// The traces of an experiment, without their spans.
    async fn traces(&self, experiment: &str) -> Option<Vec<Value>> {
        let location = json!({ "type": "MLFLOW_EXPERIMENT", "mlflow_experiment": { "experiment_id": experiment } });
        let found = self.post("/api/3.0/mlflow/traces/search", &json!({ "locations": [location] })).await?;
        found["traces"].as_array().cloned()
    }

    /// The spans of a trace.
    async fn spans(&self, trace_id: &str) -> Option<Vec<Value>> {
        let found = self.get(&format!("/api/3.0/mlflow/traces/batchGet?trace_ids={trace_id}")).await?;
        found["traces"][0]["spans"].as_array().cloned()
    }
}

/// An attribute of a span.
fn attribute(span: &Value, key: &str) -> Option<Value> {
    let pair = span["attributes"].as_array()?.iter().find(|pair| pair["key"] == key)?;
    // `{"int_value": 7}` and the like.
    pair["value"].as_object()?.values().next().cloned()
}

#[tokio::test]
async fn a_letter_arrives_in_mlflow_as_a_trace_of_a_chat_model() {
    let mlflow = Mlflow::shared().await.expect("an MLflow server");
    let rest = Rest::new(mlflow);
    let experiment = rest.experiment("letters").await;
    let namespace = Namespace::new("mlflow-traces").await;
    let header = format!("x-mlflow-experiment-id={experiment}");
    let url = mlflow.url();
    let collector = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str()),
        ("OTEL_EXPORTER_OTLP_HEADERS", header.as_str()),
        ("OTEL_BSP_SCHEDULE_DELAY", "200"),
    ];
    let program = Program::start(&namespace, "1000", &collector).await;
    let uid = namespace.english_request("one").await.metadata.uid.expect("a stored request has a uid");
    let status = namespace.in_state("one", State::Succeeded).await.status.expect("it is finished");
    let (trace, spans) = eventually("the whole trace is in MLflow", async || {
        let trace = rest.traces(&experiment).await?.pop()?;
        // Spans may arrive in two parts; MLflow closes the trace with the one that all others belong to.
        (trace["state"] != "IN_PROGRESS").then_some(())?;
        let spans = rest.spans(trace["trace_id"].as_str()?).await?;
        (spans.len() > PARTS.len()).then_some((trace, spans))
    })
    .await;
    program.terminate().await;
    assert_eq!(trace["state"], "OK", "{trace}");
    let whole = spans.iter().find(|span| span["name"] == "chat built-in").expect("the whole letter");
    for part in PARTS {
        let part = spans.iter().find(|span| span["name"] == part).unwrap_or_else(|| panic!("{part} in {spans:?}"));
        assert_eq!(part["parent_span_id"], whole["span_id"]);
    }
    let usage = status.usage.expect("it was written");
    let counted = trace["trace_metadata"]["mlflow.trace.tokenUsage"].as_str().expect("MLflow counts tokens");
    let counted: Value = serde_json::from_str(counted).expect("JSON");
    assert_eq!(counted["total_tokens"], json!(usage.prompt_tokens + usage.completion_tokens));
    for (key, value) in [
        ("mlflow.spanType", json!("CHAT_MODEL")),
        ("gen_ai.request.model", json!("built-in")),
        ("gen_ai.provider.name", json!("coverletter")),
        ("gen_ai.usage.input_tokens", json!(usage.prompt_tokens)),
        ("gen_ai.usage.output_tokens", json!(usage.completion_tokens)),
        ("gen_ai.response.finish_reasons", json!({ "values": [{ "string_value": "stop" }] })),
        ("coverletter.request.uid", json!(uid)),
    ] {
        assert_eq!(attribute(whole, key), Some(value), "{key} of {whole}");
    }
    let seen = format!("{trace}{spans:?}");
    let letter = status.letter.expect("a letter");
    let words = ["John", "python", "google", "Data Scientist", letter.lines().next().expect("a letter has lines")];
    assert!(words.iter().all(|word| !seen.contains(word)), "{seen}");
}
