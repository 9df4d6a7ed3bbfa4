//! Sample apps and requests for tests.

use crds::app::CoverLetterApp;
use crds::request::{AppRef, Applicant, CoverLetterRequest, CoverLetterRequestSpec, Job, LetterOptions};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use proptest::test_runner::{Config, RngSeed};
use serde::Serialize;

use crate::desired::desired;
use crate::kinds::{Key, Kind};
use crate::live::Live;
use crate::observed::{ExternalDatabaseFact, Observed, SecretFact, ServiceFact, ServiceName};
use crate::scaling::Decision;
use crate::settings::{Images, Outside, Settings};
use crate::validate::{ValidatedApp, validate};

/// When every request of these fixtures was created.
pub const CREATED: Timestamp = Timestamp::constant(1_800_000_000, 0);

/// The same cases of a property in every run, or others when `PROPTEST_RNG_SEED` is set.
pub fn cases() -> Config {
    let chosen = Config::default();
    let rng_seed = if chosen.rng_seed == RngSeed::Random { RngSeed::Fixed(11) } else { chosen.rng_seed };
    Config { rng_seed, ..chosen }
}

/// Names of the sample apps whose objects are snapshots.
pub const ALL: [&str; 7] = ["minimal", "external", "full", "image", "hugging-face", "mlflow", "server"];

/// The sample app `name`, as the API server would give it, but for defaults that serde adds just as well.
pub fn app(name: &str) -> CoverLetterApp {
    let text = match name {
        "minimal" => include_str!("../fixtures/minimal.yaml"),
        "external" => include_str!("../fixtures/external.yaml"),
        "full" => include_str!("../fixtures/full.yaml"),
        "oidc" => include_str!("../fixtures/oidc.yaml"),
        "image" => include_str!("../fixtures/image.yaml"),
        "hugging-face" => include_str!("../fixtures/hugging-face.yaml"),
        "mlflow" => include_str!("../fixtures/mlflow.yaml"),
        "server" => include_str!("../fixtures/server.yaml"),
        _ => panic!("there is no sample app `{name}`"),
    };
    let mut app: CoverLetterApp = serde_saphyr::from_str(text).expect("a sample app is valid");
    app.metadata.namespace = Some("letters".into());
    app.metadata.uid = Some("11111111-2222-3333-4444-555555555555".into());
    app.metadata.generation = Some(3);
    app
}

/// A cluster that knows its own address, routes and the external database's Secret.
pub fn observed() -> Observed {
    Observed {
        api_server: vec![("10.96.0.1".into(), 443), ("192.168.7.2".into(), 6443)],
        has_routes: true,
        services: [(vllm(), behind_vllm())].into(),
        named_secrets: ["hub", "mlflow", "pg", "vllm", "ca", "oidc"]
            .map(|name| (name.to_owned(), SecretFact { version: "1".into(), usable: true }))
            .into(),
        external_database: Some(ExternalDatabaseFact { has_url: true, port: Some(6432) }),
        ..Observed::default()
    }
}

/// The Service of the model server.
fn vllm() -> ServiceName {
    ServiceName { namespace: Some("llm".into()), name: "vllm".into() }
}

fn behind_vllm() -> ServiceFact {
    let selector = [("app".to_owned(), "vllm".to_owned())].into();
    ServiceFact { selector, ports: vec![(80, IntOrString::String("http".into())), (8_000, IntOrString::Int(8_080))] }
}

/// Images of no registry, and a cluster behind a proxy.
pub fn settings() -> Settings {
    let images = Images {
        coverletter: "coverletter.dev/coverletter:test".into(),
        postgres: "coverletter.dev/postgres:15".into(),
    };
    let outside = Outside {
        https_proxy: Some("http://proxy.example.org:3128".into()),
        no_proxy: Some(".svc".into()),
        ..Outside::default()
    };
    Settings { images, outside }
}

/// The sample app `name`, validated.
pub fn valid(name: &str) -> ValidatedApp {
    validate(&app(name), &observed(), &settings()).expect("a sample app is valid")
}

/// Adds `object` to what was observed.
pub fn observe<K: Serialize>(observed: &mut Observed, kind: Kind, object: &K) {
    let value = serde_json::to_value(object).expect("Kubernetes types are JSON");
    let name = value["metadata"]["name"].as_str().expect("an object has a name").to_owned();
    let mut value = value;
    value["apiVersion"] = kind.resource().api_version.into();
    value["kind"] = kind.as_str().into();
    let object = serde_json::from_value(value).expect("an object has kind and metadata");
    observed.children.add(Key::new(kind, name), object).expect("it fits its kind");
}

/// Observes everything that is desired for `app`, as after an apply.
pub fn settle(app: &CoverLetterApp, observed: &mut Observed) {
    let valid = validate(app, observed, &settings()).expect("a sample app is valid");
    let objects = desired(&valid, observed, &Decision { desired: 1, ..Decision::default() });
    observed.children = Live::default();
    for (key, object) in objects.iter() {
        observed.children.add(key.clone(), object.clone()).expect("it fits its kind");
    }
}

/// A request to `letters`, created at [`CREATED`].
pub fn request(name: &str) -> CoverLetterRequest {
    let spec = CoverLetterRequestSpec {
        app_ref: AppRef { name: "letters".into() },
        job: Job { title: "Data Scientist".into(), company: "google".into(), ..Job::default() },
        applicant: Applicant::default(),
        letter: LetterOptions::default(),
        seed: None,
        requested_by: None,
        cancel_requested: false,
    };
    let mut request = CoverLetterRequest::new(name, spec);
    request.metadata.namespace = Some("letters".into());
    request.metadata.uid = Some(format!("uid-{name}"));
    request.metadata.creation_timestamp = Some(Time(CREATED));
    request
}
