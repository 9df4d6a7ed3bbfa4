//! What keeps an app from being ready stands in its conditions, and keeps nothing else from being built.

use crds::CoverLetterApp;
use crds::condition::find;
use crds::request::CoverLetterRequest;
use devcluster::scripted_kubelet::Outcome;
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod, ResourceQuota, Secret, Service, ServiceAccount};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use k8s_openapi::api::rbac::v1::Role;
use kube::api::{DeleteParams, PostParams};
use kube::{Resource, ResourceExt as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::cluster::{Cluster, eventually, uid};

pub async fn create<K>(cluster: &Cluster, object: Value) -> K
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
        + Clone
        + DeserializeOwned
        + Serialize
        + std::fmt::Debug,
{
    let object = serde_json::from_value(object).expect("it fits its kind");
    cluster.api::<K>().create(&PostParams::default(), &object).await.expect("it is accepted")
}

/// Waits until the condition `type_` has this status and reason and a message with all of `words`.
pub async fn says(cluster: &Cluster, type_: &str, status: &str, reason: &str, words: &[&str]) {
    eventually(&format!("{type_}={status} {reason} {words:?}"), async || {
        let conditions = cluster.app().await.status.unwrap_or_default().conditions;
        let said = find(&conditions, type_);
        let fits = said.is_some_and(|said| {
            (said.status.as_str(), said.reason.as_str()) == (status, reason)
                && words.iter().all(|word| said.message.contains(word))
        });
        if fits { Ok(()) } else { Err(conditions) }
    })
    .await;
}

#[tokio::test]
async fn a_node_port_that_is_taken_is_told_and_keeps_nothing_else_from_being_built() {
    let cluster = Cluster::start("port").await;
    let port = json!({"port": 80, "nodePort": 30_811});
    let taken = json!({"metadata": {"name": "other"}, "spec": {"type": "NodePort", "ports": [port]}});
    create::<Service>(&cluster, taken).await;
    cluster.create_app(json!({"web": {"service": {"type": "NodePort", "nodePort": 30_811}}})).await;
    let words = ["Service `letters-web`", "provided port is already allocated", "Set `web.service.nodePort`"];
    says(&cluster, "Ready", "False", "Refused", &words).await;
    says(&cluster, "Stalled", "True", "Refused", &words).await;
    says(&cluster, "Reconciling", "False", "Refused", &[]).await;
    for component in ["DatabaseAvailable", "InferenceAvailable", "WebAvailable"] {
        says(&cluster, component, "True", "Available", &[]).await;
    }
    cluster.api::<Service>().delete("other", &DeleteParams::default()).await.expect("it can be deleted");
    cluster.ready().await;
    says(&cluster, "Stalled", "False", "Available", &[]).await;
}

#[tokio::test]
async fn objects_of_others_are_left_alone_and_named() {
    let cluster = Cluster::start("foreign").await;
    let web =
        json!({"metadata": {"name": "letters-web"}, "spec": {"selector": {"app": "shop"}, "ports": [{"port": 1}]}});
    let before: Service = create(&cluster, web).await;
    create::<ServiceAccount>(&cluster, json!({"metadata": {"name": "letters-inference"}})).await;
    create::<Secret>(&cluster, json!({"metadata": {"name": "letters-stream"}, "stringData": {"a": "b"}})).await;
    let owner = json!({"apiVersion": "v1", "kind": "ConfigMap", "name": "shop", "uid": "1"});
    // Labels of ours are no proof: this one has another owner.
    let labels =
        json!({"app.kubernetes.io/managed-by": "coverletter-operator", "app.kubernetes.io/instance": "letters"});
    let policy = json!({"metadata": {"name": "letters-web", "labels": labels}, "spec": {"podSelector": {}}});
    create::<NetworkPolicy>(&cluster, policy).await;
    cluster.patch::<NetworkPolicy>("letters-web", json!({"metadata": {"ownerReferences": [owner]}})).await;
    cluster.create_app(json!({})).await;
    let names =
        ["Service `letters-web`", "ServiceAccount `letters-inference`", "Secret `letters-stream`", "is left alone"];
    says(&cluster, "Ready", "False", "ForeignObject", &names).await;
    cluster.exists::<StatefulSet>("letters-db").await;
    cluster.exists::<Deployment>("letters-web").await;
    cluster.exists::<Role>("letters-inference").await;
    let after = cluster.exists::<Service>("letters-web").await;
    assert_eq!((uid(&after), after.resource_version()), (uid(&before), before.resource_version()));

    cluster.api::<CoverLetterApp>().delete("letters", &DeleteParams::default()).await.expect("it can be deleted");
    cluster.is_gone::<Deployment>("letters-web").await;
    cluster.exists::<Service>("letters-web").await;
    cluster.exists::<ServiceAccount>("letters-inference").await;
    let secret = cluster.exists::<Secret>("letters-stream").await;
    assert_eq!(secret.data.unwrap_or_default().keys().collect::<Vec<_>>(), ["a"]);
}

#[tokio::test]
async fn a_quota_is_told_in_the_words_of_the_cluster() {
    let cluster = Cluster::start("quota").await;
    let quota = json!({"metadata": {"name": "small"}, "spec": {"hard": {"pods": "0"}}});
    create::<ResourceQuota>(&cluster, quota).await;
    // It is enforced a moment after it was accepted. A dry run makes nothing.
    let pod = json!({"metadata": {"name": "probe"}, "spec": {"containers": [{"name": "main", "image": "none"}]}});
    let pod: Pod = serde_json::from_value(pod).expect("a pod");
    let asked_only = PostParams { dry_run: true, ..PostParams::default() };
    eventually("the quota is enforced", async || match cluster.api().create(&asked_only, &pod).await {
        Err(error) if error.to_string().contains("exceeded quota: small") => Ok(()),
        other => Err(other),
    })
    .await;
    cluster.create_app(json!({})).await;
    for component in ["DatabaseAvailable", "WebAvailable", "InferenceAvailable"] {
        says(&cluster, component, "False", "PodsRefused", &["exceeded quota: small"]).await;
    }
    says(&cluster, "Stalled", "True", "PodsRefused", &[]).await;
}

#[tokio::test]
async fn pods_that_no_node_takes_are_told_for_every_component() {
    let cluster = Cluster::start("nodes").await;
    cluster.kubelet.by_default(Outcome::Unschedulable);
    cluster.create_app(json!({})).await;
    for component in ["DatabaseAvailable", "WebAvailable", "InferenceAvailable"] {
        says(&cluster, component, "False", "Unschedulable", &["0/1 nodes are available"]).await;
    }
    says(&cluster, "Reconciling", "True", "Unschedulable", &[]).await;
    cluster.kubelet.by_default(Outcome::Ready);
    cluster.ready().await;
}

#[tokio::test]
async fn a_field_that_cannot_change_is_told_and_the_rest_is_applied() {
    let cluster = Cluster::start("immutable").await;
    cluster.create_app(json!({"web": {"replicas": 1}})).await;
    cluster.ready().await;
    let storage = json!({"storageClassName": "other"});
    let spec = json!({"spec": {"database": {"managed": {"storage": storage}}, "web": {"replicas": 3}}});
    cluster.patch::<CoverLetterApp>("letters", spec).await;
    eventually("the web has three pods", async || {
        let web = cluster.exists::<Deployment>("letters-web").await;
        let replicas = web.spec.and_then(|spec| spec.replicas);
        if replicas == Some(3) { Ok(()) } else { Err(replicas) }
    })
    .await;
    // The scripted cluster has no storage class, so that the volume was made without one.
    let app = cluster.observed().await;
    assert_eq!(app.status.and_then(|status| status.observed_generation), Some(2));
}

#[tokio::test]
async fn a_volume_that_cannot_grow_is_told_and_the_size_can_be_taken_back() {
    let cluster = Cluster::start("grow").await;
    cluster.create_app(json!({})).await;
    cluster.ready().await;
    cluster.exists::<PersistentVolumeClaim>("data-letters-db-0").await;
    let size = |size: &str| json!({"spec": {"database": {"managed": {"storage": {"size": size}}}}});
    cluster.patch::<CoverLetterApp>("letters", size("4Gi")).await;
    let words = ["PersistentVolumeClaim `data-letters-db-0`", "set the `size` of the volume back"];
    says(&cluster, "Ready", "False", "Refused", &words).await;
    cluster.patch::<CoverLetterApp>("letters", size("2Gi")).await;
    cluster.ready().await;
    cluster.patch::<CoverLetterApp>("letters", size("1Gi")).await;
    says(&cluster, "Ready", "False", "InvalidSpec", &["must be at least 2Gi", "All the rest"]).await;
    says(&cluster, "DatabaseAvailable", "True", "Available", &[]).await;
}

#[tokio::test]
async fn no_password_is_made_for_a_volume_that_has_one() {
    let cluster = Cluster::start("lockout").await;
    cluster.create_app(json!({})).await;
    cluster.ready().await;
    let secret = cluster.exists::<Secret>("letters-database").await;
    cluster.api::<Secret>().delete("letters-database", &DeleteParams::default()).await.expect("it can be deleted");
    let words = ["Restore the Secret", "`letters-database`", "kubectl exec letters-db-0"];
    says(&cluster, "DatabaseAvailable", "False", "SecretLost", &words).await;
    says(&cluster, "Ready", "False", "SecretLost", &words).await;
    assert!(cluster.api::<Secret>().get_opt("letters-database").await.expect("it can be read").is_none());

    let restored =
        json!({"metadata": {"name": "letters-database", "labels": secret.metadata.labels}, "data": secret.data});
    create::<Secret>(&cluster, restored).await;
    cluster.ready().await;
    assert_eq!(cluster.exists::<Secret>("letters-database").await.data, secret.data);
}

#[tokio::test]
async fn a_secret_that_is_put_right_heals_the_app_at_once() {
    let cluster = Cluster::start("heal").await;
    let external = json!({"external": {"urlSecretRef": {"name": "pg", "key": "url"}}});
    cluster.create_app(json!({"database": external})).await;
    says(&cluster, "Ready", "False", "InvalidSpec", &["no key `url` in a Secret `pg`"]).await;
    let url = |password: &str| json!({"url": format!("postgres://u:{password}@db.example.org/letters")});
    create::<Secret>(
        &cluster,
        json!({"metadata": {"name": "pg", "labels": {"coverletter.dev/usable": "true"}}, "stringData": url("wrong")}),
    )
    .await;
    cluster.ready().await;
    let marker = async || {
        let web = cluster.exists::<Deployment>("letters-web").await;
        let template = web.spec.and_then(|spec| spec.template.metadata).unwrap_or_default();
        template.annotations.unwrap_or_default().remove("coverletter.dev/secrets")
    };
    let before = marker().await;
    let start = std::time::Instant::now();
    cluster.patch::<Secret>("pg", json!({"stringData": url("right")})).await;
    eventually("the pods get the new password", async || {
        let now = marker().await;
        if now == before { Err(now) } else { Ok(()) }
    })
    .await;
    // Apps are looked at again every hour, so that nothing but the Secret brings this about.
    println!("healed {:?} after the Secret was put right", start.elapsed());
}

#[tokio::test]
async fn erasure_goes_on_while_an_app_is_paused() {
    let cluster = Cluster::start("erase").await;
    cluster.create_app(json!({"paused": true})).await;
    cluster.observed().await;
    cluster.create_request("one", "letters").await;
    let erase = json!({"metadata": {"annotations": {"coverletter.dev/erase": "true"}}});
    cluster.patch::<CoverLetterRequest>("one", erase).await;
    cluster.is_gone::<CoverLetterRequest>("one").await;
}

#[tokio::test]
async fn a_secret_that_logging_in_lacks_is_told_until_it_is_there() {
    let cluster = Cluster::start("oidc").await;
    let reference = json!({"name": "oidc", "key": "client-secret"});
    let oidc = json!({"issuer": "https://id.example.org", "clientId": "letters", "clientSecretRef": reference, "siteUrl": "https://letters.example.org"});
    cluster.create_app(json!({"web": {"oidc": oidc}})).await;
    says(&cluster, "Ready", "False", "InvalidSpec", &["`web.oidc.clientSecretRef` must name a Secret", "`oidc`"]).await;
    let labels = json!({"coverletter.dev/usable": "true"});
    let secret = json!({"metadata": {"name": "oidc", "labels": labels}, "stringData": {"other": "x"}});
    create::<Secret>(&cluster, secret).await;
    says(&cluster, "Ready", "False", "InvalidSpec", &["no key `client-secret` in Secret `oidc`"]).await;
    cluster.patch::<Secret>("oidc", json!({"stringData": {"client-secret": "secret"}})).await;
    cluster.ready().await;
}
