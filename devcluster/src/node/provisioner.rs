//! Gives claims of the default storage class a folder, and takes it back when the claim is gone.
//!
//! The controller-manager's own provisioner makes folders that only root can write; pods of ours never run as root.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use kube::Client;
use kube::api::{Api, DeleteParams, ListParams, PostParams};
use kube::runtime::{WatchStreamExt, watcher};
use tokio::time::timeout;

use super::error::{NodeError, chain};
use super::layout::Layout;
use super::settings::Settings;
pub use super::volume::{PROVISIONER, STORAGE_CLASS};
use super::volume::{is_released, is_wanted, volume, volume_name};

/// Everything is looked at again after this time even when nothing changed, which repeats what failed.
const RESYNC: Duration = Duration::from_secs(10);
/// The API server's answers to what is already done.
const CONFLICT: u16 = 409;
const NOT_FOUND: u16 = 404;

struct Provisioner {
    claims: Api<PersistentVolumeClaim>,
    volumes: Api<PersistentVolume>,
    folders: PathBuf,
    node: String,
}

/// Serves claims for as long as the node lives.
pub async fn run(client: Client, layout: &Layout, settings: &Settings) -> Result<(), NodeError> {
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
        // Which object changed does not matter: all are looked at, so that nothing missed stays missed.
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
                self.take_back(&volume).await?;
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

    async fn take_back(&self, volume: &PersistentVolume) -> Result<(), NodeError> {
        let name = volume.metadata.name.as_deref().expect("a volume from the API server has a name");
        // Not the path in the volume, which somebody may have changed.
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

/// Makes a folder that every user may write, whatever the process's mask says.
fn create_shared(folder: &Path) -> Result<(), NodeError> {
    fs::create_dir_all(folder).map_err(NodeError::at("create", folder))?;
    fs::set_permissions(folder, Permissions::from_mode(0o777)).map_err(NodeError::at("open to all", folder))
}
