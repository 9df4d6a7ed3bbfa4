//! Who reaches whom: the network policies of the operator and of an app, enforced and tried from the networks of pods.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use crds::names::{COMPONENT_LABEL, Component};
use devcluster::node::{Attempt, DNS_SERVER, NODE_ADDRESS, Node, bridges_are_filtered};
use e2e::cluster::SYSTEM;
use e2e::letter::request;
use e2e::{Cluster, Play, app, eventually, node, play};
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::api::ListParams;
use serde_json::{Value, json};

const SITE: u16 = 8_080;
const ADMIN: u16 = 9_090;
const INFERENCE: u16 = 8_080;
const POSTGRES: u16 = 5_432;
const SCALER: u16 = 9_091;
/// A port of no program.
const NONE: u16 = 7;
/// Longer than any answer within a machine takes.
const PATIENCE: Duration = Duration::from_secs(1);
const RUNS_WITHIN: Duration = Duration::from_mins(1);

#[tokio::test]
async fn the_web_reaches_the_database_and_the_stream_and_nobody_else_more_than_is_written() {
    play("reachability", async |play: &Play| {
        let cluster = &play.cluster;
        let node = node::find(&cluster.environment().kubeconfig)?.context("attempts begin on a devcluster node")?;
        ensure!(bridges_are_filtered(), "this kernel has no br_netfilter, so that no policy is enforced");
        let elsewhere = play.another_namespace("elsewhere").await?;
        cluster.install(&app::small()).await?;
        let [web, database, inference] = [
            of_app(&node, cluster, Component::Web).await?,
            of_app(&node, cluster, Component::Database).await?,
            of_app(&node, cluster, Component::Inference).await?,
        ];
        let neighbour = stranger(&node, cluster, "neighbour", &json!({})).await?;
        // It has the labels of the web, in another namespace.
        let foreign = stranger(&node, &elsewhere, "foreign", &json!(web.labels)).await?;
        let (api_server, names) = (SocketAddrV4::new(NODE_ADDRESS, 6_443), SocketAddrV4::new(DNS_SERVER, 53));

        web.reaches(&[database.at(POSTGRES), inference.at(INFERENCE), api_server, names])?;
        web.misses(&[inference.at(NONE), database.at(NONE), neighbour.at(SITE), foreign.at(SITE)])?;
        inference.reaches(&[api_server, names])?;
        inference.misses(&[
            database.at(POSTGRES),
            web.at(SITE),
            web.at(ADMIN),
            neighbour.at(SITE),
            foreign.at(SITE),
        ])?;
        database.misses(&[web.at(SITE), inference.at(INFERENCE), neighbour.at(SITE), api_server, names])?;
        for other in [&neighbour, &foreign] {
            // The site is for everybody; metrics are for Prometheus, wherever it runs (docs/operator.md), and so is the
            // port of an inference pod, whose stream asks for a token.
            other.reaches(&[web.at(SITE), web.at(ADMIN), inference.at(INFERENCE)])?;
            other.misses(&[database.at(POSTGRES), web.at(NONE), inference.at(ADMIN), inference.at(NONE)])?;
        }
        every_pod_reaches_the_operator(&node, cluster, &foreign).await?;

        cluster.apply(&[request("one", 1)]).await?;
        cluster.letter("one", Duration::from_mins(1)).await?;
        the_job_that_changes_the_password_reaches_the_database(cluster).await?;
        Ok::<_, anyhow::Error>(())
    })
    .await;
}

/// Metrics of each replica, and the port for KEDA of the one that leads; the way to that of the other is open.
async fn every_pod_reaches_the_operator(node: &Node, cluster: &Cluster, pod: &Place<'_>) -> Result<()> {
    // An earlier story may have ended a replica that is not back yet.
    eventually("one operator listens for KEDA, and all are measured", RUNS_WITHIN, async || {
        let mut listen = 0;
        for operator in operators(node, cluster).await? {
            pod.reaches(&[operator.at(ADMIN)])?;
            pod.misses(&[operator.at(NONE)])?;
            listen += usize::from(pod.is_answered(operator.at(SCALER))?);
        }
        Ok((listen == 1).then_some(()))
    })
    .await
}

/// As the README has it done. The Job's policy is there only meanwhile.
async fn the_job_that_changes_the_password_reaches_the_database(cluster: &Cluster) -> Result<()> {
    let app = format!("coverletterapp/{}", app::NAME);
    cluster.kubectl(&["patch", &app, "--type=merge", "--patch", r#"{"spec":{"rotateSecrets":"now"}}"#]).await?;
    cluster.kubectl(&["wait", "--for=condition=SecretsRotated", &app, "--timeout=120s"]).await?;
    Ok(())
}

/// A pod, as a place to connect from and to.
struct Place<'a> {
    node: &'a Node,
    name: String,
    uid: String,
    address: Ipv4Addr,
    labels: BTreeMap<String, String>,
}

impl<'a> Place<'a> {
    fn new(node: &'a Node, pod: &Pod) -> Result<Self> {
        let address =
            pod.status.as_ref().and_then(|status| status.pod_ip.as_deref()).context("a pod has an address")?;
        let labels = pod.labels().clone();
        Ok(Self { node, name: pod.name_any(), uid: pod.uid().context("a uid")?, address: address.parse()?, labels })
    }

    fn at(&self, port: u16) -> SocketAddrV4 {
        SocketAddrV4::new(self.address, port)
    }

    fn reaches(&self, all: &[SocketAddrV4]) -> Result<()> {
        all.iter().try_for_each(|to| self.ends(*to, Attempt::Connected))
    }

    /// All at the same time, since each waits for an answer that does not come.
    fn misses(&self, all: &[SocketAddrV4]) -> Result<()> {
        thread::scope(|scope| {
            let attempts: Vec<_> = all.iter().map(|to| scope.spawn(|| self.ends(*to, Attempt::Unanswered))).collect();
            attempts.into_iter().try_for_each(|attempt| attempt.join().expect("an attempt does not panic"))
        })
    }

    fn ends(&self, to: SocketAddrV4, expected: Attempt) -> Result<()> {
        let seen = self.node.connect_from(&self.uid, to, PATIENCE)?;
        ensure!(seen == expected, "from {} ({}) to {to}: {seen:?}", self.name, self.address);
        Ok(())
    }

    /// Whether somebody listens there. The way must be open.
    fn is_answered(&self, to: SocketAddrV4) -> Result<bool> {
        let seen = self.node.connect_from(&self.uid, to, PATIENCE)?;
        ensure!(seen != Attempt::Unanswered, "from {} ({}) to {to}: {seen:?}", self.name, self.address);
        Ok(seen == Attempt::Connected)
    }
}

async fn of_app<'a>(node: &'a Node, cluster: &Cluster, component: Component) -> Result<Place<'a>> {
    let pods = cluster.pods(component).await?;
    Place::new(node, pods.first().context("a pod of each component")?)
}

async fn operators<'a>(node: &'a Node, cluster: &Cluster) -> Result<Vec<Place<'a>>> {
    let of_operator = ListParams::default().labels(&format!("{COMPONENT_LABEL}=operator"));
    let pods = cluster.in_namespace(SYSTEM).api::<Pod>().list(&of_operator).await?.items;
    pods.iter().map(|pod| Place::new(node, pod)).collect()
}

/// A pod that belongs to no app and only sleeps, of the image that is on every node.
async fn stranger<'a>(node: &'a Node, cluster: &Cluster, name: &str, labels: &Value) -> Result<Place<'a>> {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "terminationGracePeriodSeconds": 0,
            "automountServiceAccountToken": false,
            "securityContext": {
                "runAsNonRoot": true, "runAsUser": 65_532, "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [{
                "name": "sleeps", "image": "coverletter.dev/pause:1", "imagePullPolicy": "IfNotPresent",
                "command": ["/bin/busybox", "sleep", "3600"],
                "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
            }],
        },
    });
    cluster.apply(&[pod]).await?;
    let pod = eventually(&format!("the pod {name} runs"), RUNS_WITHIN, async || {
        let pod = cluster.api::<Pod>().get(name).await?;
        let phase = pod.status.as_ref().and_then(|status| status.phase.as_deref());
        Ok((phase == Some("Running")).then_some(pod))
    })
    .await?;
    Place::new(node, &pod)
}
