//! A namespace that refuses what the dispatcher writes loses nothing, and costs the others nothing: its workers claim for
//! themselves, and the others' are handed their letters.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crds::CoverLetterRequest;
use crds::names::dispatcher_lease;
use crds::request::State;
use devcluster::ports::free_port;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{Pod, ServiceAccount};
use kube::ResourceExt as _;
use kube::api::{Api, ListParams, Patch, PatchParams, PostParams};
use serde_json::json;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::cluster::{Cluster, eventually, uid};
use crate::fleet::{FakeWorker, Kind};

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/built-in");
const OPERATOR: &str = "system:serviceaccount:coverletter-system:coverletter-operator";
/// Longest time until the workers of the namespace that refuses have written a letter on their own.
const WRITTEN_WITHIN: Duration = Duration::from_mins(3);

/// An app with one pod of inference.
async fn scene(hint: &str) -> (Cluster, Pod) {
    let cluster = Cluster::start(hint).await;
    cluster.create_app(json!({"inference": {"replicas": 1}})).await;
    cluster.ready().await;
    let selector = ListParams::default().labels("app.kubernetes.io/component=inference");
    let pod = eventually("there is a pod", async || {
        cluster.api::<Pod>().list(&selector).await.expect("pods can be listed").items.pop().ok_or("none")
    })
    .await;
    (cluster, pod)
}

/// Has the API server refuse all that the operator writes into statuses of requests in the namespace.
async fn refuse(cluster: &Cluster) {
    let name = format!("refuses-{}", cluster.namespace);
    let policy = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "metadata": {"name": name},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [{
                "apiGroups": ["coverletter.dev"], "apiVersions": ["*"], "operations": ["UPDATE"],
                "resources": ["coverletterrequests/status"],
            }]},
            "validations": [{"expression": format!("request.userInfo.username != '{OPERATOR}'")}],
        },
    });
    let binding = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name},
        "spec": {
            "policyName": name, "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": cluster.namespace}}},
        },
    });
    for object in [policy, binding] {
        let applied = cluster.plane.kubectl_with_input(&["apply", "-f", "-"], &object.to_string()).await;
        applied.expect("it is accepted");
    }
    let account = cluster.plane.client_as_service_account("coverletter-system", "coverletter-operator", None).await;
    let requests = Api::<CoverLetterRequest>::namespaced(account.expect("its account"), &cluster.namespace);
    let params = PatchParams { dry_run: true, ..PatchParams::default() };
    // A request of no app: nothing but this test writes it.
    cluster.create_request("probe", "none").await;
    eventually("the policy is enforced", async || {
        let write = Patch::Merge(json!({"status": {"queuedTime": "2026-01-01T00:00:00Z"}}));
        requests.patch_status("probe", &params, &write).await.map_or(Ok(()), |_| Err("it was accepted"))
    })
    .await;
}

/// A worker as it is shipped, with the token of its pod. It ends with the handle.
async fn program(cluster: &Cluster, pod: &Pod, folder: &TempDir) -> Child {
    let (name, uid) = (pod.name_any(), uid(pod));
    let bound = json!({"apiVersion": "v1", "kind": "Pod", "name": name, "uid": uid});
    let request = json!({"spec": {"audiences": [], "expirationSeconds": 3_600, "boundObjectRef": bound}});
    let request = serde_json::from_value(request).expect("a request for a token");
    let accounts = cluster.api::<ServiceAccount>();
    let answer = accounts.create_token_request("letters-inference", &PostParams::default(), &request).await;
    let token = answer.expect("the account is there").status.expect("an accepted request has a token").token;
    let admin = std::fs::read_to_string(cluster.plane.kubeconfig()).expect("it can be read");
    let mut config: serde_json::Value = serde_saphyr::from_str(&admin).expect("a kubeconfig");
    config["users"][0]["user"] = json!({"token": token});
    let path = folder.path().join("kubeconfig");
    std::fs::write(&path, config.to_string()).expect("it can be written");
    let program = std::env::current_exe().expect("this program has a path").with_file_name("").join("../inference");
    assert!(program.exists(), "build all of the workspace: there is no `{}`", program.display());
    let mut command = Command::new(program);
    for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        command.env_remove(proxy);
    }
    let listen = format!("127.0.0.1:{}", free_port().expect("a free port"));
    command
        .env("KUBECONFIG", &path)
        .env("STREAM_TOKEN", "secret-of-the-app")
        .args(["--namespace", &cluster.namespace, "--app", "letters", "--pod-name", &name, "--pod-uid", &uid])
        .args(["--pod-ip", "127.0.0.1", "--listen", &listen, "--model", MODEL, "--settings", r#"{"slots":2}"#])
        .stderr(std::fs::File::create(folder.path().join("log")).expect("a log"))
        .stdout(Stdio::null())
        .kill_on_drop(true);
    command.spawn().expect("the program starts")
}

async fn holder(cluster: &Cluster) -> Option<String> {
    let lease = cluster.api::<Lease>().get_opt(&dispatcher_lease("letters")).await.expect("an answer");
    lease.and_then(|lease| lease.spec?.holder_identity)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_of_a_namespace_that_refuses_the_dispatcher_write_on_their_own_while_the_others_are_handed_theirs() {
    let ((refusing, pod), (other, others)) = tokio::join!(scene("refusing"), scene("other"));
    let _fake = FakeWorker::start(other.plane, &other.namespace, &others, Kind::new(1, Duration::ZERO)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let _program = program(&refusing, &pod, &folder).await;
    for cluster in [&refusing, &other] {
        eventually("requests are handed out", async || holder(cluster).await.ok_or("nobody does")).await;
    }
    refusing.create_request("handed", "letters").await;
    refusing.request_in("handed", State::Succeeded).await;
    refuse(&refusing).await;

    let begun = Instant::now();
    refusing.create_request("own", "letters").await;
    let (mut count, mut longest) = (0, Duration::ZERO);
    loop {
        // Only the dispatcher gives this worker anything, so each of these is a write that succeeds.
        let (name, asked) = (format!("handed-{count}"), Instant::now());
        other.create_request(&name, "letters").await;
        other.request_in(&name, State::Succeeded).await;
        longest = longest.max(asked.elapsed());
        count += 1;
        let own = refusing.api::<CoverLetterRequest>().get("own").await.expect("it is there");
        if own.state() == State::Succeeded {
            break;
        }
        let log = || std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        assert!(begun.elapsed() < WRITTEN_WITHIN, "no worker wrote it; {count} letters were handed out; {}", log());
    }
    println!("written {:?} after it was created, while {count} letters of another namespace were", begun.elapsed());
    println!("none of those took longer than {longest:?}");
    assert!(holder(&other).await.is_some(), "the others' workers are still told that requests are handed out");
}
