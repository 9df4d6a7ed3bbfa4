//! Stores minted passwords and keys: creates a Secret or adds a missing key. Only a rotation replaces anything.

use crds::CoverLetterApp;
use crds::names::{INSTANCE_LABEL, MANAGED_BY, MANAGED_BY_LABEL};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, ObjectMeta, Patch, PatchParams, PostParams};
use kube::{Client, ResourceExt as _};
use serde_json::json;

use super::{FIELD_MANAGER, Failure, api, count, failure, is_ours};
use crate::credentials::Minted;
use crate::credentials::rotation::{Change, ROTATION};
use crate::kinds::{Key, Kind};
use crate::refusal::Refusal;

/// Stores one set of minted values.
///
/// # Errors
/// [`Failure::Refused`] when a Secret of this name is not ours, or the cluster wants no such Secret.
pub async fn store(client: &Client, app: &CoverLetterApp, minted: Minted) -> Result<(), Failure> {
    let api = Api::<Secret>::namespaced(client.clone(), &app.namespace().unwrap_or_default());
    let key = Key::new(Kind::Secret, minted.name.as_str());
    let name = minted.name.to_string();
    let result = if minted.is_new {
        let labels = [(MANAGED_BY_LABEL, MANAGED_BY), (INSTANCE_LABEL, &app.name_any())]
            .map(|(key, value)| (key.to_owned(), value.to_owned()));
        let annotations = minted.rotation.map(|rotation| [(ROTATION.to_owned(), rotation)].into());
        let metadata =
            ObjectMeta { name: Some(name.clone()), labels: Some(labels.into()), annotations, ..ObjectMeta::default() };
        let secret = Secret { metadata, data: Some(minted.data), ..Secret::default() };
        let params = PostParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PostParams::default() };
        api.create(&params, &secret).await
    } else {
        let patch = json!({"data": minted.data});
        api.patch(
            &name,
            &PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() },
            &Patch::Merge(patch),
        )
        .await
    };
    match result {
        Ok(_) => {
            count("create", Kind::Secret);
            Ok(())
        }
        Err(kube::Error::Api(status)) if status.is_already_exists() => foreign_or_late(client, app, &key).await,
        Err(source) => Err(failure("create", &key, source)),
    }
}

/// Writes one step of a rotation.
///
/// # Errors
/// [`Failure::Failed`] with a conflict when the Secret has changed since it was observed.
pub async fn change(client: &Client, app: &CoverLetterApp, change: Change) -> Result<(), Failure> {
    let api = Api::<Secret>::namespaced(client.clone(), &app.namespace().unwrap_or_default());
    let key = Key::new(Kind::Secret, change.name.as_str());
    let metadata = json!({"resourceVersion": change.version, "annotations": change.annotations});
    let patch = Patch::Merge(json!({"metadata": metadata, "data": change.data}));
    let params = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
    api.patch(&key.name, &params, &patch).await.map_err(|source| failure("change", &key, source))?;
    count("change", Kind::Secret);
    Ok(())
}

/// The Secret exists though it was not observed: the watch is a moment behind, or the Secret is not the operator's.
async fn foreign_or_late(client: &Client, app: &CoverLetterApp, key: &Key) -> Result<(), Failure> {
    let api = api(client, &app.namespace().unwrap_or_default(), key.kind);
    let secret = api.get(&key.name).await.map_err(|source| failure("read", key, source))?;
    if is_ours(&secret, app) { Ok(()) } else { Err(Failure::Refused(Refusal::foreign(key, &secret))) }
}
