//! A control plane with the operator's rights and policies, an app with pods, and the proxy before all programs.

use std::path::PathBuf;

use crds::CoverLetterApp;
use crds::manifests::custom_resource_definitions;
use devcluster::control_plane::ControlPlane;
use devcluster::scripted_kubelet::ScriptedKubelet;
use fixtures::fault_proxy::FaultProxy;
use k8s_openapi::api::core::v1::{Pod, ServiceAccount};
use kube::api::{ListParams, PostParams};
use kube::{Api, Client, ResourceExt as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::cluster::{APP, Namespace, eventually};
use crate::program::free_port;
use crate::server::scripted::{Dialect, Reply, Server, TOKEN, words};

/// Manifests, below `config`, of what the operator needs.
const INSTALLED: [&str; 4] =
    ["operator/namespace.yaml", "rbac/operator.yaml", "admission/claim-policy.yaml", "admission/lease-policy.yaml"];
const OPERATOR: (&str, &str) = ("coverletter-system", "coverletter-operator");
/// How long the server of the model takes for a letter.
const SERVICE: std::time::Duration = std::time::Duration::from_millis(250);
pub const DEADLINE_SECONDS: i64 = 3_600;

/// How the programs reach the API server.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// Through the proxy, with a seed of its faults.
    Proxied(u64),
    /// As in a cluster.
    Straight,
}

/// Everything but the processes.
pub struct Site {
    pub namespace: Namespace,
    pub proxy: FaultProxy,
    /// Name and uid of every inference pod.
    pub pods: Vec<(String, String)>,
    pub server: Server,
    /// The operator that made the pods.
    operating: Option<Child>,
    way: Way,
    /// Attempts that a letter has.
    attempts: i32,
    plane: ControlPlane,
    _kubelet: ScriptedKubelet,
    folder: TempDir,
}

impl Site {
    /// Starts all of it; the operator makes the pods.
    pub async fn start(way: Way, workers: usize, attempts: i32) -> Self {
        let plane = ControlPlane::start_with(&custom_resource_definitions()).await.expect("a control plane");
        for file in INSTALLED {
            let path = format!("{}/../config/{file}", env!("CARGO_MANIFEST_DIR"));
            plane.kubectl(&["apply", "--server-side", "-f", &path]).await.expect("it is accepted");
        }
        let namespace = Namespace::on(&plane, "soak").await;
        let kubelet = ScriptedKubelet::start(&plane.client(), &namespace.name).await.expect("a node");
        let seed = if let Way::Proxied(seed) = way { seed } else { 0 };
        let proxy = FaultProxy::start(plane.client_config(), seed).await.expect("a proxy");
        let server = Server::start(Dialect::Vllm, [Reply::Paced(words(5), SERVICE)]).await;
        let folder = tempfile::tempdir().expect("a folder");
        let pods = Vec::new();
        let mut site =
            Self { namespace, proxy, pods, server, operating: None, way, attempts, plane, _kubelet: kubelet, folder };
        let app = json!({
            "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterApp", "metadata": {"name": APP},
            "spec": {
                "inference": {"replicas": workers, "slots": 1},
                "requests": {"maxAttempts": attempts, "activeDeadlineSeconds": DEADLINE_SECONDS},
            },
        });
        let apps = Api::<CoverLetterApp>::namespaced(site.namespace.client.clone(), &site.namespace.name);
        let app = serde_json::from_value(app).expect("an app");
        apps.create(&PostParams::default(), &app).await.expect("it is accepted");
        site.operating = Some(site.operator().await.spawn().expect("the operator starts"));
        site.pods = site.made(workers).await;
        site
    }

    /// A client that meets the faults, with all rights.
    pub fn client(&self) -> Client {
        let mut config = kube::Config::new(self.proxy.url().parse().expect("an address"));
        config.default_namespace.clone_from(&self.namespace.name);
        Client::try_from(config).expect("a client")
    }

    /// The operator that made the pods, for whoever looks after it from now on.
    pub fn take_operator(&mut self) -> Child {
        self.operating.take().expect("it is taken once")
    }

    /// How many requests there are of those that are asked for.
    pub async fn count(&self, such: &ListParams) -> usize {
        self.namespace.requests.list_metadata(such).await.expect("they can be listed").items.len()
    }

    async fn made(&self, count: usize) -> Vec<(String, String)> {
        let api = Api::<Pod>::namespaced(self.namespace.client.clone(), &self.namespace.name);
        let params = ListParams::default().labels("app.kubernetes.io/component=inference");
        eventually(&format!("the operator has made {count} pods"), async || {
            let pods = api.list(&params).await.expect("pods can be listed").items;
            let pods: Vec<_> = pods.iter().map(|pod| (pod.name_any(), pod.uid().unwrap_or_default())).collect();
            (pods.len() == count).then_some(pods)
        })
        .await
    }

    /// The operator as a process behind the proxy, which ends with its handle.
    pub async fn operator(&self) -> Command {
        let program = std::env::current_exe().expect("this program has a path").with_file_name("").join("../operator");
        assert!(program.exists(), "build all of the workspace: there is no `{}`", program.display());
        let mut command = self.command(program, "operator", OPERATOR.0, OPERATOR.1, None).await;
        command.args([
            "run",
            "--admin-listen",
            &format!("127.0.0.1:{}", free_port()),
            "--scaler-listen",
            "127.0.0.1:0",
        ]);
        command
    }

    /// The worker of a pod.
    pub async fn worker(&self, index: usize) -> Command {
        let (name, uid) = &self.pods[index];
        let program = PathBuf::from(env!("CARGO_BIN_EXE_inference"));
        let (namespace, account) = (&self.namespace.name, format!("{APP}-inference"));
        let mut command = self.command(program, name, namespace, &account, Some((name.as_str(), uid.as_str()))).await;
        let settings = json!({"slots": 1, "maxAttempts": self.attempts, "activeDeadlineSeconds": DEADLINE_SECONDS});
        command
            .env("STREAM_TOKEN", TOKEN)
            .args(["--namespace", namespace, "--app", APP, "--pod-name", name, "--pod-uid", uid])
            .args(["--pod-ip", "127.0.0.1", "--listen", &format!("127.0.0.1:{}", free_port())])
            .args(["--server-url", &self.server.url, "--server-model", "qwen", "--server-token", TOKEN])
            .args(["--settings", &settings.to_string()]);
        command
    }

    async fn command(
        &self,
        program: PathBuf,
        log: &str,
        namespace: &str,
        account: &str,
        pod: Option<(&str, &str)>,
    ) -> Command {
        let token = self.token(namespace, account, pod).await;
        let config = std::fs::read(self.plane.kubeconfig()).expect("a kubeconfig");
        let mut config: Value = serde_json::from_slice(&config).expect("it is JSON");
        config["users"][0]["user"] = json!({"token": token});
        if self.way != Way::Straight {
            config["clusters"][0]["cluster"] = json!({"server": self.proxy.url()});
        }
        let path = self.folder.path().join(format!("{log}.kubeconfig"));
        std::fs::write(&path, config.to_string()).expect("it can be written");
        let log = std::fs::File::options().create(true).append(true).open(self.log(log)).expect("a log");
        let mut command = Command::new(program);
        for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
            command.env_remove(proxy);
        }
        command.env("KUBECONFIG", &path).stderr(log).stdout(std::process::Stdio::null()).kill_on_drop(true);
        command
    }

    /// A token as a kubelet gives it to pods.
    async fn token(&self, namespace: &str, account: &str, pod: Option<(&str, &str)>) -> String {
        let bound = pod.map(|(name, uid)| json!({"apiVersion": "v1", "kind": "Pod", "name": name, "uid": uid}));
        let request = json!({"spec": {"audiences": [], "expirationSeconds": 7_200, "boundObjectRef": bound}});
        let request = serde_json::from_value(request).expect("a request for a token");
        let accounts = Api::<ServiceAccount>::namespaced(self.namespace.client.clone(), namespace);
        let answer = eventually("the account has a token", async || {
            accounts.create_token_request(account, &PostParams::default(), &request).await.ok()
        })
        .await;
        answer.status.expect("an accepted request has a token").token
    }

    /// The log of the operator, or of the worker of a pod.
    pub fn log(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.log"))
    }
}
