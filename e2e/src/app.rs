//! The app that the tests install: small, and slow enough that a test can watch a letter grow.

use std::collections::BTreeMap;

use crds::app::{PodSettings, Resources, Service, ServiceType};
use crds::{CoverLetterApp, CoverLetterAppSpec};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

/// Name of the app in every namespace.
pub const NAME: &str = "letters";
/// Node port that the forwarder of the environment leads to. Only one app at a time can have it.
pub const NODE_PORT: i32 = 30_080;
/// Tokens per second of one letter: a letter takes about five seconds.
const PACE: i32 = 60;
/// The same where a letter must be seen half done: it takes more than ten seconds.
pub const SLOW: i32 = 20;

/// An app with one web pod, one inference pod and small CPU requests. Only the cluster itself reaches its site.
#[must_use]
pub fn small() -> CoverLetterApp {
    let mut spec = CoverLetterAppSpec::default();
    spec.web.replicas = 1;
    spec.web.pod = modest();
    spec.inference.pod = modest();
    spec.inference.slots = 8;
    spec.inference.generation.max_tokens_per_second = Some(PACE);
    spec.inference.scaling.max_replicas = 2;
    let database = spec.database.managed.get_or_insert_default();
    database.pod = modest();
    CoverLetterApp::new(NAME, spec)
}

/// [`small`], with the site at the address of the environment.
#[must_use]
pub fn with_site() -> CoverLetterApp {
    let mut app = small();
    app.spec.web.service = Service { type_: ServiceType::NodePort, node_port: Some(NODE_PORT), ..Service::default() };
    app
}

/// [`with_site`], with this many tokens per second of one letter, or as many as it can.
#[must_use]
pub fn paced(pace: Option<i32>) -> CoverLetterApp {
    let mut app = with_site();
    app.spec.inference.generation.max_tokens_per_second = pace;
    app
}

/// Requests small enough that many pods fit on a machine with two cores.
fn modest() -> PodSettings {
    let quantities = |cpu: &str, memory: &str| {
        BTreeMap::from([
            ("cpu".to_owned(), Quantity(cpu.to_owned())),
            ("memory".to_owned(), Quantity(memory.to_owned())),
        ])
    };
    let resources = Resources { requests: quantities("20m", "48Mi"), limits: quantities("1", "512Mi") };
    PodSettings { resources: Some(resources), ..PodSettings::default() }
}
