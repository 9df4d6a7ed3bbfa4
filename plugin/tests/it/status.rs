//! What `status` says about apps that are broken, and about one that is well.

use crds::advice::advice;
use crds::reason::AppReason;
use devcluster::scripted_kubelet::Outcome;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, PostParams};
use serde_json::{Value, json};

use crate::cluster::{Cluster, eventually};

/// What stands below the heading of a problem.
fn told(reason: AppReason) -> [String; 2] {
    let advice = advice(reason).expect("somebody has to do something");
    [format!("why  {}", advice.why), format!("do   {}", advice.do_)]
}

async fn comes_to_tell(cluster: &Cluster, reason: AppReason, words: &[&str]) -> String {
    let advice = told(reason);
    let words: Vec<&str> = words.iter().copied().chain(advice.iter().map(String::as_str)).collect();
    let said = cluster.comes_to_say(&["status"], &words).await;
    assert!(!said.contains('\u{1b}'), "colours for a program: {said}");
    said
}

#[tokio::test]
async fn pods_without_a_node_are_told_once_for_all_components() {
    let cluster = Cluster::start("nodes").await;
    cluster.kubelet.by_default(Outcome::Unschedulable);
    cluster.app(json!({})).await;
    // Components are told one after the other, while their pods are made.
    let all = "Unschedulable (DatabaseAvailable, InferenceAvailable, WebAvailable, Ready)";
    let words = ["letters: Not ready", all, "0/1 nodes are available", "web         0/2"];
    let said = comes_to_tell(&cluster, AppReason::Unschedulable, &words).await;
    assert_eq!(said.matches("why  ").count(), 1, "{said}");
}

#[tokio::test]
async fn an_object_that_the_cluster_refuses_is_told_in_its_words() {
    let cluster = Cluster::start("port").await;
    let spec = json!({"type": "NodePort", "ports": [{"port": 80, "nodePort": 30_911}]});
    cluster.apply(json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "other"}, "spec": spec})).await;
    cluster.app(json!({"web": {"service": {"type": "NodePort", "nodePort": 30_911}}})).await;
    comes_to_tell(&cluster, AppReason::Refused, &["Refused (Ready)", "provided port is already allocated"]).await;
}

#[tokio::test]
async fn a_quota_a_missing_secret_and_a_pause_are_told() {
    let cluster = Cluster::start("quota").await;
    let quota = json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"}, "spec": {"hard": {"pods": "0"}}});
    cluster.apply(quota).await;
    // It is enforced a moment after it was accepted. A dry run makes nothing.
    let pod = json!({"metadata": {"name": "probe"}, "spec": {"containers": [{"name": "main", "image": "none"}]}});
    let pod: Pod = serde_json::from_value(pod).expect("a pod");
    let asked_only = PostParams { dry_run: true, ..PostParams::default() };
    let pods = Api::namespaced(cluster.plane.client(), &cluster.namespace);
    eventually("the quota is enforced", async || match pods.create(&asked_only, &pod).await {
        Err(error) if error.to_string().contains("exceeded quota: small") => Ok(()),
        other => Err(other),
    })
    .await;
    cluster.app(json!({})).await;
    comes_to_tell(&cluster, AppReason::PodsRefused, &["exceeded quota: small"]).await;

    let cluster = Cluster::start("secret").await;
    let database = json!({"external": {"urlSecretRef": {"name": "pg", "key": "url"}}});
    cluster.app(json!({"database": database})).await;
    comes_to_tell(&cluster, AppReason::InvalidSpec, &["no key `url` in a Secret `pg`"]).await;
    cluster.app(json!({"database": database, "paused": true})).await;
    comes_to_tell(&cluster, AppReason::Paused, &["Paused (Paused)"]).await;
}

#[tokio::test]
async fn a_healthy_app_is_ready_with_components_queue_and_model() {
    let cluster = Cluster::start("well").await;
    cluster.app(json!({})).await;
    let words = [
        "letters: Ready\n",
        "web         2/2",
        "database    1/1",
        "inference   1/1",
        "0 waiting, 0 being written",
        "built-in",
    ];
    let said = cluster.comes_to_say(&["status", "letters"], &words).await;
    assert!(!said.contains("why  "), "{said}");
    let said = cluster.says(&["status", "-o", "json"]).await;
    let parsed: Value = serde_json::from_str(&said.out).expect("it is JSON");
    assert_eq!((&parsed["apps"][0]["ready"], &parsed["apps"][0]["problems"]), (&json!(true), &json!([])), "{parsed:#}");
    assert_eq!(parsed["apps"][0]["components"][0]["images"], json!(["coverletter.dev/coverletter:test"]), "{parsed:#}");

    let said = cluster.says(&["status", "careers"]).await;
    assert!(!said.ok && said.err.contains("there is no CoverLetterApp `careers` in namespace"), "{said:?}");
}
