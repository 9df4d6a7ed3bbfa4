//! The database of an app: managed by the operator, or somebody else's.

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use super::pod::{PodSettings, Resources};
use crate::limits;

/// Where accounts and letters are kept: `managed` (the default) or `external`.
//
// Nothing is filled in when neither is given, because a default that is stored would stand in the way of an `external`
// that is applied later. Earlier versions stored one: a `managed` without settings gives way.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[x_kube(validation = Rule::new(format!("!has(self.managed) || !has(self.external) || (self.managed.storage.size == '{}' && !has(self.managed.storage.storageClassName) && !has(self.managed.image) && !has(self.managed.backup) && !has(self.managed.restoreFrom))", Storage::DEFAULT_SIZE)).message("database takes one of managed and external: remove the settings of the other"))]
pub struct Database {
    /// Postgres run by the operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed: Option<ManagedDatabase>,
    /// Postgres that exists already (CloudNativePG, RDS, ...).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external: Option<ExternalDatabase>,
}

/// Postgres run by the operator: one pod with a volume of its own.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagedDatabase {
    /// The volume.
    #[serde(default)]
    pub storage: Storage,
    /// Image with the environment contract of the official Postgres image. Default: the operator's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 512), regex(pattern = limits::IMAGE))]
    pub image: Option<String>,
    /// Regular dumps to a volume of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<Backup>,
    /// What a new, empty volume of the database is made from. Where the volume holds a database already, nothing is
    /// restored, and the condition `Restored` says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restore_from: Option<RestoreFrom>,
    /// Settings of the pod.
    #[serde(flatten)]
    pub pod: PodSettings,
}

/// The volume of the managed database.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default = "Storage::default", rename_all = "camelCase")]
pub struct Storage {
    /// Size of the volume. The volume grows with it where the storage class allows it, and never shrinks: a smaller size
    /// is told in the status and changes nothing.
    #[schemars(length(min = 1, max = 32))]
    #[x_kube(validation = Rule::new("isQuantity(self)").message("size must be a quantity such as 2Gi"))]
    #[x_kube(validation = Rule::new(format!("!isQuantity(self) || (quantity(self).isGreaterThan(quantity('0')) && quantity(self).compareTo(quantity('{}')) <= 0)", limits::STORAGE_MAX)).message(format!("size must be more than 0 and at most {}", limits::STORAGE_MAX).as_str()))]
    pub size: String,
    /// Storage class of a new volume. Default: the cluster's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253), regex(pattern = limits::DNS_NAME))]
    pub storage_class_name: Option<String>,
}

impl Storage {
    /// Size of a volume for which none is given.
    const DEFAULT_SIZE: &str = "2Gi";

    /// The size as Kubernetes writes it.
    #[must_use]
    pub fn quantity(&self) -> Quantity {
        Quantity(self.size.clone())
    }
}

impl Default for Storage {
    fn default() -> Self {
        Self { size: Self::DEFAULT_SIZE.to_owned(), storage_class_name: None }
    }
}

/// Regular dumps of the managed database. Each is proved by restoring it before it counts.
#[derive(KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backup {
    /// When a dump is made: minute, hour, day of the month, month and day of the week in the syntax of cron, in UTC.
    #[schemars(length(min = 9, max = 100), regex(pattern = limits::SCHEDULE))]
    pub schedule: String,
    /// How many dumps are kept. The oldest goes after a new one was proved.
    #[serde(default = "Backup::default_keep")]
    #[schemars(range(min = 1, max = 365))]
    pub keep: i32,
    /// Set to true to make no dumps for a while.
    #[serde(default)]
    pub suspend: bool,
    /// The volume of the dumps. It stays when the app is deleted, unless `deletionPolicy` is `Delete`.
    #[serde(default)]
    pub storage: Storage,
    /// CPU and memory of the pods that make backups, requests and limits. Default: modest values chosen by the operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Resources>,
}

/// A backup of the app, from the volume of its dumps.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreFrom {
    /// Name of the backup, as `status.backup.name` gave it. Default: the newest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = limits::BACKUP_NAME))]
    pub backup: Option<String>,
}

impl Backup {
    fn default_keep() -> i32 {
        7
    }
}

/// A database that somebody else runs.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExternalDatabase {
    /// Secret key with the connection URL, `postgres://user:password@host:5432/name`. The Secret must be
    /// labelled `coverletter.dev/usable: "true"`.
    pub url_secret_ref: SecretKeyRef,
}

/// Names a key of a Secret in the app's namespace.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretKeyRef {
    /// Name of the Secret.
    #[schemars(length(min = 1, max = 253), regex(pattern = limits::DNS_NAME))]
    pub name: String,
    /// Key in it.
    #[schemars(length(min = 1, max = 253), regex(pattern = limits::SECRET_KEY))]
    pub key: String,
}
