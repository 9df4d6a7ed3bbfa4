//! Integration tests of `control_plane`: real processes, from an empty folder to nothing left of them.
//!
//! What must not be left is searched in /proc and in the file system, without the library.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use devcluster::{control_plane::ControlPlane, scripted_kubelet::ScriptedKubelet};
use k8s_openapi::api::{
    authentication::v1::SelfSubjectReview,
    core::v1::{ConfigMap, Namespace, Pod, ServiceAccount},
};
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, PostParams},
};
use serde_json::json;

use crate::waiting::{DEADLINE, eventually};

/// Whether a process runs. A zombie does not.
fn runs(id: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

async fn nothing_is_left(folder: &Path, ids: &[u32]) {
    eventually("no process and no file is left", async || !folder.exists() && !ids.iter().any(|id| runs(*id))).await;
}

fn traces(plane: &ControlPlane) -> (PathBuf, Vec<u32>) {
    (plane.folder().to_owned(), plane.process_ids().into_iter().map(|(_, id)| id).collect())
}

#[tokio::test]
async fn two_planes_run_at_once_apart_and_leave_nothing() {
    let started = Instant::now();
    let (one, two) = tokio::join!(ControlPlane::start(), ControlPlane::start());
    let (one, two) = (one.unwrap(), two.unwrap());
    println!("Two control planes were ready after {} ms", started.elapsed().as_millis());
    let name = one.namespace("only-here").await.unwrap();
    assert!(Api::<Namespace>::all(one.client()).get_opt(&name).await.unwrap().is_some());
    assert!(Api::<Namespace>::all(two.client()).get_opt(&name).await.unwrap().is_none());
    for plane in [one, two] {
        let (folder, ids) = traces(&plane);
        assert_eq!(ids.len(), 4);
        assert!(ids.iter().all(|id| runs(*id)) && folder.exists());
        drop(plane);
        assert!(!folder.exists() && !ids.iter().any(|id| runs(*id)), "something is left after the drop");
    }
}

#[tokio::test]
async fn nothing_is_left_after_a_panic() {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let panicked = tokio::spawn(async {
        let plane = ControlPlane::start().await.unwrap();
        sender.send(traces(&plane)).unwrap();
        let _used: ConfigMap = Api::namespaced(plane.client(), "default").get("no such object").await.unwrap();
    });
    assert!(panicked.await.unwrap_err().is_panic());
    let (folder, ids) = receiver.await.unwrap();
    nothing_is_left(&folder, &ids).await;
}

/// Set for the copy of this test that is killed.
const VICTIM: &str = "DEVCLUSTER_TEST_VICTIM";

#[tokio::test]
async fn nothing_is_left_after_the_process_was_killed() {
    if std::env::var_os(VICTIM).is_some() {
        let plane = ControlPlane::start().await.unwrap();
        let (folder, ids) = traces(&plane);
        println!("VICTIM {}", json!([folder, ids]));
        return std::future::pending().await;
    }
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "control_plane::nothing_is_left_after_the_process_was_killed", "--nocapture"])
        .env(VICTIM, "yes")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let found = tokio::task::spawn_blocking(move || {
        lines.map_while(Result::ok).find_map(|line| Some(line.split_once("VICTIM ")?.1.to_owned()))
    });
    let found = tokio::time::timeout(DEADLINE * 2, found).await;
    let found = found.unwrap().unwrap().expect("the victim ended before it was killed");
    let (folder, ids): (PathBuf, Vec<u32>) = serde_json::from_str(&found).unwrap();
    assert!(folder.exists() && ids.iter().all(|id| runs(*id)));
    victim.kill().unwrap();
    victim.wait().unwrap();
    nothing_is_left(&folder, &ids).await;
}

#[tokio::test]
async fn what_an_object_owns_is_collected_with_it_and_a_namespace_ends() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("owned").await.unwrap();
    let maps = Api::<ConfigMap>::namespaced(plane.client(), &namespace);
    let owner: ConfigMap = serde_json::from_value(json!({"metadata": {"name": "owner"}})).unwrap();
    let owner = maps.create(&PostParams::default(), &owner).await.unwrap();
    let references = json!([{"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner.uid()}]);
    let dependent = json!({"metadata": {"name": "owned", "ownerReferences": references}});
    maps.create(&PostParams::default(), &serde_json::from_value(dependent).unwrap()).await.unwrap();
    maps.delete("owner", &DeleteParams::background()).await.unwrap();
    eventually("the owned object is collected", async || maps.get_opt("owned").await.unwrap().is_none()).await;

    let namespaces = Api::<Namespace>::all(plane.client());
    namespaces.delete(&namespace, &DeleteParams::default()).await.unwrap();
    eventually("the namespace is gone", async || namespaces.get_opt(&namespace).await.unwrap().is_none()).await;
}

#[tokio::test]
async fn a_token_bound_to_a_pod_names_the_pod() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("tokens").await.unwrap();
    let accounts = Api::<ServiceAccount>::namespaced(plane.client(), &namespace);
    let account: ServiceAccount = serde_json::from_value(json!({"metadata": {"name": "worker"}})).unwrap();
    accounts.create(&PostParams::default(), &account).await.unwrap();
    let pods = Api::<Pod>::namespaced(plane.client(), &namespace);
    let pod = json!({
        "metadata": {"name": "worker-0"},
        "spec": {"serviceAccountName": "worker", "containers": [{"name": "main", "image": "example/none:1"}]},
    });
    let pod = pods.create(&PostParams::default(), &serde_json::from_value(pod).unwrap()).await.unwrap();
    let uid = pod.uid().unwrap();

    let who = async |bound_pod| {
        let client = plane.client_as_service_account(&namespace, "worker", bound_pod).await.unwrap();
        let reviews = Api::<SelfSubjectReview>::all(client.clone());
        let review = reviews.create(&PostParams::default(), &SelfSubjectReview::default()).await.unwrap();
        // It has no role, so it may do nothing else.
        let refused = Api::<Pod>::namespaced(client, &namespace).get("worker-0").await.unwrap_err();
        assert!(matches!(refused, kube::Error::Api(status) if status.code == 403));
        review.status.unwrap().user_info.unwrap()
    };
    let bound = who(Some(("worker-0", uid.as_str()))).await;
    let pod_uid = |user: &k8s_openapi::api::authentication::v1::UserInfo| {
        user.extra.as_ref().and_then(|extra| extra.get("authentication.kubernetes.io/pod-uid").cloned())
    };
    assert_eq!(bound.username, Some(format!("system:serviceaccount:{namespace}:worker")));
    assert_eq!(pod_uid(&bound), Some(vec![uid.clone()]));
    assert_eq!(pod_uid(&who(None).await), None);
    let foreign = plane.client_as_service_account(&namespace, "worker", Some(("worker-0", "another uid"))).await;
    assert!(foreign.is_err(), "a token was bound to a pod that does not exist");
}

#[tokio::test]
async fn kubectl_reads_applies_and_reports_its_errors() {
    let plane = ControlPlane::shared().await.unwrap();
    let namespace = plane.namespace("kubectl").await.unwrap();
    let manifest = "{apiVersion: v1, kind: ConfigMap, metadata: {name: applied}, data: {key: value}}";
    let apply = ["apply", "--namespace", &namespace, "--filename", "-"];
    let applied = plane.kubectl_with_input(&apply, manifest).await.unwrap();
    assert_eq!(applied, "configmap/applied created\n");
    let read = ["get", "configmap", "applied", "--namespace", &namespace, "--output", "jsonpath={.data.key}"];
    assert_eq!(plane.kubectl(&read).await.unwrap(), "value");
    let refused = plane.kubectl(&["get", "configmap", "absent"]).await.unwrap_err().to_string();
    assert!(refused.contains("kubectl get configmap absent") && refused.contains("NotFound"), "{refused}");
}

#[tokio::test]
async fn the_api_server_stops_and_returns_with_its_data() {
    let plane = ControlPlane::start().await.unwrap();
    let _kubelet = ScriptedKubelet::start_everywhere(&plane.client()).await.unwrap();
    let name = plane.namespace("kept").await.unwrap();
    let namespaces = Api::<Namespace>::all(plane.client());

    plane.pause_api_server();
    // A stop signal takes a moment to reach every thread, so the first requests may still be answered.
    let is_silent = async || tokio::time::timeout(Duration::from_millis(500), namespaces.get(&name)).await.is_err();
    eventually("a frozen API server is silent", is_silent).await;
    plane.resume_api_server();
    namespaces.get(&name).await.unwrap();

    plane.stop_api_server();
    assert!(namespaces.get(&name).await.is_err());
    plane.start_api_server().await.unwrap();
    assert_eq!(namespaces.get(&name).await.unwrap().name_any(), name);

    // The controllers and the kubelet have reconnected.
    let namespace = plane.namespace("after").await.unwrap();
    let pods = Api::<Pod>::namespaced(plane.client(), &namespace);
    let pod =
        json!({"metadata": {"name": "late"}, "spec": {"containers": [{"name": "main", "image": "example/none:1"}]}});
    pods.create(&PostParams::default(), &serde_json::from_value(pod).unwrap()).await.unwrap();
    let runs = async || {
        let pod = pods.get("late").await.unwrap();
        pod.status.is_some_and(|status| status.phase.as_deref() == Some("Running"))
    };
    eventually("a pod runs", runs).await;
}
