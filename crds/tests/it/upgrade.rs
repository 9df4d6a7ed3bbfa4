//! Objects of earlier versions under the definitions of this one, and back: no write of a status is refused.
//!
//! A rule at the root of a schema that a stored object breaks would refuse every later write of it, whatever it changes.
//! `tests/definitions` has the definitions that earlier versions generated.

use std::time::{Duration, Instant};

use crds::app::{CoverLetterApp, QueueStatus};
use crds::condition::{Statement, set_condition};
use crds::life;
use crds::names::ARCHIVED_LABEL;
use crds::request::{Outcome, State};
use crds::{CoverLetterRequest, CoverLetterRequestStatus};
use devcluster::control_plane::ControlPlane;
use jiff::Timestamp;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, ApiResource, DynamicObject, ListParams, Patch, PatchParams, PostParams};
use kube::{CustomResourceExt as _, ResourceExt as _};
use serde_json::{Value, json};

use crate::cluster::{Cluster, accepts, object};
use crate::request_life::{claimant, written};
use crate::request_schema::{request, small};

/// The first version, and the last one before this.
const EARLIER: [(&str, &str); 2] = [
    ("2026-11-23", include_str!("../definitions/2026-11-23.yaml")),
    ("2026-11-29", include_str!("../definitions/2026-11-29.yaml")),
];

/// Longest wait for a schema to be in force, and how often is looked.
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(50);

/// Where a request is in its life.
const STAGES: [&str; 6] = ["new", "queued", "running", "lost", "succeeded", "cancelled"];

/// Apps that every version takes.
fn apps() -> Vec<(&'static str, Value)> {
    let hub =
        json!({"repository": "Qwen/Qwen2.5-0.5B-Instruct", "revision": "7ae557604adf67be50417f59c2c2f167def9a775"});
    let storage = json!({"size": "3Gi", "storageClassName": "fast"});
    vec![
        ("letters", json!({})),
        ("hub", json!({"inference": {"model": {"huggingFace": hub}, "scaling": {"maxReplicas": 3}}})),
        (
            "full",
            json!({
                "deletionPolicy": "Delete",
                "web": {"replicas": 3, "service": {"type": "NodePort"}, "labels": {"team": "careers"}},
                "database": {"managed": {"storage": storage, "backup": {"schedule": "0 3 * * *"}}},
                "inference": {"slots": 2, "generation": {"maxNewTokens": 300}},
                "requests": {"maxAttempts": 2},
            }),
        ),
        ("external", json!({"database": {"external": {"urlSecretRef": {"name": "pg", "key": "url"}}}})),
    ]
}

/// What the first version took and this one would not.
fn apps_of_the_first() -> Vec<(&'static str, Value)> {
    vec![
        ("careers.v2", json!({})),
        ("2024-careers", json!({})),
        ("huge", json!({"database": {"managed": {"storage": {"size": "9999Pi"}}}})),
    ]
}

/// Fields that this version knows and an earlier one did not: of what kind, where in its spec, and a spec with it.
fn marks() -> [(ApiResource, &'static str, Value); 2] {
    let mut reason = small();
    reason["applicant"] = json!({"name": "Eve", "reason": "mark"});
    [
        (CoverLetterApp::api_resource(), "/rotateSecrets", json!({"rotateSecrets": "mark"})),
        (CoverLetterRequest::api_resource(), "/applicant/reason", reason),
    ]
}

/// A control plane with one set of definitions.
struct Scene {
    cluster: Cluster,
}

impl Scene {
    async fn start(definitions: &str) -> Self {
        let plane: &'static _ = Box::leak(Box::new(ControlPlane::start().await.expect("it starts")));
        let cluster = Cluster { plane, client: plane.client(), namespace: String::new() };
        let scene = Self { cluster };
        scene.define(definitions).await;
        let namespace = plane.namespace("upgrade").await.expect("a namespace");
        Self { cluster: Cluster { namespace, ..scene.cluster } }
    }

    /// Puts definitions in place of those that there are, as an installation does.
    async fn define(&self, definitions: &str) {
        let apply = ["apply", "--server-side", "--force-conflicts", "-f", "-"];
        self.cluster.plane.kubectl_with_input(&apply, definitions).await.expect("the definitions are accepted");
        let wait = ["wait", "--for=condition=Established", "--timeout=60s", "customresourcedefinitions", "--all"];
        self.cluster.plane.kubectl(&wait).await.expect("they are served");
        // Definitions in place of others are established already, and their schemas are in force a moment later.
        let (begun, mut every) = (Instant::now(), tokio::time::interval(LOOK));
        for (resource, field, spec) in marks() {
            let is_known = self.knows(&resource, field).await;
            let marked = object(&resource, "mark", spec);
            while self.keeps(&resource, field, &marked).await != Ok(is_known) {
                assert!(begun.elapsed() < PATIENCE, "not in force: `{field}` of {}", resource.kind);
                every.tick().await;
            }
        }
    }

    /// Whether the stored definition has `field`.
    async fn knows(&self, resource: &ApiResource, field: &str) -> bool {
        let definitions = Api::<CustomResourceDefinition>::all(self.cluster.client.clone());
        let definition = definitions.get(&format!("{}.{}", resource.plural, resource.group)).await;
        let definition = serde_json::to_value(definition.expect("it was applied")).expect("a definition is JSON");
        let schema = "/spec/versions/0/schema/openAPIV3Schema/properties/spec";
        definition.pointer(&format!("{schema}{}", field.replace('/', "/properties/"))).is_some()
    }

    /// Whether a dry run of a creation keeps `field`.
    async fn keeps(&self, resource: &ApiResource, field: &str, marked: &DynamicObject) -> Result<bool, String> {
        let api = Api::<DynamicObject>::namespaced_with(self.cluster.client.clone(), "default", resource);
        let asked_only = PostParams { dry_run: true, ..PostParams::default() };
        let taken = api.create(&asked_only, marked).await.map_err(|error| error.to_string())?;
        Ok(taken.data.pointer(&format!("/spec{field}")).is_some())
    }

    async fn create_apps(&self, apps: Vec<(&'static str, Value)>) {
        for (name, mut spec) in apps {
            // The first version had to be told that its default does not hold.
            if spec["inference"]["model"].is_object() {
                spec["inference"]["model"]["builtIn"] = Value::Null;
            }
            if spec["database"]["external"].is_object() {
                spec["database"]["managed"] = Value::Null;
            }
            let app = object(&CoverLetterApp::api_resource(), name, spec);
            accepts(&self.cluster.apps(), &app).await;
        }
    }

    async fn create_requests(&self, prefix: &str) {
        for stage in STAGES {
            let name = format!("{prefix}-{stage}");
            accepts(&self.cluster.requests(), &request(&name, small())).await;
            self.live(&name, stage).await;
        }
    }

    /// Brings a new request to this stage of its life.
    async fn live(&self, name: &str, stage: &str) {
        if stage == "new" {
            return;
        }
        self.write(name, life::queued).await;
        if stage == "cancelled" {
            return self.write(name, life::cancelled).await;
        }
        if stage != "queued" {
            self.write(name, |request, now| life::claimed(request, &claimant("pod-a"), now)).await;
        }
        match stage {
            "lost" => {
                let lost = |request: &CoverLetterRequest, now| {
                    life::attempt_ended(request, Outcome::Lost, "Its pod is gone.", 3, now)
                };
                self.write(name, lost).await;
            }
            "succeeded" => self.write(name, |request, now| life::succeeded(request, written(), now)).await,
            _ => {}
        }
    }

    fn requests(&self) -> Api<CoverLetterRequest> {
        Api::namespaced(self.cluster.client.clone(), &self.cluster.namespace)
    }

    async fn write(&self, name: &str, transition: impl Fn(&CoverLetterRequest, Timestamp) -> CoverLetterRequestStatus) {
        let mut request = self.requests().get(name).await.expect("it is there");
        request.status = Some(transition(&request, Timestamp::now()));
        let written = self.requests().replace_status(name, &PostParams::default(), &request).await;
        written.unwrap_or_else(|error| panic!("refused the status of {name}: {error}"));
    }

    /// Writes the status of every app, a label, and the app as it was read; and brings every request to its end.
    async fn goes_on(&self) {
        let apps = Api::<CoverLetterApp>::namespaced(self.cluster.client.clone(), &self.cluster.namespace);
        for app in apps.list(&ListParams::default()).await.expect("every app can be read") {
            let name = app.name_any();
            let status =
                json!({"apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterApp", "status": status(&app)});
            let params = PatchParams::apply("coverletter-operator").force();
            let written = apps.patch_status(&name, &params, &Patch::Apply(status)).await;
            let written = written.unwrap_or_else(|error| panic!("refused the status of {name}: {error}"));
            let label = Patch::Merge(json!({"metadata": {"labels": {"seen": "yes"}}}));
            let labelled = apps.patch(&name, &PatchParams::default(), &label).await;
            labelled.unwrap_or_else(|error| panic!("refused a label of {name}: {error}"));
            let change = Patch::Merge(json!({"spec": {"paused": !written.spec.paused}}));
            let changed = apps.patch(&name, &PatchParams::default(), &change).await;
            changed.unwrap_or_else(|error| panic!("refused a change of {name}: {error}"));
        }
        for request in self.requests().list(&ListParams::default()).await.expect("every request can be read") {
            self.end(&request).await;
        }
    }

    async fn end(&self, request: &CoverLetterRequest) {
        let name = request.name_any();
        if request.state() == State::Running {
            self.write(&name, life::released).await;
        }
        if matches!(request.state(), State::Queued | State::Running) {
            self.write(&name, |request, now| life::claimed(request, &claimant("pod-b"), now)).await;
            self.write(&name, |request, now| life::succeeded(request, written(), now)).await;
        }
        let label = Patch::Merge(json!({"metadata": {"labels": {ARCHIVED_LABEL: "true"}}}));
        let archived = self.requests().patch(&name, &PatchParams::default(), &label).await;
        archived.unwrap_or_else(|error| panic!("refused to archive {name}: {error}"));
    }
}

/// A status with everything that this version writes.
fn status(app: &CoverLetterApp) -> Value {
    let mut status = app.status.clone().unwrap_or_default();
    status.observed_generation = app.metadata.generation;
    status.queue = Some(QueueStatus { queued: 1, running: 2, oldest_queued_seconds: Some(3) });
    let types = [
        "Ready",
        "DatabaseAvailable",
        "WebAvailable",
        "InferenceAvailable",
        "Reconciling",
        "Stalled",
        "BackedUp",
        "SecretsRotated",
    ];
    for type_ in types {
        let statement = Statement { type_, status: Some(true), reason: "Available", message: "All is well.".into() };
        set_condition(&mut status.conditions, statement, app.metadata.generation, Timestamp::now());
    }
    serde_json::to_value(&status).expect("a status is JSON")
}

/// The definitions of this version, as one text for kubectl.
fn today() -> String {
    let definitions = crds::manifests::custom_resource_definitions();
    definitions.map(|definition| serde_json::to_string(&definition).expect("a definition is JSON")).join("\n")
}

#[tokio::test]
async fn objects_of_earlier_versions_go_on_under_this_one_and_back() {
    for (version, definitions) in EARLIER {
        let scene = Scene::start(definitions).await;
        scene.create_apps(apps()).await;
        if version == "2026-11-23" {
            scene.create_apps(apps_of_the_first()).await;
        }
        scene.create_requests("before").await;

        scene.define(&today()).await;
        scene.goes_on().await;
        // What this version makes, with what only it knows.
        scene.create_requests("after").await;
        let spec = json!({"rotateSecrets": "one", "database": {"managed": {"backup": {"schedule": "0 3 * * *"}}}});
        scene.create_apps(vec![("new", spec)]).await;

        scene.define(definitions).await;
        scene.goes_on().await;
        scene.create_requests("again").await;

        // And forward again.
        scene.define(&today()).await;
        scene.goes_on().await;
    }
}

#[tokio::test]
async fn what_an_earlier_version_accepted_is_accepted_for_a_new_object() {
    for (_, definitions) in EARLIER {
        let scene = Scene::start(definitions).await;
        scene.create_apps(apps()).await;
        let stored = scene.cluster.apps().list(&ListParams::default()).await.expect("apps can be listed");
        scene.define(&today()).await;
        // As `kubectl apply` of a file that was made of what the cluster had.
        for app in stored {
            let name = format!("{}-again", app.name_any());
            let again = object(&CoverLetterApp::api_resource(), &name, app.data["spec"].clone());
            accepts(&scene.cluster.apps(), &again).await;
        }
    }
}
