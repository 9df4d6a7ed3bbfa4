//! The configuration files, certificates and kubeconfigs of the components.

use std::fs;
use std::net::SocketAddrV4;

use serde_json::{Value, json};

use super::cgroup::KUBELET_CGROUP;
use super::error::NodeError;
use super::instance::Settings;
use super::layout::Layout;
use super::network::{API_ADDRESS, NODE_ADDRESS, bridges_are_filtered};
use super::plugin;
use crate::certs::{ADMINISTRATORS, CertError, Pki};
use crate::kubeconfig::{self, kubeconfig};

/// Socket of containerd inside the node. The kubelet asks for container statistics at this path only.
pub const CONTAINERD_SOCKET: &str = "/run/containerd/containerd.sock";
/// The image that holds a pod's namespaces.
pub const PAUSE_IMAGE: &str = "coverletter.dev/pause:1";
/// Addresses of pods.
pub const POD_SUBNET: &str = "10.244.0.0/24";
/// Address of the cluster's DNS Service.
pub const DNS_ADDRESS: &str = "10.96.0.10";
/// The domain of the names of Services.
pub const DOMAIN: &str = "cluster.local";
/// Address inside the node at which the DNS server reports whether it is ready.
pub const DNS_READY: &str = "127.0.0.1:8181";

/// Limit on open files. Without `CAP_SYS_RESOURCE` it cannot be raised above the machine's own.
const OPEN_FILES: u32 = 20_000;

/// Writes all of them. `api` is the address of the API server outside the node.
pub fn write(layout: &Layout, settings: &Settings, api: SocketAddrV4) -> Result<(), NodeError> {
    write_keys(layout, settings, api).map_err(NodeError::prepare("the certificates"))?;
    let files = [
        ("containerd.toml", containerd(layout, settings)),
        ("cni/10-pods.conflist", pod_network(bridges_are_filtered()).to_string()),
        ("kubelet.yaml", kubelet(layout).to_string()),
        ("proxy.yaml", proxy(layout, settings, !bridges_are_filtered()).to_string()),
        ("Corefile", dns(layout, settings)),
        ("resolv.conf", "nameserver 127.0.0.1\n".to_owned()),
    ];
    for (name, text) in files {
        let path = layout.config_file(name);
        fs::write(&path, text).map_err(NodeError::at("write", &path))?;
    }
    Ok(())
}

fn containerd(layout: &Layout, settings: &Settings) -> String {
    let root = layout.state("containerd").display().to_string();
    let optional = layout.state("containerd-optional").display().to_string();
    let plugins = settings.programs.runtime.display().to_string();
    let own_plugins = layout.own_plugins().display().to_string();
    let networks = layout.config_file("cni").display().to_string();
    format!(
        "version = 3
root = {root:?}
state = \"/run/containerd\"
[grpc]
  address = {CONTAINERD_SOCKET:?}
[plugins.'io.containerd.internal.v1.opt']
  path = {optional:?}
[plugins.'io.containerd.nri.v1.nri']
  disable = true
[plugins.'io.containerd.cri.v1.images']
  snapshotter = 'overlayfs'
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = {PAUSE_IMAGE:?}
[plugins.'io.containerd.cri.v1.runtime']
  # Without CAP_SYS_RESOURCE a score cannot be lowered, and every container would fail to start.
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
    runtime_type = 'io.containerd.runc.v2'
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
      SystemdCgroup = false
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = [{plugins:?}, {own_plugins:?}]
    conf_dir = {networks:?}
"
    )
}

fn pod_network(with_policies: bool) -> Value {
    let bridge = json!({
        "type": "bridge",
        "bridge": "cni0",
        "isGateway": true,
        "ipMasq": true,
        "ipMasqBackend": "nftables",
        "hairpinMode": true,
        "ipam": {
            "type": "host-local",
            "dataDir": "/run/cni-addresses",
            "ranges": [[{"subnet": POD_SUBNET}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        },
    });
    let ports = json!({"type": "portmap", "backend": "nftables", "capabilities": {"portMappings": true}});
    let policies = with_policies.then(|| json!({"type": plugin::NAME}));
    let plugins: Vec<Value> = [bridge, ports].into_iter().chain(policies).collect();
    json!({"cniVersion": "1.0.0", "name": "pods", "plugins": plugins})
}

fn kubelet(layout: &Layout) -> Value {
    json!({
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": false},
            "webhook": {"enabled": true},
            "x509": {"clientCAFile": layout.key_file("ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": format!("/{KUBELET_CGROUP}"),
        "failCgroupV1": false,
        "clusterDNS": [DNS_ADDRESS],
        "clusterDomain": DOMAIN,
        "containerRuntimeEndpoint": format!("unix://{CONTAINERD_SOCKET}"),
        // Builds and other instances share the machine: a full disk must not evict pods or delete images.
        "evictionHard": {"nodefs.available": "0%", "nodefs.inodesFree": "0%", "imagefs.available": "0%"},
        "imageGCHighThresholdPercent": 100,
        "failSwapOn": false,
        "makeIPTablesUtilChains": false,
        "maxOpenFiles": OPEN_FILES,
        "oomScoreAdj": 0,
        "podLogsDir": layout.state("pod-logs"),
        "resolvConf": layout.config_file("resolv.conf"),
        "tlsCertFile": layout.key_file("kubelet.crt"),
        "tlsPrivateKeyFile": layout.key_file("kubelet.key"),
        "volumePluginDir": layout.state("kubelet-plugins"),
        // The default of ten seconds protects clusters of thousands of nodes; here people wait for each pod.
        "nodeStatusUpdateFrequency": "5s",
        "syncFrequency": "10s",
        "serializeImagePulls": false,
    })
}

fn proxy(layout: &Layout, settings: &Settings, masquerade_all: bool) -> Value {
    json!({
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "nftables": {"masqueradeAll": masquerade_all, "minSyncPeriod": "100ms"},
        "nodePortAddresses": ["primary"],
        "clientConnection": {"kubeconfig": layout.component_kubeconfig("proxy")},
        "clusterCIDR": POD_SUBNET,
        "hostnameOverride": settings.name,
        // These limits of the connection table would hold for the whole machine.
        "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    })
}

/// The DNS server knows the cluster's names only: the node has no route to another DNS server.
fn dns(layout: &Layout, settings: &Settings) -> String {
    let kubeconfig = layout.component_kubeconfig("admin").display().to_string();
    let context = &settings.name;
    format!(
        "{DOMAIN}:53 in-addr.arpa:53 {{
  errors
  ready {DNS_READY}
  kubernetes {DOMAIN} in-addr.arpa {{
    kubeconfig {kubeconfig:?} {context}
    pods insecure
    ttl 5
  }}
  cache 5
}}
"
    )
}

fn write_keys(layout: &Layout, settings: &Settings, api: SocketAddrV4) -> Result<(), CertError> {
    let node_address = NODE_ADDRESS.to_string();
    let node_user = format!("system:node:{}", settings.name);
    let pki = Pki::create(&layout.pki(), &[&node_address])?;
    let inside = format!("https://{API_ADDRESS}");
    let users: [(&str, &str, Option<&str>, &[&str]); 5] = [
        ("admin", "admin", Some(ADMINISTRATORS), &[]),
        ("controller-manager", "system:kube-controller-manager", None, &[]),
        ("scheduler", "system:kube-scheduler", None, &[]),
        ("proxy", "system:kube-proxy", None, &[]),
        ("kubelet", &node_user, Some("system:nodes"), &[&settings.name, &node_address]),
    ];
    for (name, user, group, addresses) in users {
        let keys = pki.issue(name, user, group, addresses)?;
        let config = kubeconfig(&settings.name, &inside, pki.ca(), &keys);
        kubeconfig::write(&layout.component_kubeconfig(name), &config)?;
        if name == "admin" {
            let outside = kubeconfig(&settings.name, &format!("https://{api}"), pki.ca(), &keys);
            kubeconfig::write(&layout.kubeconfig(), &outside)?;
        }
    }
    Ok(())
}
