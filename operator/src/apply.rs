//! The only code that writes to the API server, leader election and Events aside: server-side apply in order, orphans
//! pruned, a status only when it changed.

pub mod dispatcher;
pub mod pods;
pub mod requests;
pub mod rights;
pub mod secrets;

use crds::metrics::WRITES;
use crds::names::{INSTANCE_LABEL, MANAGED_BY, MANAGED_BY_LABEL};
use crds::{AppReason, CoverLetterApp, CoverLetterAppStatus};
use kube::api::{Api, DeleteParams, DynamicObject, Patch, PatchParams, Preconditions};
use kube::{Client, ResourceExt as _};
use serde_json::{Value, json};

use crate::error::Error;
use crate::kinds::{Key, Kind};
use crate::live::{Applied, Live};
use crate::names::ChildName;
use crate::objects::{Desired, is_applied};
use crate::observed::Observed;
use crate::refusal::Refusal;

/// Name by which the API server knows the fields that this program owns.
pub const FIELD_MANAGER: &str = "coverletter-operator";

/// Why one object was not written.
pub enum Failure {
    /// The cluster does not want it as it is; other objects can be written.
    Refused(Refusal),
    /// The cluster did not answer as it should; trying again may help.
    Failed(Error),
}

/// What became of the objects of an app.
pub struct Outcome {
    /// The objects as the cluster has them.
    pub applied: Applied,
    /// Those that it does not have as desired.
    pub refusals: Vec<Refusal>,
}

/// Brings the objects of `app` in the cluster to the desired state. Objects that have it already are not written, and
/// one that cannot be written does not keep the others from it.
///
/// # Errors
/// The first write to which the cluster did not answer, or an answer that does not fit its kind. What was written stays;
/// the next reconciliation goes on from there.
pub async fn objects(
    client: &Client,
    app: &CoverLetterApp,
    desired: &Desired,
    observed: &Observed,
) -> Result<Outcome, Error> {
    let writer = Writer { client, app, namespace: app.namespace().unwrap_or_default() };
    let mut applied = Live::default();
    let mut refusals = Vec::new();
    let mut failed = None;
    for (key, object) in desired.iter() {
        if key.kind == Kind::CronJob && has_foreign_volume(&refusals) {
            continue;
        }
        let live = observed.children.get(key);
        match writer.bring(key, object, live).await {
            Ok(object) => applied.add(key.clone(), object)?,
            Err(failure) => {
                // What was there before still counts.
                if let Some(live) = live {
                    applied.add(key.clone(), live.clone())?;
                }
                sort(failure, &mut refusals, &mut failed);
            }
        }
    }
    for key in desired.orphans(&observed.children, app.metadata.uid.as_deref().unwrap_or_default()) {
        let uid = observed.children.get(&key).and_then(|object| object.metadata.uid.clone());
        if let Err(failure) = writer.prune(&key, uid).await {
            sort(failure, &mut refusals, &mut failed);
        }
    }
    failed.map_or(Ok(Outcome { applied: Applied(applied), refusals }), Err)
}

/// Changes the claim of the database, for example its size. Kubernetes changes no claim through its `StatefulSet`.
///
/// # Errors
/// [`Failure`].
pub async fn claim(client: &Client, app: &CoverLetterApp, claim: &ChildName, changes: Value) -> Result<(), Failure> {
    let key = Key::new(Kind::PersistentVolumeClaim, claim.as_str());
    let params = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
    let api = api(client, &app.namespace().unwrap_or_default(), key.kind);
    match api.patch(&key.name, &params, &Patch::Merge(changes)).await {
        Ok(_) => count("change", key.kind),
        Err(source) => return Err(failure("change", &key, source)),
    }
    Ok(())
}

/// Whether the volume of the backups is somebody else's, which no backup may fill.
fn has_foreign_volume(refusals: &[Refusal]) -> bool {
    let is_foreign = |refusal: &Refusal| refusal.reason == AppReason::ForeignObject;
    refusals.iter().any(|refusal| refusal.key.kind == Kind::PersistentVolumeClaim && is_foreign(refusal))
}

fn sort(failure: Failure, refusals: &mut Vec<Refusal>, failed: &mut Option<Error>) {
    match failure {
        Failure::Refused(refusal) => refusals.push(refusal),
        Failure::Failed(error) => {
            failed.get_or_insert(error);
        }
    }
}

/// Writes the objects of one app.
struct Writer<'a> {
    client: &'a Client,
    app: &'a CoverLetterApp,
    namespace: String,
}

impl Writer<'_> {
    /// Brings one object to the desired state, unless there is one of its name that is not the app's.
    async fn bring(
        &self,
        key: &Key,
        object: &DynamicObject,
        live: Option<&DynamicObject>,
    ) -> Result<DynamicObject, Failure> {
        // The stores have only what carries our labels, and may be a moment behind.
        let read = match live {
            Some(_) => None,
            None => self.api(key).get_opt(&key.name).await.map_err(|source| failure("read", key, source))?,
        };
        let live = live.or(read.as_ref());
        if let Some(live) = live {
            if !is_ours(live, self.app) {
                return Err(Failure::Refused(Refusal::foreign(key, live)));
            }
            if is_applied(live, object) {
                return Ok(live.clone());
            }
        }
        // Somebody else may have been faster to create it; then a field that both want is a conflict.
        let params = PatchParams { force: live.is_some(), ..PatchParams::apply(FIELD_MANAGER) };
        let applied = self.api(key).patch(&key.name, &params, &Patch::Apply(object)).await;
        let applied = applied.map_err(|source| failure("apply", key, source))?;
        count("apply", key.kind);
        Ok(applied)
    }

    async fn prune(&self, key: &Key, uid: Option<String>) -> Result<(), Failure> {
        // With the uid only the object that was observed is deleted, not a newer one of the same name.
        let params = DeleteParams::background().preconditions(Preconditions { uid, resource_version: None });
        match self.api(key).delete(&key.name, &params).await {
            Ok(_) => {
                count("delete", key.kind);
                Ok(())
            }
            Err(kube::Error::Api(status)) if status.is_not_found() => Ok(()),
            Err(source) => Err(failure("delete", key, source)),
        }
    }

    fn api(&self, key: &Key) -> Api<DynamicObject> {
        api(self.client, &self.namespace, key.kind)
    }
}

/// Whether `object` is the app's: owned by it, or owned by nobody and labelled as its own, as what outlives an app is.
#[must_use]
pub fn is_ours(object: &DynamicObject, app: &CoverLetterApp) -> bool {
    let owners = object.metadata.owner_references.as_deref().unwrap_or_default();
    if owners.is_empty() {
        let has = |key: &str, value: &str| object.labels().get(key).is_some_and(|label| label == value);
        return has(MANAGED_BY_LABEL, MANAGED_BY) && has(INSTANCE_LABEL, &app.name_any());
    }
    owners.iter().any(|owner| Some(&owner.uid) == app.metadata.uid.as_ref())
}

/// Writes the status of an app if it differs from the one that was read. Returns whether it was written.
///
/// # Errors
/// [`Error::Write`]. An app that is gone is no error.
pub async fn status(client: &Client, app: &CoverLetterApp, status: &CoverLetterAppStatus) -> Result<bool, Error> {
    if app.status.as_ref() == Some(status) {
        return Ok(false);
    }
    let namespace = app.namespace().unwrap_or_default();
    let name = app.name_any();
    let patch = json!({"apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterApp", "status": status});
    let params = PatchParams::apply(FIELD_MANAGER).force();
    let api = Api::<CoverLetterApp>::namespaced(client.clone(), &namespace);
    match api.patch_status(&name, &params, &Patch::Apply(patch)).await {
        Ok(_) => {
            metrics::counter!(WRITES.name, "verb" => "status", "kind" => "CoverLetterApp").increment(1);
            Ok(true)
        }
        Err(kube::Error::Api(status)) if status.is_not_found() => Ok(false),
        Err(source) => Err(Error::Write { verb: "write the status of", what: "CoverLetterApp", name, source }),
    }
}

fn api(client: &Client, namespace: &str, kind: Kind) -> Api<DynamicObject> {
    Api::namespaced_with(client.clone(), namespace, &kind.resource())
}

/// Sorts an error by whether trying again without a change may help.
fn failure(verb: &'static str, key: &Key, source: kube::Error) -> Failure {
    match &source {
        kube::Error::Api(status) if !matches!(status.code, 409 | 429 | 503 | 504) => {
            Failure::Refused(Refusal::refused(verb, key, status))
        }
        _ => Failure::Failed(Error::Write { verb, what: key.kind.as_str(), name: key.name.clone(), source }),
    }
}

fn count(verb: &'static str, kind: Kind) {
    metrics::counter!(WRITES.name, "verb" => verb, "kind" => kind.as_str()).increment(1);
}
