//! Integration tests of `scripted_kubelet`: the controllers of a real control plane act on what it writes.

use devcluster::{
    control_plane::ControlPlane,
    scripted_kubelet::{Outcome, ScriptedKubelet},
};
use k8s_openapi::api::{
    apps::v1::{Deployment, StatefulSet},
    core::v1::{Node, Pod},
};
use kube::{
    Api, Client, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams},
};
use serde_json::{Value, json};

use crate::waiting::eventually;

struct Stage {
    client: Client,
    namespace: String,
    kubelet: ScriptedKubelet,
}

impl Stage {
    async fn set(hint: &str) -> Self {
        let plane = ControlPlane::shared().await.unwrap();
        let client = plane.client();
        let namespace = plane.namespace(hint).await.unwrap();
        let kubelet = ScriptedKubelet::start(&client, &namespace).await.unwrap();
        Self { client, namespace, kubelet }
    }

    fn api<K>(&self) -> Api<K>
    where
        K: kube::Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    async fn pods(&self) -> Vec<Pod> {
        self.api::<Pod>().list(&ListParams::default()).await.unwrap().items
    }

    async fn deploy(&self, replicas: u8) -> Api<Deployment> {
        let deployments = self.api::<Deployment>();
        let deployment = serde_json::from_value(workload(replicas, json!({}))).unwrap();
        deployments.create(&PostParams::default(), &deployment).await.unwrap();
        deployments
    }
}

/// What a Deployment and a `StatefulSet` called `web` have in common.
#[expect(clippy::needless_pass_by_value, reason = "callers write a literal in place")]
fn workload(replicas: u8, more: Value) -> Value {
    let mut workload = json!({"metadata": {"name": "web"}, "spec": more});
    workload["spec"]["replicas"] = json!(replicas);
    workload["spec"]["selector"] = json!({"matchLabels": {"component": "web"}});
    workload["spec"]["template"] = json!({
        "metadata": {"labels": {"component": "web"}},
        "spec": {"containers": [{"name": "main", "image": "example/none:1"}]},
    });
    workload
}

async fn ready(deployments: &Api<Deployment>) -> i32 {
    deployments.get("web").await.unwrap().status.and_then(|status| status.ready_replicas).unwrap_or(0)
}

#[tokio::test]
async fn a_deployment_rolls_out_scales_and_replaces_what_fails() {
    let stage = Stage::set("deployment").await;
    let deployments = stage.deploy(2).await;
    eventually("two pods are ready", async || ready(&deployments).await == 2).await;
    let pods = stage.pods().await;
    for pod in &pods {
        assert_eq!(pod.spec.as_ref().unwrap().node_name.as_deref(), Some(stage.kubelet.node()));
        assert!(pod.status.as_ref().unwrap().pod_ip.as_ref().unwrap().starts_with("10.244."));
    }

    let lost = pods[0].name_any();
    stage.kubelet.fail(&lost);
    let replaced = async || {
        let names: Vec<_> = stage.pods().await.iter().map(ResourceExt::name_any).collect();
        names.len() == 3 && names.contains(&lost) && ready(&deployments).await == 2
    };
    eventually("the failed pod is replaced", replaced).await;

    let none = Patch::Merge(json!({"spec": {"replicas": 0}}));
    deployments.patch("web", &PatchParams::default(), &none).await.unwrap();
    // A failed pod does not count as a replica, and its controller keeps it.
    let alone = async || {
        let pods = stage.pods().await;
        pods.len() == 1 && pods[0].name_any() == lost
    };
    eventually("only the failed pod is left", alone).await;
    deployments.delete("web", &DeleteParams::background()).await.unwrap();
    eventually("all pods are gone", async || stage.pods().await.is_empty()).await;
}

#[tokio::test]
async fn pods_become_what_their_labels_and_names_say_and_change_with_the_script() {
    let stage = Stage::set("script").await;
    stage.kubelet.by_label("component", "web", Outcome::Stuck);
    let deployments = stage.deploy(1).await;
    let shows = async |outcome: &str| {
        let pods = serde_json::to_string(&stage.pods().await).unwrap();
        pods.contains(outcome)
    };
    eventually("the pod waits for its containers", async || shows("ContainerCreating").await).await;
    assert_eq!(ready(&deployments).await, 0);
    stage.kubelet.by_label("component", "web", Outcome::Crashing);
    eventually("the pod crashes again and again", async || shows("CrashLoopBackOff").await).await;
    let pod = stage.pods().await[0].name_any();
    stage.kubelet.ready(&pod);
    eventually("the pod is ready", async || ready(&deployments).await == 1).await;
    stage.kubelet.unready(&pod);
    eventually("the pod is no longer ready", async || ready(&deployments).await == 0).await;
}

#[tokio::test]
async fn a_stateful_pod_comes_back_under_its_name_and_without_its_past() {
    let stage = Stage::set("stateful").await;
    let sets = stage.api::<StatefulSet>();
    let set = serde_json::from_value(workload(1, json!({"serviceName": "web"}))).unwrap();
    sets.create(&PostParams::default(), &set).await.unwrap();
    let ready = async || sets.get("web").await.unwrap().status.and_then(|status| status.ready_replicas) == Some(1);
    eventually("the pod is ready", ready).await;
    let pods = stage.api::<Pod>();
    let first = pods.get("web-0").await.unwrap().uid();
    stage.kubelet.unready("web-0");
    eventually("the pod is no longer ready", async || !ready().await).await;
    pods.delete("web-0", &DeleteParams::default()).await.unwrap();
    eventually("its successor is ready", ready).await;
    assert_ne!(pods.get("web-0").await.unwrap().uid(), first);
}

#[tokio::test]
async fn a_kubelet_that_was_dropped_does_nothing_more() {
    let stage = Stage::set("dropped").await;
    let node = Api::<Node>::all(stage.client.clone()).get(stage.kubelet.node()).await.unwrap();
    assert_eq!(node.spec.unwrap().taints, None);
    let Stage { client, namespace, kubelet } = stage;
    drop(kubelet);
    // Another one does its work, which also shows that it had the time to do it.
    let other = ScriptedKubelet::start(&client, &namespace).await.unwrap();
    let node = other.node().to_owned();
    let stage = Stage { client, namespace, kubelet: other };
    let deployments = stage.deploy(3).await;
    eventually("three pods are ready", async || ready(&deployments).await == 3).await;
    for pod in stage.pods().await {
        assert_eq!(pod.spec.unwrap().node_name.as_deref(), Some(node.as_str()));
    }
}
