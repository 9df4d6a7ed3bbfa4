//! One control plane and one running operator for all tests, a namespace for each test, and waits with a deadline.

use std::fmt::Debug;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use axum::http::{HeaderName, HeaderValue};
use crds::app::conditions::READY;
use crds::condition::{find, is_true};
use crds::request::State;
use crds::{CoverLetterApp, CoverLetterRequest, life};
use devcluster::control_plane::ControlPlane;
use devcluster::ports::free_port;
use devcluster::scripted_kubelet::ScriptedKubelet;
use jiff::Timestamp;
use k8s_openapi::NamespaceResourceScope;
use kube::api::{Api, Patch, PatchParams, PostParams};
use kube::{Client, Resource};
use operator::admin::Shown;
use operator::config::RunArguments;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// Longest wait, far longer than anything takes on an idle machine.
const PATIENCE: Duration = Duration::from_secs(90);
/// How often is looked at what is waited for.
const LOOK: Duration = Duration::from_millis(100);

/// A namespace on the shared control plane, where the operator runs, and where pods become ready.
pub struct Cluster {
    pub plane: &'static ControlPlane,
    pub client: Client,
    pub namespace: String,
    pub kubelet: ScriptedKubelet,
}

impl Cluster {
    pub async fn start(hint: &str) -> Self {
        let plane = operated().await;
        let namespace = plane.namespace(hint).await.expect("a namespace");
        let client = plane.client();
        let kubelet = ScriptedKubelet::start(&client, &namespace).await.expect("a node");
        Self { plane, client, namespace, kubelet }
    }

    pub fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Creates the app `letters` with `spec`.
    pub async fn create_app(&self, spec: Value) -> CoverLetterApp {
        let app = json!({
            "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterApp",
            "metadata": {"name": "letters"}, "spec": spec,
        });
        let app = serde_json::from_value(app).expect("an app");
        self.api().create(&PostParams::default(), &app).await.expect("the app is accepted")
    }

    /// Creates a request to the app `app`.
    pub async fn create_request(&self, name: &str, app: &str) -> CoverLetterRequest {
        self.api().create(&PostParams::default(), &request(name, app)).await.expect("the request is accepted")
    }

    pub async fn app(&self) -> CoverLetterApp {
        self.api().get("letters").await.expect("the app is there")
    }

    pub async fn patch<K>(&self, name: &str, patch: impl Serialize + Debug)
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + DeserializeOwned + Debug,
    {
        let patched = self.api::<K>().patch(name, &PatchParams::default(), &Patch::Merge(patch)).await;
        patched.expect("the patch is accepted");
    }

    /// Waits until the app's Ready condition is true.
    pub async fn ready(&self) -> CoverLetterApp {
        let (what, app) = ("the app is ready", self.api::<CoverLetterApp>());
        eventually(what, async || {
            let app = app.get("letters").await.expect("the app is there");
            let status = app.status.clone().unwrap_or_default();
            let current = status.observed_generation == app.metadata.generation;
            if current && is_true(&status.conditions, READY) { Ok(app) } else { Err(status) }
        })
        .await
    }

    /// Waits until the status answers the present generation.
    pub async fn observed(&self) -> CoverLetterApp {
        eventually("the app is observed", async || {
            let app = self.app().await;
            let observed = app.status.as_ref().and_then(|status| status.observed_generation);
            if observed == app.metadata.generation { Ok(app) } else { Err(observed) }
        })
        .await
    }

    /// Waits until there is an object called `name`.
    pub async fn exists<K>(&self, name: &str) -> K
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + DeserializeOwned + Debug,
    {
        let api = self.api::<K>();
        eventually(&format!("`{name}` exists"), async || api.get_opt(name).await.expect("it can be read").ok_or("gone"))
            .await
    }

    /// Waits until there is no object called `name`.
    pub async fn is_gone<K>(&self, name: &str)
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + DeserializeOwned + Debug,
    {
        let api = self.api::<K>();
        eventually(&format!("`{name}` is gone"), async || {
            api.get_opt(name).await.expect("it can be read").map_or(Ok(()), Err)
        })
        .await;
    }

    /// Waits until the request is in `state` and returns it with the reason of its condition.
    pub async fn request_in(&self, name: &str, state: State) -> (CoverLetterRequest, String) {
        let requests = self.api::<CoverLetterRequest>();
        eventually(&format!("request `{name}` is {state:?}"), async || {
            let request = requests.get(name).await.expect("the request is there");
            let status = request.status.clone().unwrap_or_default();
            if status.state != Some(state) {
                return Err(status);
            }
            let reason = find(&status.conditions, "Succeeded").map(|condition| condition.reason.clone());
            Ok((request, reason.unwrap_or_default()))
        })
        .await
    }
}

/// A request to the app `app`.
pub fn request(name: &str, app: &str) -> CoverLetterRequest {
    let request = json!({
        "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterRequest", "metadata": {"name": name},
        "spec": {"appRef": {"name": app}, "job": {"title": "Data Scientist", "company": "google"}},
    });
    serde_json::from_value(request).expect("a request")
}

/// Waits until `attempt` succeeds; panics with the last failure after [`PATIENCE`].
pub async fn eventually<T, E: Debug>(what: &str, attempt: impl AsyncFn() -> Result<T, E>) -> T {
    let (start, mut every) = (Instant::now(), tokio::time::interval(LOOK));
    // After a slow attempt the next one is not made at once.
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        match attempt().await {
            Ok(value) => return value,
            Err(seen) => assert!(start.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}; last seen: {seen:#?}"),
        }
    }
}

/// The shared control plane, with definitions, policy and the operator, which runs with the rights of its own role.
async fn operated() -> &'static ControlPlane {
    static OPERATED: OnceCell<&ControlPlane> = OnceCell::const_new();
    OPERATED.get_or_init(start).await
}

async fn start() -> &'static ControlPlane {
    let definitions = crds::manifests::custom_resource_definitions();
    let plane = ControlPlane::shared_with(&definitions).await.expect("a control plane");
    for folder in
        ["operator/namespace.yaml", "rbac/operator.yaml", "admission/claim-policy.yaml", "admission/lease-policy.yaml"]
    {
        let file = operator::generate::files(&[]).remove(Path::new(folder)).expect("it is generated");
        plane.kubectl_with_input(&["apply", "--server-side", "-f", "-"], &file).await.expect("it is accepted");
    }
    wait_for_policy(plane).await;
    // Each test has a runtime of its own that ends with it; the operator needs one that stays.
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let account = plane.client_as_service_account("coverletter-system", "coverletter-operator", None).await;
            let client = account.expect("the operator's account");
            sender.send(()).expect("the test waits");
            let arguments = RunArguments { scaler_listen: scaler(), ..arguments() };
            operator::work(client, &arguments, Shown::default(), CancellationToken::new()).await;
        });
    });
    receiver.await.expect("the operator has started");
    plane
}

/// A policy is enforced a moment after it was accepted.
async fn wait_for_policy(plane: &ControlPlane) {
    let namespace = plane.namespace("policy").await.expect("a namespace");
    // An administrator as a worker without a pod: nothing but the policy refuses it. A dry run writes nothing.
    let mut config = plane.client_config();
    let worker = format!("system:serviceaccount:{namespace}:letters-inference");
    for (name, value) in [("impersonate-user", worker.as_str()), ("impersonate-group", "system:masters")] {
        let value = HeaderValue::from_str(value).expect("a name fits a header");
        config.headers.push((HeaderName::from_static(name), value));
    }
    let client = Client::try_from(config).expect("a client");
    let requests = Api::<CoverLetterRequest>::namespaced(client, &namespace);
    let mut probe =
        requests.create(&PostParams::default(), &request("probe", "letters")).await.expect("it is accepted");
    probe.status = Some(life::queued(&probe, Timestamp::now()));
    let params = PostParams { dry_run: true, ..PostParams::default() };
    eventually("the policy on claims is enforced", async || {
        match requests.replace_status("probe", &params, &probe).await {
            Err(error) if error.to_string().contains("a token that is bound to its pod") => Ok(()),
            other => Err(other),
        }
    })
    .await;
}

/// Where the shared operator serves KEDA.
pub fn scaler() -> SocketAddr {
    static PORT: OnceLock<u16> = OnceLock::new();
    (Ipv4Addr::LOCALHOST, *PORT.get_or_init(|| free_port().expect("a free port"))).into()
}

/// How the operator runs in tests: for the whole cluster.
pub fn arguments() -> RunArguments {
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

/// Uid of an object.
pub fn uid(object: &impl kube::ResourceExt) -> String {
    object.uid().expect("a stored object has a uid")
}
