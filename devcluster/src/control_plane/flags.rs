//! The command lines of etcd, kube-apiserver and kube-controller-manager in a Level A control plane.

use std::{io, path::Path};

use crate::ports::free_port;

/// All controllers that work without nodes, a scheduler, a cloud and metrics. Those of the life of nodes are left out,
/// because no kubelet reports for a scripted node.
const CONTROLLERS: [&str; 26] = [
    "clusterrole-aggregation-controller",
    "cronjob-controller",
    "daemonset-controller",
    "deployment-controller",
    "disruption-controller",
    "endpoints-controller",
    "endpointslice-controller",
    "endpointslice-mirroring-controller",
    "garbage-collector-controller",
    "job-controller",
    "legacy-serviceaccount-token-cleaner-controller",
    "namespace-controller",
    "persistentvolume-binder-controller",
    "persistentvolume-protection-controller",
    "persistentvolumeclaim-protection-controller",
    "pod-garbage-collector-controller",
    "replicaset-controller",
    "replicationcontroller-controller",
    "resourcequota-controller",
    "root-ca-certificate-publisher-controller",
    "service-cidr-controller",
    "serviceaccount-controller",
    "serviceaccount-token-controller",
    "statefulset-controller",
    "ttl-after-finished-controller",
    "validatingadmissionpolicy-status-controller",
];

/// The local ports of one control plane.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// The port of etcd for clients.
    pub etcd: u16,
    /// The port of etcd for peers, of which there are none.
    pub etcd_peer: u16,
    /// The port of the API server.
    pub api_server: u16,
    /// The port of the controller-manager for health checks.
    pub controller_manager: u16,
}

impl Ports {
    /// Four free ports.
    ///
    /// # Errors
    /// When none are found.
    pub fn choose() -> io::Result<Self> {
        let [etcd, etcd_peer, api_server, controller_manager] =
            [free_port()?, free_port()?, free_port()?, free_port()?];
        Ok(Self { etcd, etcd_peer, api_server, controller_manager })
    }

    /// `https://127.0.0.1:<port>`.
    #[must_use]
    pub fn api_server_url(&self) -> String {
        format!("https://127.0.0.1:{}", self.api_server)
    }
}

/// etcd with its data in `<folder>/etcd`. Nothing is flushed to the disk: the data does not outlive the test.
#[must_use]
pub fn etcd(folder: &Path, ports: Ports) -> Vec<String> {
    let client = format!("http://127.0.0.1:{}", ports.etcd);
    let peer = format!("http://127.0.0.1:{}", ports.etcd_peer);
    vec![
        format!("--data-dir={}", folder.join("etcd").display()),
        format!("--listen-client-urls={client}"),
        format!("--advertise-client-urls={client}"),
        format!("--listen-peer-urls={peer}"),
        format!("--initial-advertise-peer-urls={peer}"),
        format!("--initial-cluster=default={peer}"),
        "--unsafe-no-fsync=true".into(),
        "--log-level=warn".into(),
    ]
}

/// kube-apiserver with the certificates in `<folder>/pki`.
#[must_use]
pub fn api_server(folder: &Path, ports: Ports) -> Vec<String> {
    let pki = |file: &str| folder.join("pki").join(file).display().to_string();
    vec![
        format!("--etcd-servers=http://127.0.0.1:{}", ports.etcd),
        "--bind-address=127.0.0.1".into(),
        format!("--secure-port={}", ports.api_server),
        format!("--cert-dir={}", folder.join("pki").display()),
        format!("--tls-cert-file={}", pki("apiserver.crt")),
        format!("--tls-private-key-file={}", pki("apiserver.key")),
        format!("--client-ca-file={}", pki("ca.crt")),
        format!("--service-account-key-file={}", pki("sa.pub")),
        format!("--service-account-signing-key-file={}", pki("sa.key")),
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local".into(),
        "--service-cluster-ip-range=10.96.0.0/16".into(),
        "--authorization-mode=Node,RBAC".into(),
        "--allow-privileged=true".into(),
        // No client uses the `kubernetes` Service.
        "--endpoint-reconciler-type=none".into(),
        // The clients are those of one test: fairness among them only costs time.
        "--enable-priority-and-fairness=false".into(),
        "--max-requests-inflight=0".into(),
        "--max-mutating-requests-inflight=0".into(),
        "--profiling=false".into(),
    ]
}

/// kube-controller-manager as the user of `<folder>/controller-manager.kubeconfig`.
#[must_use]
pub fn controller_manager(folder: &Path, ports: Ports) -> Vec<String> {
    let pki = |file: &str| folder.join("pki").join(file).display().to_string();
    vec![
        format!("--kubeconfig={}", folder.join("controller-manager.kubeconfig").display()),
        "--bind-address=127.0.0.1".into(),
        format!("--secure-port={}", ports.controller_manager),
        format!("--cert-dir={}", folder.join("controller-manager").display()),
        format!("--root-ca-file={}", pki("ca.crt")),
        format!("--service-account-private-key-file={}", pki("sa.key")),
        "--use-service-account-credentials=true".into(),
        "--leader-elect=false".into(),
        format!("--controllers={}", CONTROLLERS.join(",")),
        // The default of 20 requests a second protects large clusters; here tests wait for controllers.
        "--kube-api-qps=300".into(),
        "--kube-api-burst=600".into(),
        "--profiling=false".into(),
    ]
}
