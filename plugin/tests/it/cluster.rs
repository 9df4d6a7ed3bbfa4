//! One control plane and one operator for all tests, a namespace for each, and the plugin as a program.

use std::fmt::Debug;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use devcluster::control_plane::ControlPlane;
use devcluster::scripted_kubelet::ScriptedKubelet;
use operator::admin::Shown;
use operator::config::RunArguments;
use tokio::process::Command;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

/// Longest wait, far longer than anything takes on an idle machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// A namespace of its own.
pub struct Cluster {
    pub plane: &'static ControlPlane,
    pub namespace: String,
    pub kubelet: ScriptedKubelet,
}

/// What a program printed, and whether it succeeded.
#[derive(Debug)]
pub struct Said {
    pub ok: bool,
    pub out: String,
    pub err: String,
}

impl Cluster {
    pub async fn start(hint: &str) -> Self {
        static OPERATED: OnceCell<&ControlPlane> = OnceCell::const_new();
        let plane = *OPERATED.get_or_init(operated).await;
        let namespace = plane.namespace(hint).await.expect("a namespace");
        let kubelet = ScriptedKubelet::start(&plane.client(), &namespace).await.expect("a node");
        Self { plane, namespace, kubelet }
    }

    /// Applies a manifest in this namespace, as JSON.
    pub async fn apply(&self, manifest: serde_json::Value) {
        let arguments = ["apply", "--namespace", &self.namespace, "-f", "-"];
        let applied = self.plane.kubectl_with_input(&arguments, &manifest.to_string()).await;
        applied.expect("it is accepted");
    }

    /// Creates the app `letters`.
    pub async fn app(&self, spec: serde_json::Value) {
        let metadata = serde_json::json!({"name": "letters"});
        let kind = ("coverletter.dev/v1alpha1", "CoverLetterApp");
        self.apply(serde_json::json!({"apiVersion": kind.0, "kind": kind.1, "metadata": metadata, "spec": spec})).await;
    }

    /// What the plugin says about this namespace to an administrator.
    pub async fn says(&self, arguments: &[&str]) -> Said {
        plugin(&self.plane.kubeconfig(), &[arguments, &["--namespace", &self.namespace]].concat()).await
    }

    /// Waits until the plugin's answer has all these words.
    pub async fn comes_to_say(&self, arguments: &[&str], words: &[&str]) -> String {
        eventually(&format!("{arguments:?} says {words:?}"), async || {
            let said = self.says(arguments).await;
            if said.ok && words.iter().all(|word| said.out.contains(word)) { Ok(said.out) } else { Err(said) }
        })
        .await
    }
}

/// Runs the plugin, with nothing of this process but the kubeconfig.
pub async fn plugin(kubeconfig: &Path, arguments: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-coverletter"));
    command.env_clear().env("KUBECONFIG", kubeconfig).args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    let Output { status, stdout, stderr } = command.output().await.expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints text");
    Said { ok: status.success(), out: text(stdout), err: text(stderr) }
}

/// Waits until `attempt` succeeds; panics with the last failure after [`PATIENCE`].
pub async fn eventually<T, E: Debug>(what: &str, attempt: impl AsyncFn() -> Result<T, E>) -> T {
    let start = Instant::now();
    let mut every = tokio::time::interval(Duration::from_millis(200));
    loop {
        every.tick().await;
        match attempt().await {
            Ok(value) => return value,
            Err(seen) => assert!(start.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}; last seen: {seen:#?}"),
        }
    }
}

/// The control plane with definitions and the operator.
async fn operated() -> &'static ControlPlane {
    let plane =
        ControlPlane::shared_with(&crds::manifests::custom_resource_definitions()).await.expect("a control plane");
    for folder in ["operator/namespace.yaml", "rbac/operator.yaml"] {
        let file = operator::generate::files(&[]).remove(Path::new(folder)).expect("it is generated");
        plane.kubectl_with_input(&["apply", "--server-side", "-f", "-"], &file).await.expect("it is accepted");
    }
    // Each test has a runtime of its own that ends with it; the operator needs one that stays.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let account = plane.client_as_service_account("coverletter-system", "coverletter-operator", None).await;
            let client = account.expect("the operator's account");
            operator::work(client, &arguments(), Shown::default(), CancellationToken::new()).await;
        });
    });
    plane
}

fn arguments() -> RunArguments {
    RunArguments {
        image: "coverletter.dev/coverletter:test".to_owned(),
        postgres_image: "coverletter.dev/postgres:15".to_owned(),
        admin_listen: ([127, 0, 0, 1], 0).into(),
        scaler_listen: ([127, 0, 0, 1], 0).into(),
        leader_namespace: "coverletter-system".to_owned(),
        pod_name: "coverletter-operator-test".to_owned(),
        namespaces: Vec::new(),
        fetch_http_proxy: None,
        fetch_https_proxy: None,
        fetch_no_proxy: None,
        hf_endpoint: None,
    }
}
