//! The rotation of passwords and keys on a real API server, with a real Postgres behind its Jobs.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crds::CoverLetterApp;
use crds::app::conditions::SECRETS_ROTATED;
use crds::condition::is_true;
use devcluster::scripted_kubelet::Outcome;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Pod, Secret, ServiceAccount};
use kube::ResourceExt as _;
use kube::api::{ListParams, Patch, PatchParams};
use serde_json::json;

use crate::cluster::{Cluster, eventually};
use crate::rotate::Server;
use crate::trouble::says;

const ROTATION: &str = "app.kubernetes.io/component=rotation";

async fn value(cluster: &Cluster, secret: &str, key: &str) -> String {
    let secret: Secret = cluster.api().get(secret).await.expect("it is there");
    let value = secret.data.and_then(|mut data| data.remove(key)).expect("it has the key");
    String::from_utf8(value.0).expect("it is text")
}

/// What each web pod was started with: the URL of the database, and the signing keys.
#[derive(Default)]
struct WebPods(BTreeMap<String, (String, String)>);

impl WebPods {
    /// Looks at the pods there are, and checks that each is let in by the database and knows the keys of the others.
    async fn check(&mut self, cluster: &Cluster, server: &Server) {
        let web = ListParams::default().labels("app.kubernetes.io/component=web");
        let pods = cluster.api::<Pod>().list(&web).await.expect("pods can be listed").items;
        self.0.retain(|name, _| pods.iter().any(|pod| pod.name_any() == *name));
        for pod in pods.iter().filter(|pod| pod.metadata.deletion_timestamp.is_none()) {
            if let Entry::Vacant(new) = self.0.entry(pod.name_any()) {
                let url = value(cluster, "letters-database", "url").await;
                new.insert((url, value(cluster, "letters-web", "jwt-keys").await));
            }
        }
        for (name, (url, keys)) in &self.0 {
            let url = url.strip_prefix("postgres://").and_then(|url| url.split_once('@')).expect("a URL").0;
            let (login, password) = url.split_once(':').expect("a login and a password");
            let answer = server.query(login, password, "select 1").await;
            assert_eq!(answer.as_deref(), Ok("1"), "pod {name} as {login}");
            let signs = keys.split(',').next();
            let accepts = |keys: &str| keys.split(',').any(|key| Some(key) == signs);
            assert!(self.0.values().all(|(_, keys)| accepts(keys)), "a pod does not accept the key of {name}");
        }
    }
}

/// Does what the pods of rotation Jobs do, and ends them as `end` says. Returns how many there were.
async fn run_jobs(cluster: &Cluster, server: &Server, end: &mut impl FnMut() -> bool) -> usize {
    let pods = cluster.api::<Pod>();
    let all = pods.list(&ListParams::default().labels(ROTATION)).await.expect("pods can be listed").items;
    let mut ran = 0;
    for pod in all {
        let status = pod.status.clone().unwrap_or_default();
        if status.phase.as_deref() != Some("Running") {
            continue;
        }
        let spec = pod.spec.as_ref().and_then(|spec| spec.containers.first()).expect("it has a container");
        let login = spec.env.iter().flatten().find(|variable| variable.name == "LOGIN");
        let login = login.and_then(|login| login.value.as_deref()).expect("it names a login");
        let password = value(cluster, "letters-database", "password").await;
        let next = value(cluster, "letters-database", "next-password").await;
        server.rotate(login, &password, &next, &[]).await.expect("it is set");
        let (phase, code) = if end() { ("Succeeded", 0) } else { ("Failed", 137) };
        let ended = json!({"exitCode": code, "reason": "Ended", "message": "it was killed"});
        let status = json!({"name": "rotate", "image": "i", "imageID": "i", "ready": false, "restartCount": 0, "state": {"terminated": ended}});
        let patch = Patch::Merge(json!({"status": {"phase": phase, "containerStatuses": [status]}}));
        pods.patch_status(&pod.name_any(), &PatchParams::default(), &patch).await.expect("it is accepted");
        ran += 1;
    }
    ran
}

#[tokio::test]
async fn passwords_and_keys_are_replaced_and_no_web_pod_is_ever_without_valid_ones() {
    let cluster = Cluster::start("rotation").await;
    cluster.kubelet.by_label("app.kubernetes.io/component", "rotation", Outcome::Unready);
    cluster.create_app(json!({"web": {"replicas": 2}})).await;
    cluster.ready().await;
    let first =
        (value(&cluster, "letters-database", "password").await, value(&cluster, "letters-web", "jwt-keys").await);
    let server = Server::start(&first.0).await;
    let mut web = WebPods::default();
    web.check(&cluster, &server).await;

    cluster.patch::<CoverLetterApp>("letters", json!({"spec": {"rotateSecrets": "2026-11"}})).await;
    // The first pod is killed after it has set the password: the Job makes another one.
    let seen = tokio::sync::Mutex::new((0, false, web));
    eventually("the rotation ends", async || {
        let mut seen = seen.lock().await;
        let (ends, told_failure, web) = &mut *seen;
        let mut end = || {
            *ends += 1;
            *ends > 1
        };
        run_jobs(&cluster, &server, &mut end).await;
        web.check(&cluster, &server).await;
        let conditions = cluster.app().await.status.expect("it has a status").conditions;
        *told_failure |= conditions.iter().any(|condition| condition.reason == "RotationFailed");
        if is_true(&conditions, SECRETS_ROTATED) { Ok(()) } else { Err(conditions) }
    })
    .await;
    let (ends, told_failure, web) = seen.into_inner();
    assert!(ends >= 3 && told_failure, "{ends} pods, {told_failure}");
    says(&cluster, SECRETS_ROTATED, "True", "Rotated", &["are accepted until"]).await;
    let web = tokio::sync::Mutex::new(web);
    eventually("the site uses the first login again", async || {
        let mut web = web.lock().await;
        web.check(&cluster, &server).await;
        let url = value(&cluster, "letters-database", "url").await;
        let is_back = !web.0.is_empty() && web.0.values().all(|(known, _)| *known == url);
        if is_back && url.contains("//coverletter:") { Ok(()) } else { Err("another login") }
    })
    .await;
    cluster.ready().await;

    let last =
        (value(&cluster, "letters-database", "password").await, value(&cluster, "letters-web", "jwt-keys").await);
    assert_ne!(first.0, last.0);
    assert!(last.1.starts_with("k2:") && last.1.ends_with(&format!(",{}", first.1)), "the earlier key is accepted");
    assert!(server.query("coverletter", &first.0, "select 1").await.is_err(), "the earlier password is not");
    // What the rotation needed is gone.
    eventually("no Job is left", async || {
        let jobs =
            cluster.api::<Job>().list(&ListParams::default().labels(ROTATION)).await.expect("it is listed").items;
        if jobs.is_empty() { Ok(()) } else { Err(jobs.len()) }
    })
    .await;
    cluster.is_gone::<ServiceAccount>("letters-rotation").await;
}

#[tokio::test]
async fn an_app_that_begins_with_a_rotation_has_nothing_to_rotate() {
    let cluster = Cluster::start("begins").await;
    cluster.create_app(json!({"web": {"replicas": 1}, "rotateSecrets": "from the start"})).await;
    cluster.ready().await;
    says(&cluster, SECRETS_ROTATED, "True", "Rotated", &["are as `spec.rotateSecrets` asks for"]).await;
    assert!(value(&cluster, "letters-web", "jwt-keys").await.starts_with("k1:"));
    cluster.patch::<CoverLetterApp>("letters", json!({"spec": {"rotateSecrets": null}})).await;
    let app = cluster.observed().await;
    let told = app.status.expect("it has a status").conditions;
    assert!(told.iter().all(|condition| condition.type_ != SECRETS_ROTATED), "{told:#?}");
}
