//! Integration tests of `node`: real nodes with real pods, from an empty folder to nothing left of them.
//!
//! What must not be left is searched in /proc, /sys and the file system, without the library.

mod leftovers;
mod policies;
mod workload;

use std::io::Write as _;
use std::process::{Command, Output};
use std::time::Instant;

use devcluster::node::{Lifetime, Node, NodeError, NodeOptions, Programs, bridges_are_filtered, chain, prepare};
use nix::sys::signal::{Signal, kill};

const DEVCLUSTER: &str = env!("CARGO_BIN_EXE_devcluster");

/// Whether this machine can run a node. Where it cannot, one line says why, and with `CI` set the test fails.
fn can_run() -> bool {
    let doctor = Command::new(DEVCLUSTER).args(["doctor", "--quiet"]).output().unwrap();
    if doctor.status.success() {
        return true;
    }
    let findings = String::from_utf8_lossy(&doctor.stdout).into_owned();
    let failures: Vec<&str> = findings.lines().filter(|line| line.starts_with("fail")).collect();
    assert!(std::env::var_os("CI").is_none(), "this machine must be able to run a node: {failures:?}");
    skip(&format!("no node can run here: {}", failures.join("; ")));
    false
}

/// Says why a test checks nothing here. The macros that print say nothing of tests that pass.
fn skip(why: &str) {
    std::io::stderr().write_all(format!("Skipped, {why}\n").as_bytes()).unwrap();
}

fn options(name: &str, home: &tempfile::TempDir) -> NodeOptions {
    NodeOptions {
        home: home.path().to_owned(),
        web_port: 0,
        devcluster: Some(DEVCLUSTER.into()),
        ..NodeOptions::named(name)
    }
}

fn unwrap<T>(outcome: Result<T, NodeError>) -> T {
    outcome.unwrap_or_else(|error| panic!("{}", chain(&error)))
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_run_pods_side_by_side_and_leave_nothing() {
    if !can_run() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    unwrap(prepare().await);
    let began = Instant::now();
    let (one, two) = tokio::join!(Node::start(options("one", &home)), Node::start(options("two", &home)));
    let (one, two) = (unwrap(one), unwrap(two));
    // The goal is 15 s for one, on an idle machine with everything built; tests share theirs.
    println!("Two nodes were ready after {:?}", began.elapsed());
    assert_ne!(one.web(), two.web());

    workload::rolls_out_under_restricted_security(&two);
    workload::limit_is_the_containers_own(&two);
    workload::service_answers_at_the_node_port(&two);
    workload::names_and_services_work_in_a_pod(&two);
    workload::exec_and_logs_reach_the_container(&two);
    workload::claim_keeps_its_data_until_it_is_deleted(&two);
    workload::metrics_arrive(&two);
    workload::killed_component_comes_back(&two);
    assert!(workload::kubectl(&one, &["get", "namespaces"]).is_ok_and(|names| !names.contains(workload::NAMESPACE)));

    let traces = leftovers::Traces::of(&two);
    kill(two.supervisor(), Signal::SIGKILL).unwrap();
    traces.vanish().await;
    unwrap(two.stop());

    let traces = leftovers::Traces::of(&one);
    drop(one);
    traces.vanish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pods_reach_what_policies_allow_and_nothing_else() {
    if !can_run() {
        return;
    }
    if !bridges_are_filtered() {
        skip("network policies are enforced nowhere here: this kernel has no br_netfilter");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let node = unwrap(Node::start(options("guarded", &home)).await);
    policies::pods_reach_what_policies_allow_and_nothing_else(&node);
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_start_names_the_component_and_leaves_only_its_logs() {
    if !can_run() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let built = unwrap(prepare().await);
    let programs = Programs { runtime: home.path().join("empty"), ..built };
    let outcome = Node::start(NodeOptions { programs: Some(programs), ..options("broken", &home) }).await;
    let Err(NodeError::Start { message, logs, .. }) = outcome else { panic!("must not start") };
    assert!(message.contains("`containerd`"), "{message}");
    assert!(std::fs::read_to_string(logs.join("node.log")).unwrap().contains("containerd"));
    assert!(!home.path().join("broken").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_name_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let outcome = Node::start(NodeOptions { lifetime: Lifetime::Owned, ..options("../up", &home) }).await;
    assert!(matches!(outcome, Err(NodeError::Name { .. })));
}

#[test]
fn commands_can_be_repeated_and_what_is_kept_is_there_again() {
    if !can_run() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| -> Output {
        Command::new(DEVCLUSTER).args(arguments).env("DEVCLUSTER_HOME", home.path()).output().unwrap()
    };
    let says = |arguments: &[&str], expected: &str| {
        let output = run(arguments);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{arguments:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
        assert!(text.contains(expected), "{arguments:?}: {text}");
    };
    let kept = home.path().join("kept").display().to_string();
    says(&["up", "--web-port", "0", "--forward", "0:6443", "--keep", &kept], "The cluster `dev` is ready");
    says(&["up"], "already running");
    says(&["status", "--name", "dev"], "dev: Ready");
    says(&["url"], "http://127.0.0.1:");
    says(&["kubeconfig"], "/dev/kubeconfig");
    says(&["kubectl", "--", "get", "nodes", "--no-headers"], "dev   Ready");
    says(&["kubectl", "--", "create", "configmap", "memo", "--from-literal=text=remembered"], "created");
    says(&["logs", "etcd"], "etcd");
    says(&["down"], "is gone");
    says(&["up", "--web-port", "0", "--keep", &kept], "The cluster `dev` is ready");
    says(&["kubectl", "--", "get", "configmap", "memo", "--output", "jsonpath={.data.text}"], "remembered");
    says(&["down"], "is gone");
    says(&["down"], "was not running");
    assert!(!run(&["status", "--name", "dev"]).status.success());
    assert!(!run(&["kubectl", "--", "get", "nodes"]).status.success());
}
