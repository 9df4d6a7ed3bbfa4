//! Models that are fetched: what the pods get, and what people read while they wait for one.

use crds::app::conditions::INFERENCE_AVAILABLE;
use crds::condition::find;
use devcluster::scripted_kubelet::Outcome;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::api::{ListParams, Patch, PatchParams};
use serde_json::json;

use crate::cluster::{Cluster, eventually};

const REVISION: &str = "7ae557604adf67be50417f59c2c2f167def9a775";
const REASON: &str = "https://huggingface.co keeps `owner/writer` behind its terms";

/// Has the fetching containers of all inference pods fail with [`REASON`].
async fn fail_fetching(cluster: &Cluster) {
    let pods = cluster.api::<Pod>();
    let inference = ListParams::default().labels("app.kubernetes.io/component=inference");
    let pods_with_address = eventually("an inference pod waits", async || {
        let listed = pods.list(&inference).await.expect("pods can be listed").items;
        let waits = |pod: &Pod| pod.status.as_ref().is_some_and(|status| status.container_statuses.is_some());
        if !listed.is_empty() && listed.iter().all(waits) { Ok(listed) } else { Err(listed.len()) }
    })
    .await;
    for pod in pods_with_address {
        let ended = json!({"terminated": {"exitCode": 1, "reason": "Error", "message": REASON}});
        let container = json!({
            "name": "fetch-model", "image": "test", "imageID": "test", "ready": false, "restartCount": 1,
            "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": ended,
        });
        let patch = Patch::Merge(json!({"status": {"initContainerStatuses": [container]}}));
        pods.patch_status(&pod.name_any(), &PatchParams::default(), &patch).await.expect("it is accepted");
    }
}

#[tokio::test]
async fn a_model_that_cannot_be_fetched_is_told_about_until_it_can() {
    let cluster = Cluster::start("fetched").await;
    cluster.kubelet.by_label("app.kubernetes.io/component", "inference", Outcome::Stuck);
    let model = json!({"huggingFace": {
        "repository": "owner/writer", "revision": REVISION, "tokenSecretRef": {"name": "hub", "key": "token"},
    }});
    cluster.create_app(json!({"inference": {"model": model, "backend": "Native", "quantization": "Q8"}})).await;
    let deployment = cluster.exists::<Deployment>("letters-inference").await;
    let pod = deployment.spec.and_then(|spec| spec.template.spec).expect("it has a template");
    let init = pod.init_containers.unwrap_or_default();
    assert_eq!(init.iter().map(|container| container.name.as_str()).collect::<Vec<_>>(), ["fetch-model"]);
    let arguments = pod.containers[0].args.clone().unwrap_or_default();
    for argument in ["--backend=native", "--quantization=q8", "--model-name=owner/writer@7ae5576"] {
        assert!(arguments.iter().any(|given| given == argument), "{arguments:?}");
    }

    fail_fetching(&cluster).await;
    eventually("the app says why it has no model", async || {
        let conditions = cluster.app().await.status.unwrap_or_default().conditions;
        let message = find(&conditions, INFERENCE_AVAILABLE).map(|condition| condition.message.clone());
        if message.as_ref().is_some_and(|message| message.contains(REASON)) { Ok(()) } else { Err(message) }
    })
    .await;

    cluster.kubelet.by_label("app.kubernetes.io/component", "inference", Outcome::Ready);
    let status = cluster.ready().await.status.expect("a ready app has a status");
    assert_eq!(status.model.map(|model| model.name).as_deref(), Some("owner/writer@7ae5576"));
    let available = find(&status.conditions, INFERENCE_AVAILABLE).expect("it says so");
    assert!(!available.message.contains(REASON), "{}", available.message);
}
