//! The `OpenAPI` document: what the router serves, no more and no less, on a port that users do not reach.

use std::collections::BTreeSet;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use fixtures::openapi;
use metrics_exporter_prometheus::PrometheusBuilder;
use reqwest::Method;
use serde_json::Value;
use tower::ServiceExt as _;
use webapp::admin::{self, Readiness};

use crate::browser::send;
use crate::site::site;

/// Methods of an entry, with the one that comes with reading.
fn methods(entry: &Value) -> BTreeSet<String> {
    let named = entry.as_object().expect("an entry has methods").keys().filter(|key| *key != "parameters");
    let named: BTreeSet<_> = named.map(|key| key.to_uppercase()).collect();
    let head = named.contains("GET").then(|| "HEAD".to_owned());
    named.into_iter().chain(head).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_has_every_method_of_every_route_and_no_other() {
    let site = site().await;
    let document = webapp::openapi();
    for (path, entry) in document["paths"].as_object().expect("there are paths") {
        let real = path.replace("{id}", "00000000-0000-0000-0000-000000000000").replace("{token}", "t");
        let real = real.replace("{path}", "js/letter.js");
        let reply = send(site.browser().ask(Method::PATCH, &real)).await;
        assert_eq!(reply.status, 405, "{path}: {}", reply.body);
        let allowed: BTreeSet<String> = reply.header("allow").split(',').map(|name| name.trim().to_owned()).collect();
        assert_eq!(allowed, methods(entry), "{path}");
    }
}

#[tokio::test]
async fn the_document_is_valid_for_a_validator_that_is_not_ours() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("openapi.json");
    let check = async |document: &Value| {
        std::fs::write(&file, document.to_string()).expect("it can be written");
        openapi::validate(&file).await
    };
    check(&webapp::openapi()).await.expect("it is valid");
    let mut broken = webapp::openapi();
    broken["paths"]["/letters"]["get"]["responses"] = Value::Null;
    let said = check(&broken).await.expect_err("the validator looks at it").to_string();
    assert!(said.contains("responses") || said.contains("not valid"), "{said}");
}

#[test]
fn whoever_needs_a_session_is_told_so_and_forms_have_their_fields() {
    let document = webapp::openapi();
    let operation = |path: &str, method: &str| document["paths"][path][method].clone();
    assert_eq!(operation("/auth/register", "post")["security"], serde_json::json!([]));
    assert_eq!(operation("/letters", "get")["security"], serde_json::json!([{"session": []}]));
    let ask = operation("/model/query", "post");
    assert_eq!(ask["security"], serde_json::json!([{"session": [], "proof": []}]));
    let form = &ask["requestBody"]["content"]["multipart/form-data"]["schema"];
    assert_eq!(form["required"], serde_json::json!(["Job Title", "Hiring Company", "Applicant Name"]));
    assert_eq!(form["properties"]["Job Description"]["maxLength"], 8000);
    assert!(ask["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["modelOutput"].is_object());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_and_the_metrics_are_on_the_second_port_alone() {
    let metrics = PrometheusBuilder::new().build_recorder().handle();
    let admin = admin::router(metrics, Readiness::default(), &webapp::openapi());
    let request = Request::get("/openapi.json").body(Body::empty()).expect("a request");
    let shown = admin.oneshot(request).await.expect("answers");
    assert_eq!((shown.status().as_u16(), shown.headers()["content-type"].as_bytes()), (200, &b"application/json"[..]));
    let shown = to_bytes(shown.into_body(), usize::MAX).await.expect("is read");
    assert_eq!(serde_json::from_slice::<Value>(&shown).expect("is JSON"), webapp::openapi());
    let site = site().await;
    for path in ["/openapi.json", "/metrics", "/healthz", "/readyz"] {
        site.browser().get(path).await.assert_problem(404, "There is nothing here");
    }
}
