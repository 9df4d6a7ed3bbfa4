//! Models that are fetched: what the pods get, and what the conditions say meanwhile.

use crds::WorkerSettings;
use crds::app::conditions::{INFERENCE_AVAILABLE, READY};
use crds::app::{Backend, CoverLetterApp, Quantization};
use crds::condition::{find, is_true};
use devcluster::scripted_kubelet::Outcome;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{Pod, Secret};
use kube::ResourceExt as _;
use kube::api::{ListParams, Patch, PatchParams, PostParams};
use serde_json::json;

use crate::cluster::{Cluster, eventually};

const REVISION: &str = "7ae557604adf67be50417f59c2c2f167def9a775";
const REASON: &str = "https://huggingface.co keeps `owner/writer` behind its terms";

async fn inference_pods(cluster: &Cluster) -> Vec<Pod> {
    let inference = ListParams::default().labels("app.kubernetes.io/component=inference");
    cluster.api::<Pod>().list(&inference).await.expect("pods can be listed").items
}

/// Has the fetching containers of all inference pods that are not ready fail with [`REASON`].
async fn fail_fetching(cluster: &Cluster) {
    let pods = cluster.api::<Pod>();
    let waiting = eventually("an inference pod waits", async || {
        let mut listed = inference_pods(cluster).await;
        listed.retain(|pod| !is_ready(pod));
        let waits = |pod: &Pod| pod.status.as_ref().is_some_and(|status| status.container_statuses.is_some());
        if !listed.is_empty() && listed.iter().all(waits) { Ok(listed) } else { Err(listed.len()) }
    })
    .await;
    for pod in waiting {
        let ended = json!({"terminated": {"exitCode": 1, "reason": "Error", "message": REASON}});
        let container = json!({
            "name": "fetch-model", "image": "test", "imageID": "test", "ready": false, "restartCount": 1,
            "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": ended,
        });
        let patch = Patch::Merge(json!({"status": {"initContainerStatuses": [container]}}));
        pods.patch_status(&pod.name_any(), &PatchParams::default(), &patch).await.expect("it is accepted");
    }
}

fn is_ready(pod: &Pod) -> bool {
    let conditions = pod.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
    conditions.iter().any(|condition| condition.type_ == "Ready" && condition.status == "True")
}

/// Waits until the app's condition of this type gives [`REASON`].
async fn says_why(cluster: &Cluster, type_: &str) {
    eventually(&format!("`{type_}` says why"), async || {
        let conditions = cluster.app().await.status.unwrap_or_default().conditions;
        let message = find(&conditions, type_).map(|condition| condition.message.clone());
        if message.as_ref().is_some_and(|message| message.contains(REASON)) { Ok(()) } else { Err(message) }
    })
    .await;
}

#[tokio::test]
async fn a_model_that_cannot_be_fetched_is_told_about_until_it_can() {
    let cluster = Cluster::start("fetched").await;
    cluster.kubelet.by_label("app.kubernetes.io/component", "inference", Outcome::Stuck);
    let secret = json!({"metadata": {"name": "hub", "labels": {"coverletter.dev/usable": "true"}}, "stringData": {"token": "t"}});
    let secret = serde_json::from_value(secret).expect("a secret");
    cluster.api::<Secret>().create(&PostParams::default(), &secret).await.expect("it is accepted");
    let model = json!({"huggingFace": {
        "repository": "owner/writer", "revision": REVISION, "tokenSecretRef": {"name": "hub", "key": "token"},
    }});
    cluster.create_app(json!({"inference": {"model": model, "backend": "Native", "quantization": "Q8"}})).await;
    let deployment = cluster.exists::<Deployment>("letters-inference").await;
    let pod = deployment.spec.and_then(|spec| spec.template.spec).expect("it has a template");
    let init = pod.init_containers.unwrap_or_default();
    assert_eq!(init.iter().map(|container| container.name.as_str()).collect::<Vec<_>>(), ["fetch-model"]);
    let arguments = pod.containers[0].args.clone().unwrap_or_default();
    let settings = arguments.iter().find_map(|argument| argument.strip_prefix("--settings="));
    let settings: WorkerSettings = settings.expect("it has settings").parse().expect("the worker can read them");
    assert_eq!((settings.backend, settings.quantization), (Backend::Native, Quantization::Q8));
    assert_eq!(settings.model_name, "owner/writer@7ae5576");

    fail_fetching(&cluster).await;
    says_why(&cluster, INFERENCE_AVAILABLE).await;

    cluster.kubelet.by_label("app.kubernetes.io/component", "inference", Outcome::Ready);
    let status = cluster.ready().await.status.expect("a ready app has a status");
    assert_eq!(status.model.map(|model| model.name).as_deref(), Some("owner/writer@7ae5576"));
    let available = find(&status.conditions, INFERENCE_AVAILABLE).expect("it says so");
    assert!(!available.message.contains(REASON), "{}", available.message);
}

#[tokio::test]
async fn a_model_that_cannot_replace_another_is_told_about_while_that_one_writes() {
    let cluster = Cluster::start("replaced").await;
    cluster.create_app(json!({})).await;
    cluster.ready().await;
    for pod in inference_pods(&cluster).await {
        cluster.kubelet.ready(&pod.name_any());
    }
    cluster.kubelet.by_label("app.kubernetes.io/component", "inference", Outcome::Stuck);

    let model = json!({"huggingFace": {"repository": "owner/writer", "revision": REVISION}});
    cluster.patch::<CoverLetterApp>("letters", json!({"spec": {"inference": {"model": model}}})).await;
    fail_fetching(&cluster).await;
    says_why(&cluster, READY).await;
    let conditions = cluster.app().await.status.unwrap_or_default().conditions;
    assert!(is_true(&conditions, INFERENCE_AVAILABLE), "{conditions:?}");
    let ready = find(&conditions, READY).expect("it says so");
    assert_eq!(ready.reason, "Progressing");
}
