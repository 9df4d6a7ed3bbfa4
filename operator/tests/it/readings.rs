//! What the metrics page says about apps and their requests.

use std::sync::Arc;

use crds::{CoverLetterApp, CoverLetterRequest};
use jiff::Timestamp;
use kube::core::DeserializeGuard;
use operator::readings;
use serde_json::{Value, json};

/// An app with two conditions, a backup and some pods.
fn app() -> CoverLetterApp {
    let condition = |type_: &str, status: &str, reason: &str| {
        json!({
            "type": type_, "status": status, "reason": reason, "message": "",
            "lastTransitionTime": "2026-11-29T09:00:00Z",
        })
    };
    serde_json::from_value(json!({
        "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterApp",
        "metadata": {"name": "letters", "namespace": "careers"},
        "spec": {"inference": {"scaling": {"maxReplicas": 4}}},
        "status": {
            "conditions": [condition("Ready", "False", "Crashing"), condition("Stalled", "True", "Crashing")],
            "inference": {"replicas": 2, "readyReplicas": 1, "desiredReplicas": 2, "selector": ""},
            "backup": {"time": "2026-11-29T03:00:00Z"},
        },
    }))
    .expect("an app")
}

/// A request to an app of the namespace `careers`.
fn request(app: &str, created: &str, state: Option<&str>) -> Arc<CoverLetterRequest> {
    let status = state.map_or(Value::Null, |state| json!({"state": state}));
    let request = json!({
        "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterRequest",
        "metadata": {"name": "one", "namespace": "careers", "creationTimestamp": created},
        "spec": {"appRef": {"name": app}, "job": {"title": "", "company": ""}},
        "status": status,
    });
    Arc::new(serde_json::from_value(request).expect("a request"))
}

#[test]
fn every_app_is_told_with_its_conditions_its_queue_and_its_pods() {
    let requests = [
        request("letters", "2026-11-29T09:59:00Z", None),
        request("letters", "2026-11-29T09:58:00Z", Some("Queued")),
        request("letters", "2026-11-29T09:00:00Z", Some("Succeeded")),
        request("other", "2026-11-29T01:00:00Z", None),
    ];
    let now: Timestamp = "2026-11-29T10:00:00.5Z".parse().expect("a time");
    let page = readings::render(&[Arc::new(DeserializeGuard(Ok(app())))], &requests, now);
    let lines: Vec<_> = page.lines().filter(|line| !line.starts_with('#')).collect();
    let of = r#"{namespace="careers",app="letters"}"#;
    let expected = [
        r#"coverletter_app_condition{namespace="careers",app="letters",type="Ready",status="False",reason="Crashing"} 1"#,
        r#"coverletter_app_condition{namespace="careers",app="letters",type="Stalled",status="True",reason="Crashing"} 1"#,
        r#"coverletter_app_requests{namespace="careers",app="letters",state="Queued"} 2"#,
        r#"coverletter_app_requests{namespace="careers",app="letters",state="Running"} 0"#,
        r#"coverletter_app_requests{namespace="careers",app="letters",state="Succeeded"} 1"#,
        r#"coverletter_app_requests{namespace="careers",app="letters",state="Failed"} 0"#,
        r#"coverletter_app_requests{namespace="careers",app="letters",state="Cancelled"} 0"#,
        &format!("coverletter_app_oldest_queued_seconds{of} 120.5"),
        &format!("coverletter_app_inference_pods_desired{of} 2"),
        &format!("coverletter_app_inference_pods_ready{of} 1"),
        &format!("coverletter_app_inference_pods_max{of} 4"),
        &format!("coverletter_app_last_backup_timestamp_seconds{of} 1795921200"),
    ];
    assert_eq!(lines, expected);
}
