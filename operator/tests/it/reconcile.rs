//! From nothing to Ready, and what becomes of drift, orphans, pauses and refusals.

use std::collections::BTreeMap;
use std::time::Duration;

use crds::CoverLetterApp;
use crds::condition::{find, is_true};
use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::{Secret, Service};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams};
use operator::kinds::Kind;
use serde_json::{Value, json};

use crate::cluster::{Cluster, eventually, uid};

/// Children that stay as they are for this long are settled.
const LOOK: Duration = Duration::from_millis(500);

/// Every child by kind and name, without its status, which controllers write whenever they like.
async fn children(cluster: &Cluster) -> BTreeMap<(String, String), Value> {
    let mut children = BTreeMap::new();
    for kind in Kind::ALL.into_iter().filter(|kind| kind.is_built_in()) {
        let api = Api::<DynamicObject>::namespaced_with(cluster.client.clone(), &cluster.namespace, &kind.resource());
        let managed = ListParams::default().labels("app.kubernetes.io/managed-by=coverletter-operator");
        for mut object in api.list(&managed).await.expect("children can be listed") {
            object.metadata.resource_version = None;
            // The other entries tell the time of every write of something else.
            object.managed_fields_mut().retain(|written| written.subresource.as_deref() != Some("status"));
            let key = (kind.as_str().to_owned(), object.name_any());
            let mut object = serde_json::to_value(object).expect("an object is JSON");
            object.as_object_mut().expect("an object has fields").remove("status");
            children.insert(key, object);
        }
    }
    children
}

/// All children when nothing changes any more.
async fn settled(cluster: &Cluster) -> BTreeMap<(String, String), Value> {
    eventually("the children are settled", async || {
        let mut every = tokio::time::interval(LOOK);
        every.tick().await;
        let before = children(cluster).await;
        every.tick().await;
        let after = children(cluster).await;
        if before == after { Ok(after) } else { Err(after) }
    })
    .await
}

#[tokio::test]
async fn an_app_becomes_ready_and_planning_again_writes_nothing() {
    let cluster = Cluster::start("ready").await;
    cluster.create_app(json!({"web": {"service": {"type": "NodePort"}}})).await;
    let app = cluster.ready().await;
    let status = app.status.expect("a ready app has a status");
    for type_ in ["DatabaseAvailable", "WebAvailable", "InferenceAvailable"] {
        assert!(is_true(&status.conditions, type_), "{type_}");
    }
    assert!(status.conditions.iter().all(|condition| condition.observed_generation == Some(1)));
    assert_eq!(find(&status.conditions, "Paused").map(|paused| paused.status.as_str()), Some("False"));

    let before = settled(&cluster).await;
    assert_eq!(before.len(), 22, "{:#?}", before.keys());
    // No child depends on this field, but all of them are looked at again.
    cluster.patch::<CoverLetterApp>("letters", json!({"spec": {"requests": {"ttlSecondsAfterFinished": 7}}})).await;
    cluster.observed().await;
    assert_eq!(settled(&cluster).await, before);
    let version = cluster.app().await.resource_version();
    // A label changes the app, so that it is looked at again; the status stays as it is.
    cluster.patch::<CoverLetterApp>("letters", json!({"metadata": {"labels": {"look": "again"}}})).await;
    let labelled = cluster.app().await.resource_version();
    assert_ne!(version, labelled);
    assert_eq!(settled(&cluster).await, before);
    assert_eq!(cluster.app().await.resource_version(), labelled);
}

#[tokio::test]
async fn kubectl_can_wait_for_an_app() {
    let cluster = Cluster::start("wait").await;
    cluster.create_app(json!({})).await;
    let namespace = format!("--namespace={}", cluster.namespace);
    let wait = ["wait", &namespace, "--for=condition=Ready", "--timeout=90s", "coverletterapp/letters"];
    cluster.plane.kubectl(&wait).await.expect("it becomes ready");
    // Events follow the status that they tell of.
    eventually("events tell of it", async || {
        let events = cluster.plane.kubectl(&["get", "events", &namespace]).await.expect("events");
        if events.contains("Minted") && events.contains("Available") { Ok(()) } else { Err(events) }
    })
    .await;
}

#[tokio::test]
async fn drift_is_repaired() {
    let cluster = Cluster::start("drift").await;
    cluster.create_app(json!({"web": {"replicas": 1}})).await;
    cluster.ready().await;
    let services = cluster.api::<Service>();
    let before = services.get("letters-web").await.expect("the service is there");
    services.delete("letters-web", &DeleteParams::default()).await.expect("it can be deleted");
    cluster.patch::<Deployment>("letters-web", json!({"spec": {"replicas": 5}})).await;
    let policies = cluster.api::<NetworkPolicy>();
    policies.delete("letters-db", &DeleteParams::default()).await.expect("it can be deleted");
    eventually("drift is repaired", async || {
        let service = services.get_opt("letters-web").await.expect("it can be read");
        let deployment = cluster.api::<Deployment>().get("letters-web").await.expect("it can be read");
        let policy = policies.get_opt("letters-db").await.expect("it can be read");
        let replicas = deployment.spec.and_then(|spec| spec.replicas);
        let is_new = service.is_some_and(|service| uid(&service) != uid(&before));
        if is_new && policy.is_some() && replicas == Some(1) { Ok(()) } else { Err((is_new, replicas)) }
    })
    .await;
}

#[tokio::test]
async fn orphans_are_pruned_and_the_database_secret_stays() {
    let cluster = Cluster::start("orphans").await;
    cluster.create_app(json!({})).await;
    cluster.ready().await;
    let secret = json!({"metadata": {"name": "pg", "labels": {"coverletter.dev/usable": "true"}}, "stringData": {"url": "postgres://u:p@db.example.org:6432/letters"}});
    let secret = serde_json::from_value(secret).expect("a secret");
    cluster.api::<Secret>().create(&kube::api::PostParams::default(), &secret).await.expect("it is accepted");
    let database = json!({"external": {"urlSecretRef": {"name": "pg", "key": "url"}}});
    cluster.patch::<CoverLetterApp>("letters", json!({"spec": {"database": database}})).await;
    cluster.is_gone::<StatefulSet>("letters-db").await;
    cluster.is_gone::<Service>("letters-db").await;
    let app = cluster.ready().await;
    let conditions = app.status.expect("a ready app has a status").conditions;
    assert_eq!(find(&conditions, "DatabaseAvailable").map(|it| it.reason.as_str()), Some("External"));
    cluster.exists::<Secret>("letters-database").await;
}

#[tokio::test]
async fn a_paused_app_is_left_alone() {
    let cluster = Cluster::start("paused").await;
    cluster.create_app(json!({})).await;
    cluster.ready().await;
    cluster.patch::<CoverLetterApp>("letters", json!({"spec": {"paused": true}})).await;
    let app = cluster.observed().await;
    assert!(is_true(&app.status.expect("it was observed").conditions, "Paused"));
    cluster.api::<Service>().delete("letters-web", &DeleteParams::default()).await.expect("it can be deleted");
    cluster.patch::<CoverLetterApp>("letters", json!({"spec": {"web": {"replicas": 1}}})).await;
    cluster.observed().await;
    assert!(cluster.api::<Service>().get_opt("letters-web").await.expect("it can be read").is_none());
    cluster.patch::<CoverLetterApp>("letters", json!({"spec": {"paused": false}})).await;
    cluster.exists::<Service>("letters-web").await;
}

#[tokio::test]
async fn what_cannot_be_built_is_refused_in_words() {
    let cluster = Cluster::start("refused").await;
    let model = json!({"mlflow": {"trackingUri": "http://me:secret@mlflow:5000", "name": "writer", "version": "3"}});
    let database = json!({"managed": {"backup": {"schedule": "0 25 * * *"}}});
    cluster.create_app(json!({"inference": {"model": model}, "database": database})).await;
    let app = cluster.observed().await;
    let conditions = app.status.expect("it was observed").conditions;
    let ready = find(&conditions, "Ready").expect("it says so");
    assert_eq!((ready.status.as_str(), ready.reason.as_str()), ("False", "InvalidSpec"));
    assert!(ready.message.contains("`inference.model.mlflow.trackingUri` must be"), "{}", ready.message);
    assert!(ready.message.contains("`database.managed.backup.schedule` must be"), "{}", ready.message);
    assert!(children(&cluster).await.is_empty());
}
