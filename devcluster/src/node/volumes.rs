//! Makes a volume for each claim of the default storage class: a folder that is removed with the claim.
//!
//! The controller-manager's own provisioner makes folders that only root can write to; our pods never run as root.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::core::v1::{
    HostPathVolumeSource, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, ObjectReference, PersistentVolume,
    PersistentVolumeClaim, PersistentVolumeSpec, VolumeNodeAffinity,
};
use kube::Client;
use kube::api::{Api, DeleteParams, ListParams, ObjectMeta, PostParams};
use kube::runtime::{WatchStreamExt, watcher};
use tokio::time::timeout;

use super::error::{NodeError, chain};
use super::instance::Settings;
use super::layout::Layout;

/// Name of the default storage class.
pub const STORAGE_CLASS: &str = "standard";
/// The provisioner that the storage class and its volumes name.
pub const PROVISIONER: &str = "coverletter.dev/devcluster";

const PROVISIONED_BY: &str = "pv.kubernetes.io/provisioned-by";
/// Set by the scheduler once it has chosen a node for the first pod of the claim.
const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";
const HOST_NAME: &str = "kubernetes.io/hostname";
/// All claims and volumes are checked again after this time without a change, which repeats what failed.
const RESYNC: Duration = Duration::from_secs(10);
/// Status codes with which the API server says that a change was made before.
const CONFLICT: u16 = 409;
const NOT_FOUND: u16 = 404;

struct Provisioner {
    claims: Api<PersistentVolumeClaim>,
    volumes: Api<PersistentVolume>,
    folders: PathBuf,
    node: String,
}

/// Serves claims until the node ends.
pub async fn serve(client: Client, layout: &Layout, settings: &Settings) -> Result<(), NodeError> {
    let provisioner = Provisioner {
        claims: Api::all(client.clone()),
        volumes: Api::all(client),
        folders: layout.volumes(),
        node: settings.name.clone(),
    };
    let any = watcher::Config::default();
    let claims = watcher(provisioner.claims.clone(), any.clone()).default_backoff().touched_objects().map_ok(|_| ());
    let volumes = watcher(provisioner.volumes.clone(), any).default_backoff().touched_objects().map_ok(|_| ());
    let mut changes = std::pin::pin!(stream::select(claims, volumes));
    loop {
        // All objects are checked after each change, so a change that was missed is seen with the next one.
        let _ = timeout(RESYNC, changes.next()).await;
        if let Err(error) = provisioner.reconcile().await {
            eprintln!("{}", chain(&error));
        }
    }
}

impl Provisioner {
    async fn reconcile(&self) -> Result<(), NodeError> {
        let everything = ListParams::default();
        for claim in self.claims.list(&everything).await.map_err(NodeError::kube("list claims"))? {
            if is_wanted(&claim, &self.node) {
                self.provide(&claim).await?;
            }
        }
        for volume in self.volumes.list(&everything).await.map_err(NodeError::kube("list volumes"))? {
            if is_released(&volume) {
                self.remove(&volume).await?;
            }
        }
        Ok(())
    }

    async fn provide(&self, claim: &PersistentVolumeClaim) -> Result<(), NodeError> {
        let uid = claim.metadata.uid.as_deref().expect("a claim from the API server has a uid");
        let name = volume_name(uid);
        create_shared(&self.folders.join(&name))?;
        let volume = volume(claim, &self.folders, &self.node);
        match self.volumes.create(&PostParams::default(), &volume).await {
            Err(kube::Error::Api(status)) if status.code == CONFLICT => Ok(()),
            outcome => outcome.map(|_| ()).map_err(NodeError::kube(format!("create the volume `{name}`"))),
        }
    }

    async fn remove(&self, volume: &PersistentVolume) -> Result<(), NodeError> {
        let name = volume.metadata.name.as_deref().expect("a volume from the API server has a name");
        // Not the path in the volume, which a user may have changed.
        let folder = self.folders.join(name);
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(NodeError::at("remove", &folder)(error));
            }
            _ => {}
        }
        match self.volumes.delete(name, &DeleteParams::default()).await {
            Err(kube::Error::Api(status)) if status.code == NOT_FOUND => Ok(()),
            outcome => outcome.map(|_| ()).map_err(NodeError::kube(format!("delete the volume `{name}`"))),
        }
    }
}

/// Makes a folder that every user may write to, whatever the umask of this process.
fn create_shared(folder: &Path) -> Result<(), NodeError> {
    fs::create_dir_all(folder).map_err(NodeError::at("create", folder))?;
    fs::set_permissions(folder, Permissions::from_mode(0o777)).map_err(NodeError::at("open to all", folder))
}

/// Whether the claim waits for a volume on `node`.
#[must_use]
pub fn is_wanted(claim: &PersistentVolumeClaim, node: &str) -> bool {
    let selected = claim.metadata.annotations.as_ref().and_then(|annotations| annotations.get(SELECTED_NODE));
    let spec = claim.spec.as_ref();
    claim.metadata.deletion_timestamp.is_none()
        && selected.is_some_and(|selected| selected == node)
        && spec.is_some_and(|spec| {
            spec.storage_class_name.as_deref() == Some(STORAGE_CLASS)
                && spec.volume_name.as_deref().unwrap_or("").is_empty()
        })
}

/// Whether the volume is one of ours and its claim was deleted.
#[must_use]
pub fn is_released(volume: &PersistentVolume) -> bool {
    let by = volume.metadata.annotations.as_ref().and_then(|annotations| annotations.get(PROVISIONED_BY));
    let phase = volume.status.as_ref().and_then(|status| status.phase.as_deref());
    let policy = volume.spec.as_ref().and_then(|spec| spec.persistent_volume_reclaim_policy.as_deref());
    volume.metadata.deletion_timestamp.is_none()
        && by.is_some_and(|by| by == PROVISIONER)
        && phase == Some("Released")
        && policy == Some("Delete")
}

/// The name of the volume for the claim with this uid, and of the volume's folder.
#[must_use]
pub fn volume_name(uid: &str) -> String {
    format!("pvc-{uid}")
}

/// The volume for `claim`, in a folder of `node` below `folders`.
#[must_use]
pub fn volume(claim: &PersistentVolumeClaim, folders: &Path, node: &str) -> PersistentVolume {
    let name = volume_name(claim.metadata.uid.as_deref().unwrap_or_default());
    let spec = claim.spec.clone().unwrap_or_default();
    let path = folders.join(&name).display().to_string();
    let on_this_node = NodeSelectorTerm {
        match_expressions: Some(vec![NodeSelectorRequirement {
            key: HOST_NAME.to_owned(),
            operator: "In".to_owned(),
            values: Some(vec![node.to_owned()]),
        }]),
        ..NodeSelectorTerm::default()
    };
    PersistentVolume {
        metadata: ObjectMeta {
            name: Some(name),
            annotations: Some(BTreeMap::from([(PROVISIONED_BY.to_owned(), PROVISIONER.to_owned())])),
            ..ObjectMeta::default()
        },
        spec: Some(PersistentVolumeSpec {
            access_modes: spec.access_modes,
            capacity: spec.resources.and_then(|resources| resources.requests),
            claim_ref: Some(ObjectReference {
                api_version: Some("v1".to_owned()),
                kind: Some("PersistentVolumeClaim".to_owned()),
                name: claim.metadata.name.clone(),
                namespace: claim.metadata.namespace.clone(),
                uid: claim.metadata.uid.clone(),
                ..ObjectReference::default()
            }),
            host_path: Some(HostPathVolumeSource { path, type_: Some("Directory".to_owned()) }),
            node_affinity: Some(VolumeNodeAffinity {
                required: Some(NodeSelector { node_selector_terms: vec![on_this_node] }),
            }),
            persistent_volume_reclaim_policy: Some("Delete".to_owned()),
            storage_class_name: spec.storage_class_name,
            volume_mode: Some("Filesystem".to_owned()),
            ..PersistentVolumeSpec::default()
        }),
        status: None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn claim(change: impl FnOnce(&mut Value)) -> PersistentVolumeClaim {
        let mut claim = json!({
            "metadata": {
                "name": "data",
                "namespace": "letters",
                "uid": "0b1c",
                "annotations": {SELECTED_NODE: "dev"},
            },
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": STORAGE_CLASS,
                "resources": {"requests": {"storage": "2Gi"}},
            },
        });
        change(&mut claim);
        serde_json::from_value(claim).unwrap()
    }

    #[test]
    fn claim_is_served_once_its_first_pod_has_a_node() {
        assert!(is_wanted(&claim(|_| ()), "dev"));
        assert!(!is_wanted(&claim(|_| ()), "other"));
        assert!(!is_wanted(&claim(|claim| claim["metadata"]["annotations"] = json!({})), "dev"));
    }

    #[test]
    fn claim_of_another_class_or_with_a_volume_is_left_alone() {
        assert!(!is_wanted(&claim(|claim| claim["spec"]["storageClassName"] = json!("fast")), "dev"));
        assert!(!is_wanted(&claim(|claim| claim["spec"]["volumeName"] = json!("mine")), "dev"));
        assert!(!is_wanted(
            &claim(|claim| claim["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z")),
            "dev"
        ));
    }

    #[test]
    fn volume_is_bound_to_its_claim_and_its_node() {
        let volume = serde_json::to_value(volume(&claim(|_| ()), Path::new("/v"), "dev")).unwrap();
        assert_eq!(volume["metadata"]["name"], "pvc-0b1c");
        assert_eq!(volume["spec"]["claimRef"]["uid"], "0b1c");
        assert_eq!(volume["spec"]["capacity"]["storage"], "2Gi");
        assert_eq!(volume["spec"]["hostPath"]["path"], "/v/pvc-0b1c");
        let term = &volume["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"][0];
        assert_eq!(term["matchExpressions"][0]["values"], json!(["dev"]));
    }

    #[test]
    fn only_our_released_volumes_are_removed() {
        let with_phase = |phase: &str, policy: &str| {
            let mut volume = volume(&claim(|_| ()), Path::new("/v"), "dev");
            volume.spec.as_mut().unwrap().persistent_volume_reclaim_policy = Some(policy.to_owned());
            volume.status = serde_json::from_value(json!({"phase": phase})).unwrap();
            volume
        };
        assert!(is_released(&with_phase("Released", "Delete")));
        assert!(!is_released(&with_phase("Bound", "Delete")));
        assert!(!is_released(&with_phase("Released", "Retain")));
        let mut foreign = with_phase("Released", "Delete");
        foreign.metadata.annotations = None;
        assert!(!is_released(&foreign));
    }
}
