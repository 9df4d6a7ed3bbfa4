//! Pods follow the queue, and a busy pod is never the one that ends.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crds::life::{self, Claimant};
use crds::names::{BOOT_ID_ANNOTATION, RETIRE_ANNOTATION, RETIRED_ANNOTATION};
use crds::request::State;
use crds::{CoverLetterApp, CoverLetterRequest};
use jiff::Timestamp;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::ResourceExt as _;
use kube::api::{ListParams, Patch, PatchParams, PostParams};
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
            let leases = cluster.api::<Lease>().list(&ListParams::default()).await.expect("Leases can be listed");
            let told: Vec<_> = leases.into_iter().map(|lease| (lease.name_any(), lease.metadata.annotations)).collect();
            let marks: Vec<_> = pods.iter().map(|pod| (pod.name_any(), pod.annotations().clone())).collect();
            Err((marks, told, cluster.app().await.status.and_then(|status| status.scaling)))
        }
    })
    .await
}

/// Answers for the workers of all pods, as they do in their Leases: each retires once it holds nothing.
fn answer_for_workers(cluster: &Cluster) -> tokio::task::JoinHandle<()> {
    let (pods, leases, requests) = (cluster.api::<Pod>(), cluster.api::<Lease>(), cluster.api::<CoverLetterRequest>());
    tokio::spawn(async move {
        let selector = ListParams::default().labels("app.kubernetes.io/component=inference");
        let params = PatchParams::apply("test-worker").force();
        let mut every = tokio::time::interval(Duration::from_millis(500));
        loop {
            every.tick().await;
            let held = requests.list(&ListParams::default()).await.expect("requests can be listed");
            let holds = |name: &str| {
                let claims = held.iter().filter(|request| request.state() == State::Running);
                let mut claims = claims.filter_map(|request| request.status.as_ref()?.claim.as_ref());
                claims.any(|claim| claim.worker == name)
            };
            for pod in pods.list(&selector).await.expect("pods can be listed") {
                let name = pod.name_any();
                let known = leases.get_opt(&name).await.expect("Leases can be read");
                let asked = known.and_then(|lease| lease.annotations().get(RETIRE_ANNOTATION).cloned());
                let mut annotations = BTreeMap::from([(BOOT_ID_ANNOTATION, "boot".to_owned())]);
                annotations.extend(asked.filter(|_| !holds(&name)).map(|asked| (RETIRED_ANNOTATION, asked)));
                let lease = json!({
                    "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                    "metadata": {
                        "name": name,
                        "labels": {"app.kubernetes.io/component": "inference", "app.kubernetes.io/instance": "letters"},
                        "annotations": annotations,
                    },
                    "spec": {"renewTime": MicroTime(Timestamp::now())},
                });
                leases.patch(&name, &params, &Patch::Apply(lease)).await.expect("the Lease can be written");
            }
        }
    })
}

#[tokio::test]
async fn pods_follow_the_queue_and_the_busy_one_stays() {
    let cluster = Cluster::start("scaling").await;
    cluster.create_app(json!({"inference": {"slots": 1, "scaling": {"minReplicas": 1, "maxReplicas": 3}}})).await;
    cluster.ready().await;
    let workers = answer_for_workers(&cluster);
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
    workers.abort();
}

#[tokio::test]
async fn a_pod_that_does_not_confirm_that_it_has_retired_is_not_ended() {
    let cluster = Cluster::start("unretired").await;
    let spec = json!({"inference": {"slots": 1, "scaling": {"minReplicas": 1, "maxReplicas": 2}}});
    cluster.create_app(spec).await;
    cluster.ready().await;
    for number in 0..5 {
        cluster.create_request(&format!("request-{number}"), "letters").await;
    }
    pods_become(&cluster, 2).await;
    for number in 0..5 {
        let name = format!("request-{number}");
        cluster.patch::<CoverLetterRequest>(&name, json!({"spec": {"cancelRequested": true}})).await;
        cluster.request_in(&name, State::Cancelled).await;
    }
    eventually("a pod is asked to retire", async || {
        let scaling = cluster.app().await.status.and_then(|status| status.scaling);
        scaling.clone().filter(|scaling| scaling.retiring_replicas == 1).ok_or(scaling)
    })
    .await;
    // Each change of the spec is a reconciliation with a decision of its own.
    for seconds in 31..36 {
        let spec = json!({"spec": {"inference": {"scaling": {"targetWaitSeconds": seconds}}}});
        cluster.patch::<CoverLetterApp>("letters", spec).await;
        eventually("the change is decided on", async || {
            let app = cluster.app().await;
            let observed = app.status.as_ref().and_then(|status| status.observed_generation);
            (observed == app.metadata.generation).then_some(()).ok_or(observed)
        })
        .await;
        assert_eq!(inference_pods(&cluster).await.len(), 2);
    }
}

#[tokio::test]
async fn the_first_request_wakes_an_app_from_zero_within_a_second() {
    let cluster = Cluster::start("zero").await;
    let scaling = json!({"minReplicas": 0, "maxReplicas": 2, "scaleToZeroAfterSeconds": 1});
    cluster.create_app(json!({"inference": {"scaling": scaling}})).await;
    cluster.ready().await;
    pods_become(&cluster, 0).await;
    let deployments = cluster.api::<Deployment>();
    let replicas = async || {
        let deployment = deployments.get("letters-inference").await.expect("the Deployment is there");
        deployment.spec.and_then(|spec| spec.replicas)
    };
    assert_eq!(replicas().await, Some(0));
    cluster.create_request("first", "letters").await;
    let created = Instant::now();
    // Apps are looked at again every hour, so that nothing but the request brings this about.
    eventually("a pod is asked for", async || {
        let replicas = replicas().await;
        if replicas == Some(1) { Ok(()) } else { Err(replicas) }
    })
    .await;
    // The goal is one second on an idle machine; tests share theirs.
    println!("decided within {:?}", created.elapsed());
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
