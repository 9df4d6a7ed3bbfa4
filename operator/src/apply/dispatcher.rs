//! The Lease by which the workers of an app know that the operator hands them requests.

use crds::names::{APP_NAME, INSTANCE_LABEL, MANAGED_BY, MANAGED_BY_LABEL, dispatcher_lease};
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};

use super::FIELD_MANAGER;
use crate::error::Error;

/// Seconds after which workers take a Lease that is not renewed for a dead dispatcher's.
const VALID_SECONDS: i32 = 10;

/// An app whose requests are handed to workers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dispatched {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Uid, by which the Lease goes with the app.
    pub uid: String,
}

impl Dispatched {
    /// Its namespace and name.
    #[must_use]
    pub fn key(&self) -> (String, String) {
        (self.namespace.clone(), self.name.clone())
    }
}

/// Renews the Lease of `app` in the name of `holder`. Without a holder, workers claim for themselves at once.
///
/// # Errors
/// [`Error::Write`].
pub async fn renew(client: &Client, app: &Dispatched, holder: Option<&str>) -> Result<(), Error> {
    let (name, lease) = (dispatcher_lease(&app.name), lease(app, holder, Timestamp::now()));
    let api = Api::<Lease>::namespaced(client.clone(), &app.namespace);
    let written = api.patch(&name, &PatchParams::apply(FIELD_MANAGER).force(), &Patch::Apply(lease)).await;
    written.map(|_| ()).map_err(|source| Error::Write { verb: "renew", what: "Lease", name, source })
}

/// The whole Lease.
#[must_use]
pub fn lease(app: &Dispatched, holder: Option<&str>, now: Timestamp) -> Value {
    json!({
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {
            "name": dispatcher_lease(&app.name),
            "labels": {"app.kubernetes.io/name": APP_NAME, INSTANCE_LABEL: app.name, MANAGED_BY_LABEL: MANAGED_BY},
            "ownerReferences": [{
                "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterApp", "name": app.name, "uid": app.uid,
            }],
        },
        "spec": {
            "holderIdentity": holder,
            "leaseDurationSeconds": VALID_SECONDS,
            "renewTime": MicroTime(now),
        },
    })
}
