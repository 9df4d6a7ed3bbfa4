//! The command lines of the node's programs.

use super::config::DOMAIN;
use super::instance::Settings;
use super::layout::Layout;
use super::network::{API_PORT, NODE_ADDRESS};

/// Address of etcd inside the node.
pub const ETCD_ADDRESS: &str = "127.0.0.1:2379";
/// Address inside the node at which kube-proxy reports whether its rules are in place.
pub const PROXY_HEALTH: &str = "127.0.0.1:10256";
/// Port of metrics-server inside the node.
pub const METRICS_PORT: u16 = 4443;
/// Addresses of Services.
const SERVICE_SUBNET: &str = "10.96.0.0/16";

/// A program with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Name of the program, and of its log.
    pub name: &'static str,
    pub arguments: Vec<String>,
}

impl Component {
    fn new(name: &'static str, arguments: impl IntoIterator<Item = String>) -> Self {
        Self { name, arguments: arguments.into_iter().collect() }
    }
}

/// Names of all components, in the order in which they start.
pub const NAMES: [&str; 9] = [
    "containerd",
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "kube-proxy",
    "coredns",
    "metrics-server",
];

pub fn containerd(layout: &Layout) -> Component {
    let config = layout.config_file("containerd.toml").display().to_string();
    Component::new("containerd", ["--config".to_owned(), config])
}

/// etcd waits for the disk only where its data outlives the instance.
pub fn etcd(layout: &Layout, settings: &Settings) -> Component {
    let peers = "http://127.0.0.1:2380";
    let arguments = [
        "--name=node".to_owned(),
        format!("--data-dir={}", layout.state("etcd").display()),
        format!("--listen-client-urls=http://{ETCD_ADDRESS}"),
        format!("--advertise-client-urls=http://{ETCD_ADDRESS}"),
        format!("--listen-peer-urls={peers}"),
        format!("--initial-advertise-peer-urls={peers}"),
        format!("--initial-cluster=node={peers}"),
        format!("--unsafe-no-fsync={}", !settings.kept),
    ];
    Component::new("etcd", arguments)
}

pub fn api_server(layout: &Layout) -> Component {
    let key = |name: &str| layout.key_file(name).display().to_string();
    let mut arguments = vec![
        format!("--etcd-servers=http://{ETCD_ADDRESS}"),
        "--bind-address=0.0.0.0".to_owned(),
        format!("--advertise-address={NODE_ADDRESS}"),
        format!("--secure-port={API_PORT}"),
        format!("--client-ca-file={}", key("ca.crt")),
        format!("--tls-cert-file={}", key("apiserver.crt")),
        format!("--tls-private-key-file={}", key("apiserver.key")),
        "--authorization-mode=Node,RBAC".to_owned(),
        "--enable-admission-plugins=NodeRestriction".to_owned(),
        format!("--service-cluster-ip-range={SERVICE_SUBNET}"),
        "--allow-privileged=true".to_owned(),
        format!("--service-account-issuer=https://kubernetes.default.svc.{DOMAIN}"),
        format!("--service-account-key-file={}", key("sa.pub")),
        format!("--service-account-signing-key-file={}", key("sa.key")),
        format!("--kubelet-client-certificate={}", key("apiserver-kubelet-client.crt")),
        format!("--kubelet-client-key={}", key("apiserver-kubelet-client.key")),
        format!("--kubelet-certificate-authority={}", key("ca.crt")),
        "--kubelet-preferred-address-types=InternalIP".to_owned(),
        "--profiling=false".to_owned(),
        format!("--proxy-client-cert-file={}", key("front-proxy-client.crt")),
        format!("--proxy-client-key-file={}", key("front-proxy-client.key")),
        "--enable-aggregator-routing=true".to_owned(),
    ];
    arguments.extend(front_proxy(layout));
    Component::new("kube-apiserver", arguments)
}

pub fn controller_manager(layout: &Layout) -> Component {
    let key = |name: &str| layout.key_file(name).display().to_string();
    let mut arguments = connection(layout, "controller-manager");
    arguments.extend([
        format!("--root-ca-file={}", key("ca.crt")),
        format!("--service-account-private-key-file={}", key("sa.key")),
        "--use-service-account-credentials=true".to_owned(),
        // The default of 20 requests a second protects large clusters; here people wait for each pod.
        "--kube-api-qps=300".to_owned(),
        "--kube-api-burst=600".to_owned(),
        format!("--cluster-signing-cert-file={}", key("ca.crt")),
        format!("--cluster-signing-key-file={}", key("ca.key")),
    ]);
    Component::new("kube-controller-manager", arguments)
}

pub fn scheduler(layout: &Layout) -> Component {
    Component::new("kube-scheduler", connection(layout, "scheduler"))
}

pub fn kubelet(layout: &Layout, settings: &Settings) -> Component {
    let arguments = [
        format!("--config={}", layout.config_file("kubelet.yaml").display()),
        format!("--kubeconfig={}", layout.component_kubeconfig("kubelet").display()),
        format!("--hostname-override={}", settings.name),
        format!("--node-ip={NODE_ADDRESS}"),
        format!("--root-dir={}", layout.state("kubelet").display()),
        format!("--cert-dir={}", layout.state("kubelet").join("pki").display()),
    ];
    Component::new("kubelet", arguments)
}

pub fn proxy(layout: &Layout) -> Component {
    Component::new("kube-proxy", [format!("--config={}", layout.config_file("proxy.yaml").display())])
}

pub fn dns(layout: &Layout) -> Component {
    Component::new("coredns", ["-conf".to_owned(), layout.config_file("Corefile").display().to_string()])
}

pub fn metrics_server(layout: &Layout) -> Component {
    let kubeconfig = layout.component_kubeconfig("admin").display().to_string();
    let mut arguments = vec![
        format!("--kubeconfig={kubeconfig}"),
        format!("--authentication-kubeconfig={kubeconfig}"),
        format!("--authorization-kubeconfig={kubeconfig}"),
        format!("--secure-port={METRICS_PORT}"),
        format!("--cert-dir={}", layout.state("metrics-server").display()),
        format!("--kubelet-certificate-authority={}", layout.key_file("ca.crt").display()),
        "--kubelet-preferred-address-types=InternalIP".to_owned(),
        // metrics-server refuses ten seconds or less.
        "--metric-resolution=15s".to_owned(),
    ];
    arguments.extend(front_proxy(layout));
    Component::new("metrics-server", arguments)
}

/// The arguments with which a controller finds the API server. Each runs once, so there is no leader to elect.
fn connection(layout: &Layout, user: &str) -> Vec<String> {
    let kubeconfig = layout.component_kubeconfig(user).display().to_string();
    vec![
        format!("--kubeconfig={kubeconfig}"),
        format!("--authentication-kubeconfig={kubeconfig}"),
        format!("--authorization-kubeconfig={kubeconfig}"),
        "--leader-elect=false".to_owned(),
        "--bind-address=127.0.0.1".to_owned(),
    ]
}

/// The client certificate and headers with which the API server forwards requests on behalf of users.
fn front_proxy(layout: &Layout) -> [String; 5] {
    [
        format!("--requestheader-client-ca-file={}", layout.key_file("front-proxy-ca.crt").display()),
        "--requestheader-allowed-names=front-proxy".to_owned(),
        "--requestheader-username-headers=X-Remote-User".to_owned(),
        "--requestheader-group-headers=X-Remote-Group".to_owned(),
        "--requestheader-extra-headers-prefix=X-Remote-Extra-".to_owned(),
    ]
}
