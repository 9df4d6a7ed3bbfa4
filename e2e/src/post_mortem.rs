//! Prints the state of a namespace when its test fails. Its people are invented, so nothing is redacted.

use crate::cluster::{Cluster, SYSTEM};

/// Lines of each container's log.
const TAIL: &str = "--tail=40";

/// Prints pods, events, resources and the ends of all logs, the operator's included. Skips what cannot be read.
pub async fn print(cluster: &Cluster) {
    let everything: [&[&str]; 6] = [
        &["get", "pods,deployments,statefulsets,services,persistentvolumeclaims", "--output", "wide"],
        &["get", "events", "--sort-by=.lastTimestamp"],
        &["get", "coverletterrequests", "--output", "wide"],
        &["get", "coverletterapps", "--output", "yaml"],
        &["get", "coverletterrequests", "--output", "yaml", "--chunk-size=5"],
        &["get", "leases", "--output", "yaml"],
    ];
    for arguments in everything {
        show(cluster, arguments).await;
    }
    logs(cluster).await;
    logs(&cluster.in_namespace(SYSTEM)).await;
}

async fn logs(cluster: &Cluster) {
    let pods = cluster.kubectl(&["get", "pods", "--output", "name"]).await.unwrap_or_default();
    for pod in pods.lines() {
        show(cluster, &["logs", pod, "--all-containers", "--prefix", TAIL]).await;
        if restarted(cluster, pod).await {
            show(cluster, &["logs", pod, "--all-containers", "--prefix", "--previous", TAIL]).await;
        }
    }
}

async fn restarted(cluster: &Cluster, pod: &str) -> bool {
    let counts = ["get", pod, "--output", "jsonpath={.status.containerStatuses[*].restartCount}"];
    let counts = cluster.kubectl(&counts).await.unwrap_or_default();
    counts.split_whitespace().any(|count| count != "0")
}

async fn show(cluster: &Cluster, arguments: &[&str]) {
    eprintln!("---- kubectl --namespace {} {}", cluster.namespace(), arguments.join(" "));
    match cluster.kubectl(arguments).await {
        Ok(text) => eprintln!("{text}"),
        Err(error) => eprintln!("{error:#}"),
    }
}
