//! One control plane for this test binary, a namespace a test, and the two words of these tests: accepts and rejects.

use crds::manifests::custom_resource_definitions;
use devcluster::control_plane::ControlPlane;
use kube::api::{Api, ApiResource, DynamicObject, Patch, PatchParams, PostParams};
use kube::{Client, CustomResourceExt as _};
use serde_json::{Value, json};

/// A namespace on the shared API server, where the resource called `kind` is tried.
pub struct Cluster {
    pub plane: &'static ControlPlane,
    pub client: Client,
    pub namespace: String,
}

impl Cluster {
    /// A fresh namespace whose name begins with `hint`.
    pub async fn with_namespace(hint: &str) -> Self {
        let control_plane =
            ControlPlane::shared_with(&custom_resource_definitions()).await.expect("the control plane starts");
        let namespace = control_plane.namespace(hint).await.expect("a namespace can be made");
        Self { plane: control_plane, client: control_plane.client(), namespace }
    }

    /// Untyped access, so that tests can send what the Rust types could not express.
    pub fn api(&self, resource: &ApiResource) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), &self.namespace, resource)
    }

    /// Untyped `coverletterrequests`.
    pub fn requests(&self) -> Api<DynamicObject> {
        self.api(&crds::CoverLetterRequest::api_resource())
    }

    /// Untyped `coverletterapps`.
    pub fn apps(&self) -> Api<DynamicObject> {
        self.api(&crds::CoverLetterApp::api_resource())
    }
}

/// An object named `name` with this spec.
#[expect(clippy::needless_pass_by_value, reason = "callers write a literal in place")]
pub fn object(resource: &ApiResource, name: &str, spec: Value) -> DynamicObject {
    let mut object = DynamicObject::new(name, resource);
    object.data = json!({ "spec": spec });
    object
}

/// Creates `object` and gives back what was stored, defaults included.
pub async fn accepts(api: &Api<DynamicObject>, object: &DynamicObject) -> DynamicObject {
    match api.create(&PostParams::default(), object).await {
        Ok(stored) => stored,
        Err(error) => panic!("refused {:?}: {error}", object.data),
    }
}

/// Creates `object` and expects a refusal whose text contains `why`.
pub async fn rejects(api: &Api<DynamicObject>, object: &DynamicObject, why: &str) {
    let outcome = api.create(&PostParams { dry_run: true, ..PostParams::default() }, object).await;
    expect_refusal(outcome, why);
}

/// Merges `patch` into the spec of `name`.
pub async fn patch_spec(api: &Api<DynamicObject>, name: &str, spec: Value) -> kube::Result<DynamicObject> {
    api.patch(name, &PatchParams::default(), &Patch::Merge(json!({ "spec": spec }))).await
}

/// Merges `status` (which may be null) into the status of `name`, without reading it first.
pub async fn patch_status(api: &Api<DynamicObject>, name: &str, status: Value) -> kube::Result<DynamicObject> {
    api.patch_status(name, &PatchParams::default(), &Patch::Merge(json!({ "status": status }))).await
}

/// Panics unless the API server refused as invalid, with `why` in its words.
pub fn expect_refusal(outcome: kube::Result<DynamicObject>, why: &str) {
    match outcome {
        Ok(stored) => panic!("accepted {:?}, expected a refusal: {why}", stored.data),
        Err(kube::Error::Api(status)) if status.message.contains(why) => {}
        Err(error) => panic!("refused for another reason than {why:?}: {error}"),
    }
}
