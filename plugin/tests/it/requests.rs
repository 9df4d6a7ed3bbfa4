//! What `requests` and `logs` say.

use devcluster::scripted_kubelet::Outcome;
use serde_json::{Value, json};

use crate::cluster::Cluster;

#[tokio::test]
async fn requests_are_shown_with_their_place_and_reason_and_without_their_text() {
    let cluster = Cluster::start("requests").await;
    cluster.kubelet.by_default(Outcome::Unready);
    cluster.app(json!({})).await;
    let request = |name: &str, app: &str| {
        json!({
            "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterRequest", "metadata": {"name": name},
            "spec": {"appRef": {"name": app}, "job": {"title": "Sailor", "company": "Harbour"}},
        })
    };
    cluster.apply(json!({"apiVersion": "v1", "kind": "List", "items": [request("one", "letters"), request("two", "letters"), request("lost", "careers")]})).await;
    let said = cluster.comes_to_say(&["requests"], &["NoSuchApp", "3 Queued"]).await;
    let line = |name: &str| {
        said.lines().find(|line| line.starts_with(name)).unwrap_or_default().split_whitespace().collect::<Vec<_>>()
    };
    let [name, app, _, state, place, worker, attempts, _] = line("two")[..] else { panic!("{said}") };
    assert_eq!([name, app, state, place, worker, attempts], ["two", "letters", "Queued", "2", "-", "0"], "{said}");
    assert!(!said.contains("Sailor") && !said.contains("Harbour"), "{said}");

    let said = cluster.says(&["requests", "--app=careers", "--state=queued", "-o", "json"]).await;
    let rows: Value = serde_json::from_str(&said.out).expect("it is JSON");
    assert_eq!((rows.as_array().map(Vec::len), &rows[0]["name"]), (Some(1), &json!("lost")), "{rows:#}");
    let said = cluster.says(&["requests", "--state=asleep"]).await;
    assert!(!said.ok && said.err.contains("must be one of Queued, Running"), "{said:?}");
}

#[tokio::test]
async fn containers_that_have_said_nothing_are_named_with_the_cause() {
    let cluster = Cluster::start("silent").await;
    cluster.kubelet.by_default(Outcome::Stuck);
    cluster.app(json!({})).await;
    cluster.comes_to_say(&["status"], &["web         0/2"]).await;
    let said = crate::cluster::eventually("the pods wait", async || {
        let said = cluster.says(&["logs", "letters", "--component=web"]).await;
        if said.err.contains("has said nothing: ContainerCreating") { Ok(said) } else { Err(said) }
    })
    .await;
    assert!(said.ok && said.out.is_empty() && said.err.contains("letters-web-"), "{said:?}");
}
