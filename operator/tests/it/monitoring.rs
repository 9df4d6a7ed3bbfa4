//! The alerts, evaluated by Prometheus itself.

use std::path::Path;

use fixtures::prometheus;
use operator::generate::monitoring::alerts::{alerts, groups};
use serde_json::{Value, json};

/// What `promtool` says in `folder`: that all is well, or what it found.
async fn promtool(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = prometheus::promtool(folder, arguments).await.expect("Debian has it");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    if output.status.success() { Ok(said) } else { Err(said) }
}

/// What an app and its operator report while all is well: a value a minute.
const WELL: [(&str, &str); 12] = [
    (r#"coverletter_operator_leader{pod="one"}"#, "1x90"),
    (r#"coverletter_operator_leader{pod="two"}"#, "0x90"),
    (r#"coverletter_operator_reconciles_total{outcome="Ok"}"#, "0+9x90"),
    (r#"coverletter_operator_reconciles_total{outcome="WriteFailed"}"#, "3x90"),
    (r#"coverletter_app_condition{namespace="n",app="a",type="Ready",status="True",reason="Available"}"#, "1x90"),
    (r#"coverletter_app_condition{namespace="n",app="a",type="Stalled",status="False",reason="Available"}"#, "1x90"),
    (
        r#"coverletter_app_condition{namespace="n",app="a",type="BackedUp",status="False",reason="BackupPending"}"#,
        "1x90",
    ),
    (r#"coverletter_app_oldest_queued_seconds{namespace="n",app="a"}"#, "20x90"),
    (r#"coverletter_web_letters_in_line{namespace="n",app="a",pod="w"}"#, "0x20 7x20 0x50"),
    (r#"coverletter_web_requests_total{namespace="n",app="a",status="200"}"#, "0+100x90"),
    (r#"coverletter_worker_finishes_total{namespace="n",app="a",reason="Written"}"#, "0+20x90"),
    (r#"coverletter_server_up{namespace="n",app="a"}"#, "1x90"),
];

/// What makes each alert fire. A series takes the place of the healthy one of its labels.
const TROUBLE: [(&str, &[(&str, &str)]); 12] = [
    ("CoverLetterNoLeader", &[(r#"coverletter_operator_leader{pod="one"}"#, "1x60 0x30")]),
    ("CoverLetterOperatorFails", &[(r#"coverletter_operator_reconciles_total{outcome="WriteFailed"}"#, "3x40 3+1x50")]),
    (
        "CoverLetterAppNotReady",
        &[
            (
                r#"coverletter_app_condition{namespace="n",app="a",type="Ready",status="True",reason="Available"}"#,
                "_x90",
            ),
            (
                r#"coverletter_app_condition{namespace="n",app="a",type="Ready",status="False",reason="Progressing"}"#,
                "1x80 _x20",
            ),
            (
                r#"coverletter_app_condition{namespace="n",app="a",type="Ready",status="False",reason="Crashing"}"#,
                "_x80 1x20",
            ),
        ],
    ),
    (
        "CoverLetterAppStalled",
        &[(
            r#"coverletter_app_condition{namespace="n",app="a",type="Stalled",status="True",reason="InvalidSpec"}"#,
            "1x90",
        )],
    ),
    (
        "CoverLetterNotBackedUp",
        &[(
            r#"coverletter_app_condition{namespace="n",app="a",type="BackedUp",status="False",reason="BackupOverdue"}"#,
            "1x90",
        )],
    ),
    (
        "CoverLetterSecretsNotRotated",
        &[(
            r#"coverletter_app_condition{namespace="n",app="a",type="SecretsRotated",status="False",reason="RotationFailed"}"#,
            "1x90",
        )],
    ),
    ("CoverLetterSiteFails", &[(r#"coverletter_web_requests_total{namespace="n",app="a",status="503"}"#, "0+6x90")]),
    (
        "CoverLetterSiteSlow",
        &[
            (
                r#"coverletter_web_request_duration_seconds_bucket{namespace="n",app="a",route="/letters",le="1"}"#,
                "0+50x90",
            ),
            (
                r#"coverletter_web_request_duration_seconds_bucket{namespace="n",app="a",route="/letters",le="5"}"#,
                "0+60x90",
            ),
            (
                r#"coverletter_web_request_duration_seconds_bucket{namespace="n",app="a",route="/letters",le="+Inf"}"#,
                "0+60x90",
            ),
        ],
    ),
    ("CoverLettersWait", &[(r#"coverletter_app_oldest_queued_seconds{namespace="n",app="a"}"#, "0+60x90")]),
    ("CoverLettersInLine", &[(r#"coverletter_web_letters_in_line{namespace="n",app="a",pod="w"}"#, "7x90")]),
    (
        "CoverLettersFail",
        &[(r#"coverletter_worker_finishes_total{namespace="n",app="a",reason="PlainForm"}"#, "0+3x90")],
    ),
    ("CoverLetterModelServerAway", &[(r#"coverletter_server_up{namespace="n",app="a"}"#, "0x90")]),
];

/// An app that is not ready because somebody paused it.
const PAUSED: [(&str, &str); 3] = [
    (r#"coverletter_app_condition{namespace="n",app="a",type="Ready",status="True",reason="Available"}"#, "_x90"),
    (r#"coverletter_app_condition{namespace="n",app="a",type="Ready",status="False",reason="Unavailable"}"#, "1x90"),
    (r#"coverletter_app_condition{namespace="n",app="a",type="Paused",status="True",reason="Paused"}"#, "1x90"),
];

/// A test of `promtool`: with these series, just these alerts fire after an hour and a half.
fn scene(trouble: &[(&str, &str)], firing: &[&str]) -> Value {
    let well = WELL.iter().filter(|(series, _)| trouble.iter().all(|(other, _)| other != series));
    let series = well.chain(trouble).map(|(series, values)| json!({"series": series, "values": values}));
    let samples: Vec<_> =
        firing.iter().map(|name| json!({"labels": format!("{{alertname=\"{name}\"}}"), "value": 1})).collect();
    json!({
        "interval": "1m",
        "input_series": series.collect::<Vec<_>>(),
        "promql_expr_test": [{
            "expr": "count by (alertname) (ALERTS{alertstate=\"firing\"})",
            "eval_time": "90m",
            "exp_samples": samples,
        }],
    })
}

#[tokio::test]
async fn each_alert_fires_for_its_trouble_and_none_while_all_is_well() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("rules.yaml"), groups().to_string()).expect("writes");
    let said = promtool(folder.path(), &["check", "rules", "rules.yaml"]).await;
    assert!(said.as_ref().is_ok_and(|said| said.contains(&format!("{} rules found", alerts().len()))), "{said:?}");

    let names: Vec<_> = alerts().iter().map(|alert| alert.name).collect();
    let mut told = TROUBLE.map(|(name, _)| name);
    told.sort_by_key(|told| names.iter().position(|name| name == told));
    assert_eq!(names, told, "every alert has a trouble");

    let mut tests = vec![scene(&[], &[]), scene(&PAUSED, &[])];
    tests.extend(TROUBLE.iter().map(|(name, trouble)| scene(trouble, &[name])));
    let tests = json!({"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": tests});
    std::fs::write(folder.path().join("tests.yaml"), tests.to_string()).expect("writes");
    let said = promtool(folder.path(), &["test", "rules", "tests.yaml"]).await;
    assert!(said.is_ok(), "{}", said.unwrap_err());
}
