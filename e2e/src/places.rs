//! Where words of a person may be left: what programs say of themselves, the API server's store, the database.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use crds::names::{COMPONENT_LABEL, Component};
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::api::ListParams;
use serde_json::Value;

use crate::cluster::{Cluster, SYSTEM};
use crate::node;

/// Ports of the metrics page of each program.
const METRICS: [(Component, u16); 2] = [(Component::Web, 9_090), (Component::Inference, 8_080)];
const METRICS_OF_OPERATOR: u16 = 9_090;
/// Folders of a node with what its programs and its pods write: logs, and the working data of pods.
const WRITTEN: [&str; 4] = ["logs", "state/pod-logs", "state/kubelet", "var"];
/// All keys of etcd, which runs in the network of the node.
const EVERYTHING: &str = r#"{"key":"AA==","range_end":"AA=="}"#;
const ETCD: &str = "http://127.0.0.1:2379/v3/kv/range";
/// Every row of the database, as text.
const DUMP: &str = "pg_dump --host=/tmp --username=\"$POSTGRES_USER\" --data-only \"$POSTGRES_DB\"";

/// A place, and what is there.
pub struct Place {
    /// Name for a person.
    pub name: String,
    text: String,
}

impl Place {
    /// A place of this name.
    #[must_use]
    pub fn new(name: String, text: impl AsRef<[u8]>) -> Self {
        Self { name, text: String::from_utf8_lossy(text.as_ref()).to_lowercase() }
    }

    /// Whether this is there, in whatever case.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.text.contains(&word.to_lowercase())
    }
}

/// The names of the places that have one of these words.
#[must_use]
pub fn with<'a>(places: &'a [Place], words: &[&str]) -> Vec<&'a str> {
    let found = places.iter().filter(|place| words.iter().any(|word| place.has(word)));
    found.map(|place| place.name.as_str()).collect()
}

/// What the programs of an app, the operator and the node have said and measured so far: logs of all containers, ended
/// ones included, pages of metrics, and every file that pods and the node's programs write beside databases.
///
/// # Errors
/// When one of them cannot be read.
pub async fn said(cluster: &Cluster) -> Result<Vec<Place>> {
    let system = cluster.in_namespace(SYSTEM);
    let of_operator = ListParams::default().labels(&format!("{COMPONENT_LABEL}=operator"));
    let operators: Vec<Pod> = system.api::<Pod>().list(&of_operator).await?.items;
    let mut places = Vec::new();
    for (cluster, pods) in
        [(cluster, cluster.api::<Pod>().list(&ListParams::default()).await?.items), (&system, operators.clone())]
    {
        for pod in pods {
            let name = format!("pod/{}", pod.name_any());
            let log = cluster.kubectl(&["logs", &name, "--all-containers"]).await?;
            places.push(Place::new(name, log));
        }
    }
    for pod in operators {
        places.push(metrics(&system, &pod.name_any(), METRICS_OF_OPERATOR).await?);
    }
    for (component, port) in METRICS {
        for pod in cluster.pods(component).await? {
            places.push(metrics(cluster, &pod.name_any(), port).await?);
        }
    }
    let node = node::find(&cluster.environment().kubeconfig)?.context("the logs of a node are those of devcluster")?;
    for folder in WRITTEN {
        read(&node.folder().join(folder), &mut places)?;
    }
    Ok(places)
}

async fn metrics(cluster: &Cluster, pod: &str, port: u16) -> Result<Place> {
    let page = format!("/api/v1/namespaces/{}/pods/{pod}:{port}/proxy/metrics", cluster.namespace());
    let text = cluster.kubectl(&["get", "--raw", &page]).await?;
    ensure!(text.contains("coverletter_"), "{page} has no metrics: {text}");
    Ok(Place::new(page, text))
}

/// Reads every file below a folder. What goes while it is read is gone.
fn read(folder: &Path, places: &mut Vec<Place>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let Ok(entry) = entry else { continue };
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                let read = read(&path, places);
                if path.exists() {
                    read?;
                }
            }
            Ok(kind) if kind.is_file() => {
                if let Ok(bytes) = fs::read(&path) {
                    places.push(Place::new(path.display().to_string(), bytes));
                }
            }
            // Links lead to other files here; sockets say nothing.
            _ => {}
        }
    }
    Ok(())
}

/// What the API server keeps: a place for each key, Events and Leases among them.
///
/// # Errors
/// When etcd cannot be read, or holds nothing.
pub async fn store(cluster: &Cluster) -> Result<Vec<Place>> {
    let node = node::find(&cluster.environment().kubeconfig)?.context("etcd is read on a devcluster node")?;
    let mut curl = std::process::Command::new("curl");
    curl.args(["--silent", "--show-error", "--fail", "--data", EVERYTHING, ETCD]);
    let output = tokio::process::Command::from(node.in_its_network(&curl)).output().await.context("start curl")?;
    ensure!(output.status.success(), "etcd does not answer: {}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).context("read etcd's answer")?;
    let keys = answer["kvs"].as_array().context("etcd holds keys")?;
    let decoded =
        |value: &Value| BASE64_STANDARD.decode(value.as_str().unwrap_or_default()).context("etcd sends base64");
    let place = |entry: &Value| {
        let name = String::from_utf8_lossy(&decoded(&entry["key"])?).into_owned();
        Ok(Place::new(name, decoded(&entry["value"])?))
    };
    keys.iter().map(place).collect()
}

/// Every row of the app's database.
///
/// # Errors
/// When it cannot be dumped.
pub async fn database(cluster: &Cluster) -> Result<Place> {
    let pod = cluster.only_pod(Component::Database).await?;
    let rows = cluster.kubectl(&["exec", &pod, "--container=postgres", "--", "sh", "-c", DUMP]).await?;
    ensure!(rows.contains("COPY public.users"), "this is no dump: {rows}");
    Ok(Place::new("the database".to_owned(), rows))
}
