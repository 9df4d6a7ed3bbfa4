//! The operator as it is installed for named namespaces: with no right in the whole cluster, and none in any other
//! namespace but those that the documentation names.

use std::collections::BTreeSet;
use std::path::Path;

use crds::CoverLetterApp;
use devcluster::control_plane::ControlPlane;
use devcluster::scripted_kubelet::ScriptedKubelet;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::api::networking::v1::NetworkPolicy;
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::api::{Api, DeleteParams, ListParams};
use operator::admin::Shown;
use operator::config::RunArguments;
use operator::generate;
use operator::leader::{Candidate, Terms};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::cluster::{Cluster, arguments, eventually};

const ACCOUNT: &str = "system:serviceaccount:coverletter-system:coverletter-operator";
/// An account of the same cluster to which nobody has bound anything.
const NOBODY: &str = "system:serviceaccount:coverletter-system:default";

/// What `kubectl auth can-i --list` says of `account` in `namespace`.
async fn rights(plane: &ControlPlane, account: &str, namespace: &str) -> BTreeSet<String> {
    let (namespace, account) = (format!("--namespace={namespace}"), format!("--as={account}"));
    let list = plane.kubectl(&["auth", "can-i", "--list", "--no-headers", &namespace, &account]).await;
    list.expect("it is told").lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// A control plane where an operator is installed for the two `watched` namespaces, and another namespace.
struct Scene {
    plane: &'static ControlPlane,
    watched: [String; 2],
    other: String,
    cancelled: CancellationToken,
}

impl Scene {
    async fn start() -> Self {
        let definitions = crds::manifests::custom_resource_definitions();
        let plane: &'static _ = Box::leak(Box::new(ControlPlane::start_with(&definitions).await.expect("it starts")));
        let names = ["one", "two", "other"].map(|hint| plane.namespace(hint));
        let [one, two, other] = names;
        let (one, two, other) = tokio::try_join!(one, two, other).expect("namespaces");
        Self { plane, watched: [one, two], other, cancelled: CancellationToken::new() }
    }

    async fn install(&self, namespaces: &[String]) {
        let mut files = generate::files(namespaces);
        for path in ["operator/namespace.yaml", "admission/claim-policy.yaml", "namespaced/roles.yaml"] {
            let file = files.remove(Path::new(path)).expect("it is generated");
            let applied = self.plane.kubectl_with_input(&["apply", "--server-side", "-f", "-"], &file).await;
            applied.expect("it is accepted");
        }
    }

    /// Leads and works with the rights that were installed.
    async fn operate(&self) {
        let client = self.plane.client_as_service_account("coverletter-system", "coverletter-operator", None).await;
        let client = client.expect("the operator's account");
        let arguments = RunArguments { namespaces: self.watched.to_vec(), ..arguments() };
        let (namespace, cancelled) = (arguments.leader_namespace.clone(), self.cancelled.clone());
        let candidate = Candidate::new(client.clone(), &namespace, "coverletter-operator", "this", Terms::default());
        let mut leadership = candidate.elected(&cancelled).await.expect("nobody else leads");
        tokio::spawn(async move {
            let work = operator::work(client, &arguments, Shown::default(), cancelled);
            tokio::select! {
                () = work => leadership.release().await,
                lost = leadership.keep() => panic!("{lost}"),
            }
        });
    }

    async fn in_namespace(&self, namespace: &str) -> Cluster {
        let kubelet = ScriptedKubelet::start(&self.plane.client(), namespace).await.expect("a node");
        Cluster { plane: self.plane, client: self.plane.client(), namespace: namespace.to_owned(), kubelet }
    }
}

#[tokio::test]
async fn an_operator_of_named_namespaces_has_no_right_beyond_them_and_touches_nothing_there() {
    let scene = Scene::start().await;
    let client = scene.plane.client();
    scene.install(&scene.watched[..1]).await;
    let [one, two] = scene.watched.each_ref().map(|namespace| scene.in_namespace(namespace));
    let (one, two, other) = (one.await, two.await, scene.in_namespace(&scene.other).await);

    // What anybody may do is all that it may do where it was not installed.
    let anybody = rights(scene.plane, NOBODY, &scene.other).await;
    let addresses = [
        "endpointslices.discovery.k8s.io [] [kubernetes] [get list watch]",
        "services [] [kubernetes] [get list watch]",
    ];
    let lease = ["leases.coordination.k8s.io [] [] [create get update]"];
    // Rights that were granted a moment ago take another to count.
    for (namespace, more) in [("default", &addresses[..]), ("coverletter-system", &lease[..])] {
        eventually(&format!("the operator has its rights in {namespace}"), async || {
            let rights = rights(scene.plane, ACCOUNT, namespace).await;
            let beyond: Vec<_> = rights.difference(&anybody).cloned().collect();
            if beyond == more { Ok(()) } else { Err(beyond) }
        })
        .await;
    }
    for namespace in [&scene.other, "kube-system"] {
        assert_eq!(rights(scene.plane, ACCOUNT, namespace).await, anybody, "in {namespace}");
    }
    let secrets = ["auth", "can-i", "list", "secrets", "--all-namespaces", &format!("--as={ACCOUNT}")];
    assert!(scene.plane.kubectl(&secrets).await.is_err(), "no");

    scene.operate().await;
    for cluster in [&one, &two, &other] {
        cluster.create_app(json!({"web": {"replicas": 1}})).await;
    }
    one.ready().await;
    // Policies name the API server, whose address it may read.
    let policy = one.exists::<NetworkPolicy>("letters-web").await;
    let rules = serde_json::to_string(&policy.spec.and_then(|spec| spec.egress)).expect("a policy is JSON");
    assert!(rules.contains("/32"), "{rules}");

    // A namespace that it was given without rights waits for them, and takes nothing from the others.
    assert_eq!(two.app().await.status, None);
    scene.install(&scene.watched).await;
    two.ready().await;
    one.patch::<CoverLetterApp>("letters", json!({"spec": {"web": {"replicas": 2}}})).await;
    one.ready().await;

    // Rights that are taken away end the work there, and nowhere else.
    let bindings = two.api::<RoleBinding>();
    bindings.delete("coverletter-operator", &DeleteParams::default()).await.expect("it can be deleted");
    one.patch::<CoverLetterApp>("letters", json!({"spec": {"web": {"replicas": 1}}})).await;
    one.ready().await;

    // Meanwhile the app of the other namespace is as its author made it, and alone.
    assert_eq!(other.app().await.status, None);
    let all = ListParams::default();
    assert!(other.api::<Deployment>().list(&all).await.expect("it is listed").items.is_empty());
    assert!(other.api::<Secret>().list(&all).await.expect("it is listed").items.is_empty());
    scene.cancelled.cancel();
    eventually("the operator hands over", async || {
        let lease = Api::<Lease>::namespaced(client.clone(), "coverletter-system").get("coverletter-operator").await;
        let holder = lease.expect("it is there").spec.and_then(|spec| spec.holder_identity);
        holder.map_or(Ok(()), Err)
    })
    .await;
}
