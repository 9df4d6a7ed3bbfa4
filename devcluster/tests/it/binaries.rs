//! Integration tests of `binaries`: the built programs start and print their versions.

use std::{path::Path, process::Command};

use devcluster::binaries::{Binaries, CONTAINERD_VERSION, KUBERNETES_VERSION, RuntimeBinaries};

fn output(program: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{} {arguments:?}: {text}", program.display());
    text
}

#[tokio::test]
async fn every_kubernetes_component_runs_under_its_own_name() {
    let binaries = Binaries::ensure().await.unwrap();
    for name in ["kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler", "kubelet"] {
        let version = output(&binaries.path(name), &["--version"]);
        assert_eq!(version.trim(), format!("Kubernetes {KUBERNETES_VERSION}"), "{name}");
        assert!(output(&binaries.path(name), &["--help"]).contains(name));
    }
    let kubectl = output(&binaries.path("kubectl"), &["version", "--client"]);
    assert!(kubectl.contains(&format!("Client Version: {KUBERNETES_VERSION}")), "{kubectl}");
    assert!(output(&binaries.path("etcd"), &["--version"]).starts_with("etcd Version: 3.6."));
    assert!(output(&binaries.path("coredns"), &["-version"]).starts_with("CoreDNS-1.14"));
    assert!(output(&binaries.path("metrics-server"), &["--help"]).contains("--metric-resolution"));
}

#[tokio::test]
async fn an_unknown_name_lists_the_known_ones() {
    let binaries = Binaries::ensure().await.unwrap();
    let program = binaries.folder().unwrap().join("kubernetes");
    let refused = Command::new(program).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let text = String::from_utf8(refused.stderr).unwrap();
    assert!(text.contains(r#""kubernetes" is not a component"#) && text.contains("coredns, etcd"), "{text}");
}

#[tokio::test]
async fn the_container_runtime_and_its_plugins_run() {
    let binaries = RuntimeBinaries::ensure().await.unwrap();
    assert!(output(&binaries.path("containerd"), &["--version"]).contains(CONTAINERD_VERSION));
    assert!(output(&binaries.path("ctr"), &["--version"]).contains(CONTAINERD_VERSION));
    assert!(output(&binaries.path("containerd-shim-runc-v2"), &["-v"]).contains(CONTAINERD_VERSION));
    for plugin in ["bridge", "host-local", "loopback", "portmap"] {
        assert!(output(&binaries.path(plugin), &["--version"]).contains("CNI protocol versions"), "{plugin}");
    }
}
