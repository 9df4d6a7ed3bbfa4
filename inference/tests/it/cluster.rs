//! An API server for the tests: requests in a namespace of their own, and waits with a limit.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crds::life::Claimant;
use crds::manifests::custom_resource_definitions;
use crds::names::{COMPONENT_LABEL, Component, INSTANCE_LABEL};
use crds::request::{AppRef, Applicant, Job, LetterOptions, State};
use crds::{CoverLetterRequest, CoverLetterRequestSpec, CoverLetterRequestStatus};
use devcluster::control_plane::ControlPlane;
use inference::metrics;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Patch, PatchParams, PostParams};
use kube::{Api, Client};

/// App whose requests the tests create.
pub const APP: &str = "letters";
/// Longest wait for anything; generous, since the machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_mins(5);

/// The API server that all tests share.
pub async fn shared() -> &'static ControlPlane {
    ControlPlane::shared_with(&custom_resource_definitions()).await.expect("a control plane")
}

/// The metrics page of all tests together.
pub fn counted() -> &'static metrics::Page {
    static METRICS: OnceLock<metrics::Page> = OnceLock::new();
    METRICS.get_or_init(|| metrics::start().expect("the process has no other recorder"))
}

/// Value of a counter without labels.
pub fn count_of(counter: &str) -> u64 {
    let page = counted().render();
    let value = page.lines().find_map(|line| line.strip_prefix(counter)?.trim().parse().ok());
    value.unwrap_or(0)
}

/// A namespace on an API server, and its requests.
#[derive(Clone)]
pub struct Namespace {
    pub client: Client,
    pub name: String,
    pub requests: Api<CoverLetterRequest>,
}

impl Namespace {
    /// A new namespace on the shared API server.
    pub async fn new(hint: &str) -> Self {
        Self::on(shared().await, hint).await
    }

    /// A new namespace on `plane`.
    pub async fn on(plane: &ControlPlane, hint: &str) -> Self {
        let name = plane.namespace(hint).await.expect("a namespace");
        let client = plane.client();
        Self { requests: Api::namespaced(client.clone(), &name), client, name }
    }

    /// Creates a request for a letter.
    pub async fn request(&self, name: &str) -> CoverLetterRequest {
        self.requests.create(&PostParams::default(), &request(name)).await.expect("the request is valid")
    }

    /// Creates a request in English, for programs with the built-in model.
    pub async fn english_request(&self, name: &str) -> CoverLetterRequest {
        let mut request = request(name);
        request.spec.letter = LetterOptions::default();
        self.requests.create(&PostParams::default(), &request).await.expect("the request is valid")
    }

    /// The request as it is now.
    pub async fn get(&self, name: &str) -> CoverLetterRequest {
        self.requests.get(name).await.expect("the request exists")
    }

    /// Creates a pod that can own objects and returns its uid. No kubelet ever starts it.
    pub async fn pod(&self, name: &str) -> String {
        let pod = serde_json::json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": { "name": name },
            "spec": { "containers": [{ "name": "inference", "image": "none" }] },
        });
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), &self.name);
        let pod = serde_json::from_value(pod).expect("a pod");
        let pod = pods.create(&PostParams::default(), &pod).await.expect("the pod is valid");
        pod.metadata.uid.expect("a stored pod has a uid")
    }

    /// Creates a Lease by which `worker` counts as one of the app.
    pub async fn lease(&self, worker: &str) {
        let lease = serde_json::json!({
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": {"name": worker, "labels": {
                INSTANCE_LABEL: APP, COMPONENT_LABEL: Component::Inference.label(),
            }},
        });
        let leases: Api<Lease> = Api::namespaced(self.client.clone(), &self.name);
        let lease = serde_json::from_value(lease).expect("a Lease");
        leases.create(&PostParams::default(), &lease).await.expect("the Lease is valid");
    }

    /// Waits until the request is in `state` and returns it.
    pub async fn in_state(&self, name: &str, state: State) -> CoverLetterRequest {
        eventually(&format!("request `{name}` is {state:?}"), async || {
            Some(self.get(name).await).filter(|request| request.state() == state)
        })
        .await
    }

    /// Cancels the request, as a person would.
    pub async fn cancel(&self, name: &str) {
        let stop = serde_json::json!({ "spec": { "cancelRequested": true } });
        self.requests
            .patch(name, &PatchParams::default(), &Patch::Merge(stop))
            .await
            .expect("the cancellation is valid");
    }

    /// Replaces the status of the version `of`, as the operator would.
    pub async fn write(
        &self,
        of: &CoverLetterRequest,
        status: CoverLetterRequestStatus,
    ) -> kube::Result<CoverLetterRequest> {
        let mut request = of.clone();
        request.status = Some(status);
        let name = request.metadata.name.clone().expect("it has a name");
        self.requests.replace_status(&name, &PostParams::default(), &request).await
    }
}

/// A request for a letter, in a language in which a model writes freely: the scripted one says what no plan holds.
pub fn request(name: &str) -> CoverLetterRequest {
    let job = Job { title: "Data Scientist".into(), company: "google".into(), ..Job::default() };
    let applicant = Applicant { name: "John".into(), skills: "python".into(), ..Applicant::default() };
    let spec = CoverLetterRequestSpec {
        app_ref: AppRef { name: APP.into() },
        job,
        applicant,
        letter: LetterOptions { language: "de".into(), ..LetterOptions::default() },
        seed: None,
        requested_by: None,
        cancel_requested: false,
    };
    CoverLetterRequest::new(name, spec)
}

/// One start of one worker.
pub fn claimant(worker: &str) -> Claimant {
    Claimant {
        worker: worker.to_owned(),
        pod_uid: format!("pod-{worker}"),
        boot_id: "boot".to_owned(),
        endpoint: "127.0.0.1:8080".to_owned(),
    }
}

/// Calls `found` until it finds something.
pub async fn eventually<T>(what: &str, mut found: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(value) = found().await {
            return value;
        }
        assert!(begun.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
