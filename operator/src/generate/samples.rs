//! Apps and a request to try things with, without the fields that say no more than the defaults.

use std::collections::BTreeMap;

use crds::app::{CoverLetterAppSpec, HuggingFaceModel, MlflowModel, Scaling, ServerModel, ServiceType};
use crds::request::{AppRef, Applicant, CoverLetterRequestSpec, Job, LetterOptions};
use crds::{CoverLetterApp, CoverLetterRequest};
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;
use serde_json::{Value, json};

use super::yaml::document;

/// Name and namespace of the sample app.
pub const LETTERS: &str = "letters";

/// A namespace, and a small app in it.
pub fn app() -> String {
    app_with(&json!({"builtIn": {}}))
}

/// The sample app with a model of the public hub.
pub fn hugging_face_app() -> String {
    let model = HuggingFaceModel {
        repository: "Qwen/Qwen2.5-0.5B-Instruct".to_owned(),
        revision: "7ae557604adf67be50417f59c2c2f167def9a775".to_owned(),
        ..HuggingFaceModel::default()
    };
    app_with(&json!({"huggingFace": model}))
}

/// The sample app with a model of a registry in the cluster.
pub fn mlflow_app() -> String {
    let model = MlflowModel {
        tracking_uri: "http://mlflow.mlflow.svc:5000".to_owned(),
        name: "letter-writer".to_owned(),
        version: "1".to_owned(),
        ..MlflowModel::default()
    };
    app_with(&json!({"mlflow": model}))
}

/// The sample app with a model that a server in the cluster computes.
pub fn server_app() -> String {
    let model = ServerModel {
        url: "http://vllm.vllm.svc:8000/v1".to_owned(),
        model: "Qwen/Qwen2.5-7B-Instruct".to_owned(),
        ..ServerModel::default()
    };
    app_with(&json!({"server": model}))
}

fn app_with(model: &Value) -> String {
    let restricted = [("pod-security.kubernetes.io/enforce".to_owned(), "restricted".to_owned())];
    let metadata = ObjectMeta {
        name: Some(LETTERS.to_owned()),
        labels: Some(BTreeMap::from(restricted)),
        ..ObjectMeta::default()
    };
    let namespace = Namespace { metadata, ..Namespace::default() };
    let mut spec = CoverLetterAppSpec::default();
    spec.web.service.type_ = ServiceType::NodePort;
    spec.web.service.node_port = Some(30_080);
    spec.inference.scaling = Scaling { min_replicas: 1, max_replicas: 4, ..Scaling::default() };
    let mut app = CoverLetterApp::new(LETTERS, spec);
    app.metadata.namespace = Some(LETTERS.to_owned());
    let mut value = brief(&app, &CoverLetterApp::new("", CoverLetterAppSpec::default()));
    // Database and model are defaults, but they are what people change first.
    value["spec"]["database"] = json!({"managed": {"storage": {"size": "2Gi"}}});
    value["spec"]["inference"]["model"] = model.clone();
    [document(&namespace), document(&value)].join("---\n")
}

/// One letter for the sample app.
pub fn request() -> String {
    let job = Job {
        title: "Data Scientist".into(),
        company: "google".into(),
        preferred_qualifications: "4 years experience machine learning".into(),
        ..Job::default()
    };
    let applicant = Applicant {
        name: "John".into(),
        current_experience: "Analyst at Trello".into(),
        past_experience: "Machine Learning Intern at Sony".into(),
        skills: "python".into(),
        qualifications: "BSc in Computer Science".into(),
        reason: "I use Google Maps every day and would like to make it better.".into(),
    };
    let empty = |app: &str| CoverLetterRequestSpec {
        app_ref: AppRef { name: app.into() },
        job: Job::default(),
        applicant: Applicant::default(),
        letter: LetterOptions::default(),
        seed: None,
        requested_by: None,
        cancel_requested: false,
    };
    let spec = CoverLetterRequestSpec { job, applicant, ..empty(LETTERS) };
    let mut request = CoverLetterRequest::new("example", spec);
    request.metadata.namespace = Some(LETTERS.to_owned());
    document(&brief(&request, &CoverLetterRequest::new("", empty(""))))
}

/// `object` without the fields of its spec that are the same in `default`.
fn brief(object: &impl Serialize, default: &impl Serialize) -> Value {
    let json = |value: Result<Value, serde_json::Error>| value.expect("our types are JSON");
    let mut value = json(serde_json::to_value(object));
    let default = json(serde_json::to_value(default));
    let spec = &mut value["spec"];
    remove_same(spec, &default["spec"]);
    value
}

fn remove_same(value: &mut Value, default: &Value) {
    let (Value::Object(value), Value::Object(default)) = (value, default) else { return };
    value.retain(|key, field| default.get(key) != Some(field));
    for (key, field) in value {
        remove_same(field, default.get(key).unwrap_or(&Value::Null));
    }
}
