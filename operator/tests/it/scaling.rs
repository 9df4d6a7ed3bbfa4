//! Pods follow the queue, and a busy pod is never the one that ends.

use crds::CoverLetterRequest;
use crds::life::{self, Claimant};
use crds::request::State;
use jiff::Timestamp;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::api::{ListParams, PostParams};
use serde_json::json;

use crate::cluster::{Cluster, eventually, uid};

async fn inference_pods(cluster: &Cluster) -> Vec<Pod> {
    let selector = ListParams::default().labels("app.kubernetes.io/component=inference");
    let pods = cluster.api::<Pod>().list(&selector).await.expect("pods can be listed");
    pods.into_iter().filter(|pod| pod.metadata.deletion_timestamp.is_none()).collect()
}

async fn pods_become(cluster: &Cluster, count: usize) -> Vec<Pod> {
    eventually(&format!("there are {count} inference pods"), async || {
        let pods = inference_pods(cluster).await;
        if pods.len() == count {
            Ok(pods)
        } else {
            Err((pods.len(), cluster.app().await.status.and_then(|s| s.scaling)))
        }
    })
    .await
}

#[tokio::test]
async fn pods_follow_the_queue_and_the_busy_one_stays() {
    let cluster = Cluster::start("scaling").await;
    cluster.create_app(json!({"inference": {"slots": 1, "scaling": {"minReplicas": 1, "maxReplicas": 3}}})).await;
    cluster.ready().await;
    for number in 0..5 {
        cluster.create_request(&format!("request-{number}"), "letters").await;
    }
    let pods = pods_become(&cluster, 3).await;

    // The newest pod gets the only letter that is left. Without marks a ReplicaSet ends the newest first.
    let busy = pods.iter().max_by_key(|pod| (pod.creation_timestamp(), pod.name_any())).expect("there are pods");
    let claimant = Claimant {
        worker: busy.name_any(),
        pod_uid: uid(busy),
        boot_id: "boot".into(),
        endpoint: "192.0.2.1:8080".into(),
    };
    let requests = cluster.api::<CoverLetterRequest>();
    eventually("the request is claimed", async || {
        let mut request = requests.get("request-0").await.expect("it is there");
        request.status = Some(life::claimed(&request, &claimant, Timestamp::now()));
        requests.replace_status("request-0", &PostParams::default(), &request).await
    })
    .await;
    for number in 1..5 {
        let name = format!("request-{number}");
        cluster.patch::<CoverLetterRequest>(&name, json!({"spec": {"cancelRequested": true}})).await;
        cluster.request_in(&name, State::Cancelled).await;
    }
    let left = pods_become(&cluster, 1).await;
    assert_eq!(left[0].name_any(), busy.name_any());
    assert_eq!(requests.get("request-0").await.expect("it is there").state(), State::Running);
    let scaling = cluster.app().await.status.and_then(|status| status.scaling).expect("the decision is told");
    assert!(!scaling.reason.is_empty());
}

#[tokio::test]
async fn kubectl_scale_fixes_the_number() {
    let cluster = Cluster::start("fixed").await;
    cluster.create_app(json!({})).await;
    cluster.ready().await;
    let namespace = format!("--namespace={}", cluster.namespace);
    let scale = ["scale", &namespace, "--replicas=2", "coverletterapp/letters"];
    cluster.plane.kubectl(&scale).await.expect("it can be scaled");
    pods_become(&cluster, 2).await;
    let deployment = cluster.exists::<Deployment>("letters-inference").await;
    assert_eq!(deployment.spec.and_then(|spec| spec.replicas), Some(2));
}
