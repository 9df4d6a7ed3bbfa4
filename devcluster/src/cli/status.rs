//! `devcluster status`.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use devcluster::node::{Instance, Node};
use k8s_openapi::api::core::v1::{Node as NodeObject, Pod};
use kube::api::{Api, ListParams};
use tokio::time::timeout;

/// List the clusters of this machine and their state
#[derive(Args, Debug)]
pub struct Status {
    /// Only the cluster of this name; fails when it is not Ready
    #[arg(long)]
    name: Option<String>,
}

/// An API server that takes longer counts as not ready.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

impl Status {
    pub async fn run(self, home: &Path) -> anyhow::Result<ExitCode> {
        let names = self.name.clone().map_or_else(|| Instance::names(home), |name| vec![name]);
        if names.is_empty() {
            println!("No cluster is running");
        }
        let mut all_well = true;
        for name in names {
            let Some(node) = Node::find(home, &name)? else {
                println!("{name}: not running");
                all_well = false;
                continue;
            };
            let state = timeout(ANSWER_WITHIN, observe(&node)).await;
            let state = state.unwrap_or_else(|_| Err(anyhow::anyhow!("the API server does not answer")));
            all_well &= state.as_ref().is_ok_and(|(well, _)| *well);
            let text = state.map_or_else(|error| error.to_string(), |(_, text)| text);
            println!("{name}: {text}");
            println!("  web {}, API server {}, kubeconfig {}", node.web(), node.api(), node.kubeconfig().display());
        }
        let failed = self.name.is_some() && !all_well;
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

async fn observe(node: &Node) -> anyhow::Result<(bool, String)> {
    let client = node.client().await?;
    let object = Api::<NodeObject>::all(client.clone()).get(node.name()).await?;
    let status = object.status.unwrap_or_default();
    let conditions = status.conditions.unwrap_or_default();
    let well = conditions.iter().any(|condition| condition.type_ == "Ready" && condition.status == "True");
    let version = status.node_info.map(|info| info.kubelet_version).unwrap_or_default();
    let pods = Api::<Pod>::all(client).list(&ListParams::default()).await?;
    let running =
        pods.iter().filter(|pod| pod.status.as_ref().and_then(|status| status.phase.as_deref()) == Some("Running"));
    let ready = if well { "Ready" } else { "not Ready" };
    Ok((well, format!("{ready}, Kubernetes {version}, {} of {} pods running", running.count(), pods.items.len())))
}
