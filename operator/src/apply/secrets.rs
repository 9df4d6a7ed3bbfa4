//! Stores minted passwords and keys: creates a Secret or adds a missing key, and never replaces anything.

use crds::CoverLetterApp;
use crds::names::{INSTANCE_LABEL, MANAGED_BY};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, ObjectMeta, Patch, PatchParams, PostParams};
use kube::{Client, ResourceExt as _};
use serde_json::json;

use super::{FIELD_MANAGER, count};
use crate::credentials::Minted;
use crate::error::Error;
use crate::kinds::Kind;

/// Stores one set of minted values.
///
/// # Errors
/// [`Error::Foreign`] when a Secret of this name is not ours; [`Error::Write`] otherwise.
pub async fn store(client: &Client, app: &CoverLetterApp, minted: Minted) -> Result<(), Error> {
    let api = Api::<Secret>::namespaced(client.clone(), &app.namespace().unwrap_or_default());
    let name = minted.name.to_string();
    let result = if minted.is_new {
        let labels = [("app.kubernetes.io/managed-by", MANAGED_BY), (INSTANCE_LABEL, &app.name_any())]
            .map(|(key, value)| (key.to_owned(), value.to_owned()));
        let metadata = ObjectMeta { name: Some(name.clone()), labels: Some(labels.into()), ..ObjectMeta::default() };
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
        Err(kube::Error::Api(status)) if status.is_already_exists() => foreign_or_late(&api, name).await,
        Err(source) => Err(Error::Write { verb: "create", what: "Secret", name, source }),
    }
}

/// The Secret exists though it was not observed: the watch is a moment behind, or the Secret is not the operator's.
async fn foreign_or_late(api: &Api<Secret>, name: String) -> Result<(), Error> {
    let secret = api.get(&name).await.map_err(|source| Error::Read { what: "Secret", name: name.clone(), source })?;
    let is_ours = secret.labels().get("app.kubernetes.io/managed-by").is_some_and(|manager| manager == MANAGED_BY);
    if is_ours { Ok(()) } else { Err(Error::Foreign { kind: Kind::Secret, name }) }
}
