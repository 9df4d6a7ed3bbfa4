//! A user who may read apps and nothing else.

use kube::config::Kubeconfig;
use serde_json::json;

use crate::cluster::{Cluster, eventually, plugin};

#[tokio::test]
async fn a_right_that_is_missing_is_named_and_all_else_is_shown() {
    let cluster = Cluster::start("rights").await;
    cluster.app(json!({"paused": true})).await;
    cluster.comes_to_say(&["status"], &["Paused"]).await;
    let namespace = cluster.namespace.as_str();
    for arguments in [
        vec!["create", "role", "reader", "-n", namespace, "--verb=list", "--resource=coverletterapps.coverletter.dev"],
        vec![
            "create",
            "rolebinding",
            "reader",
            "-n",
            namespace,
            "--role=reader",
            &format!("--serviceaccount={namespace}:default"),
        ],
    ] {
        cluster.plane.kubectl(&arguments).await.expect("it is accepted");
    }
    let token = cluster.plane.kubectl(&["create", "token", "default", "-n", namespace]).await.expect("a token");
    let config = Kubeconfig::read_from(cluster.plane.kubeconfig()).expect("a kubeconfig");
    let path = cluster.plane.folder().join(format!("{namespace}.kubeconfig"));
    let mut written = serde_json::to_value(&config).expect("it can be serialised");
    written["users"][0]["user"] = json!({"token": token.trim()});
    std::fs::write(&path, written.to_string()).expect("it can be written");

    let said = eventually("the role counts", async || {
        let said = plugin(&path, &["status", "-n", namespace]).await;
        if said.ok { Ok(said.out) } else { Err(said) }
    })
    .await;
    for words in [
        "Paused (Paused)",
        "Some of this is not shown",
        "lack the right to list pods in namespace",
        "get leases.coordination.k8s.io",
    ] {
        assert!(said.contains(words), "no `{words}` in: {said}");
    }
    for (arguments, right) in [
        (vec!["requests"], "list coverletterrequests.coverletter.dev"),
        (vec!["logs"], "list pods"),
        (vec!["backup", "now"], "get cronjobs.batch"),
        (vec!["status", "-A"], "list coverletterapps.coverletter.dev in all namespaces"),
    ] {
        let place = ["-n", namespace];
        let place = if arguments.contains(&"-A") { &[][..] } else { &place[..] };
        let said = plugin(&path, &[arguments.as_slice(), place].concat()).await;
        assert!(!said.ok && said.err.contains(&format!("you lack the right to {right}")), "{arguments:?}: {said:?}");
    }
}
