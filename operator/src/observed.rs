//! What the cluster looks like to one reconciliation: plain data, read once.

use std::collections::BTreeMap;

use crds::request::State;
use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::Secret;
use kube::api::DynamicObject;
use serde::de::DeserializeOwned;

use crate::kinds::Kind;
use crate::objects::{Key, parse};

/// Annotation by which a `ReplicaSet` chooses whom to end first: the lowest.
pub const DELETION_COST_ANNOTATION: &str = "controller.kubernetes.io/pod-deletion-cost";
/// Deletion cost of a pod that should go.
pub const DELETION_COST: &str = "-1000";

/// A number of objects as statuses have it.
#[must_use]
pub fn count(objects: impl Iterator) -> i32 {
    i32::try_from(objects.count()).unwrap_or(i32::MAX)
}

/// Everything that an app's reconciliation looks at.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// Objects that carry the app's labels.
    pub children: BTreeMap<Key, DynamicObject>,
    /// The app's pods.
    pub pods: Vec<PodFact>,
    /// The app's requests.
    pub requests: Vec<RequestFact>,
    /// The external database's Secret, when the app has one.
    pub external_database: Option<ExternalDatabaseFact>,
    /// Addresses and ports where the API server answers. Empty when nobody knows.
    pub api_server: Vec<(String, i32)>,
    /// Whether the cluster knows `HTTPRoute`.
    pub has_routes: bool,
}

/// What matters about one pod of the app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodFact {
    /// Name.
    pub name: String,
    /// Uid.
    pub uid: String,
    /// Value of the component label.
    pub component: String,
    /// Whether its Ready condition is true.
    pub ready: bool,
    /// Whether somebody asked it to end, or it ended.
    pub ending: bool,
    /// Whether it carries the deletion cost of a pod that should go.
    pub marked: bool,
    /// Address of its node.
    pub host_ip: Option<String>,
    /// Why one of its containers does not run, in words, where anybody has said it.
    pub trouble: Option<String>,
}

/// What matters about one request of the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestFact {
    /// Where it stands.
    pub state: State,
    /// Pod that holds the claim.
    pub worker: Option<String>,
    /// When it was created, in seconds since 1970.
    pub created: Option<i64>,
    /// Whether its requester asked to stop it.
    pub cancel_requested: bool,
    /// Hash of the model's weights and completion time in seconds since 1970, of a finished letter.
    pub model: Option<(i64, String)>,
}

/// The Secret that an external database's URL is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExternalDatabaseFact {
    /// Changes with the Secret. `None` when Secret or key are not there.
    pub version: Option<String>,
    /// Port in the URL.
    pub port: Option<i32>,
}

impl Observed {
    /// The child of this kind and name, read as `K`.
    #[must_use]
    pub fn find<K: DeserializeOwned>(&self, kind: Kind, name: &str) -> Option<K> {
        parse(self.children.get(&Key::new(kind, name))?)
    }

    /// The Deployment of this name.
    #[must_use]
    pub fn deployment(&self, name: &str) -> Option<Deployment> {
        self.find(Kind::Deployment, name)
    }

    /// The `StatefulSet` of this name.
    #[must_use]
    pub fn stateful_set(&self, name: &str) -> Option<StatefulSet> {
        self.find(Kind::StatefulSet, name)
    }

    /// The Secret of this name.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<Secret> {
        self.find(Kind::Secret, name)
    }
}
