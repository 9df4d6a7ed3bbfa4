//! What one reconciliation sees of the cluster: plain data, read once.

use std::collections::{BTreeMap, BTreeSet};

use crds::app::SecretKeyRef;
use crds::names::Component;
use crds::reason::AppReason;
use crds::request::{Length, State};
use serde::Deserialize;

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::live::Live;

/// Annotation by which a `ReplicaSet` chooses the pod to end first: the lowest cost.
pub const DELETION_COST_ANNOTATION: &str = "controller.kubernetes.io/pod-deletion-cost";
/// Deletion cost of a pod that should go.
pub const DELETION_COST: &str = "-1000";

/// Counts objects in the integer type of Kubernetes.
#[must_use]
pub fn count(objects: impl Iterator) -> i32 {
    i32::try_from(objects.count()).unwrap_or(i32::MAX)
}

/// Everything that an app's reconciliation looks at.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// Objects that carry the app's labels.
    pub children: Live,
    /// The app's pods.
    pub pods: Vec<PodFact>,
    /// The app's requests.
    pub requests: Vec<RequestFact>,
    /// Letters that were handed to each worker and may not be among its requests yet.
    pub handed: BTreeMap<String, usize>,
    /// The external database's Secret, when the app has one.
    pub external_database: Option<ExternalDatabaseFact>,
    /// The Secrets that the spec names, where they exist.
    pub named_secrets: BTreeMap<String, SecretFact>,
    /// Keys that the site needs and that are not in their Secrets, where these exist.
    pub missing_keys: Vec<SecretKeyRef>,
    /// Claims of the namespace that hold data of an app's own: its database's.
    pub database_claims: BTreeSet<String>,
    /// Why the database has no pod, or its volume is not bound, in the cluster's words.
    pub database_trouble: Option<Trouble>,
    /// Addresses and ports where the API server answers. Empty when they are not known.
    pub api_server: Vec<(String, i32)>,
    /// The Services that the spec names in addresses, where they exist and can be read.
    pub services: BTreeMap<ServiceName, ServiceFact>,
    /// Whether the cluster knows `HTTPRoute`.
    pub has_routes: bool,
    /// Why pods, requests and Leases may not be as they seem.
    pub stale: Option<String>,
}

/// Names a Service in the cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServiceName {
    /// Its namespace; `None` for the app's own.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}

/// What matters about a Service that the spec names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceFact {
    /// Labels of the pods behind it.
    pub selector: BTreeMap<String, String>,
    /// Its ports, each with that of the pods.
    pub ports: Vec<(i32, IntOrString)>,
}

/// What matters about one pod of the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodFact {
    /// Name.
    pub name: String,
    /// The component of the pod.
    pub component: Component,
    /// Whether its Ready condition is true.
    pub ready: bool,
    /// Whether it was deleted or has ended.
    pub ending: bool,
    /// Whether it carries the deletion cost of a pod that should go.
    pub marked: bool,
    /// When it was created, in milliseconds since 1970.
    pub created: Option<i64>,
    /// Milliseconds from its creation until it was ready, if it has not been restarted since.
    pub started_in: Option<i64>,
    /// Since when no node has had room for it, in milliseconds since 1970.
    pub unscheduled_since: Option<i64>,
    /// Number of the request to retire in its Lease.
    pub asked: Option<i64>,
    /// Number of the request to retire that it has confirmed.
    pub confirmed: Option<i64>,
    /// Address of its node.
    pub host_ip: Option<String>,
    /// Why it does not run, where the scheduler, the kubelet or a container says so.
    pub trouble: Option<Trouble>,
    /// What a script in it reported when it succeeded.
    pub report: Option<Report>,
}

/// What the scripts in pods of the Postgres image report.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Report {
    /// A backup was made.
    Backup {
        /// Its name.
        name: String,
        /// Its size.
        bytes: i64,
        /// How many are on the volume.
        kept: i32,
    },
    /// Postgres may start.
    Restore {
        /// The backup that the database was made from; empty for none.
        restored: String,
    },
}

/// What matters about a Secret that the spec names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretFact {
    /// Its version.
    pub version: String,
    /// Whether its owner lets apps use it.
    pub usable: bool,
}

/// What keeps a component from running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Kind of trouble.
    pub reason: AppReason,
    /// In the words of the cluster, without a full stop.
    pub words: String,
}

impl Trouble {
    /// Trouble of this kind. `None` when there are no words.
    #[must_use]
    pub fn new(reason: AppReason, words: &str) -> Option<Self> {
        let words = words.trim().trim_end_matches('.');
        (!words.is_empty()).then(|| Self { reason, words: words.to_owned() })
    }
}

/// What matters about one request of the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestFact {
    /// State, as everywhere in the API.
    pub state: State,
    /// Pod that holds the claim.
    pub worker: Option<String>,
    /// When it was created, in seconds since 1970.
    pub created: Option<i64>,
    /// Whether its requester asked to stop it.
    pub cancel_requested: bool,
    /// How long a letter it asks for.
    pub length: Length,
    /// Completion time in seconds since 1970, and how many milliseconds the last attempt took, of a finished letter.
    pub written: Option<(i64, i64)>,
    /// Hash of the model's weights and completion time in seconds since 1970, of a finished letter.
    pub model: Option<(i64, String)>,
}

/// The Secret that an external database's URL is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExternalDatabaseFact {
    /// Whether there is such a Secret with such a key.
    pub has_url: bool,
    /// Port in the URL.
    pub port: Option<i32>,
}
