//! The kinds of object that an app is made of, in the order in which they are applied, and how one object is found.

use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Secret, Service, ServiceAccount};
use k8s_openapi::api::networking::v1::{Ingress, NetworkPolicy};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::api::{ApiResource, GroupVersionKind};

/// Kind of a child object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Identity of a program towards the API server.
    ServiceAccount,
    /// What a program may do with the API server.
    Role,
    /// Gives a role to a program.
    RoleBinding,
    /// Passwords and keys; the operator applies their metadata only.
    Secret,
    /// Which pods may talk to which.
    NetworkPolicy,
    /// How many pods of a component may be evicted at once.
    PodDisruptionBudget,
    /// Stable addresses.
    Service,
    /// The volume of Postgres, which its `StatefulSet` makes and the operator only grows, and the volume of its backups.
    PersistentVolumeClaim,
    /// Postgres.
    StatefulSet,
    /// Web and inference. After everything that their pods mount or call.
    Deployment,
    /// Backups, as they are scheduled.
    CronJob,
    /// One backup, at which the operator only looks; or a password of the database that is set.
    Job,
    /// The site's host names, for the controller of an Ingress.
    Ingress,
    /// The site's host names, where the cluster has the Gateway API.
    HttpRoute,
}

impl Kind {
    /// Every kind, in the order in which objects are applied.
    pub const ALL: [Self; 14] = [
        Self::ServiceAccount,
        Self::Role,
        Self::RoleBinding,
        Self::Secret,
        Self::NetworkPolicy,
        Self::PodDisruptionBudget,
        Self::Service,
        Self::PersistentVolumeClaim,
        Self::StatefulSet,
        Self::Deployment,
        Self::CronJob,
        Self::Job,
        Self::Ingress,
        Self::HttpRoute,
    ];

    /// Group, version and plural by which the API server knows this kind.
    #[must_use]
    pub fn resource(self) -> ApiResource {
        match self {
            Self::ServiceAccount => ApiResource::erase::<ServiceAccount>(&()),
            Self::Role => ApiResource::erase::<Role>(&()),
            Self::RoleBinding => ApiResource::erase::<RoleBinding>(&()),
            Self::Secret => ApiResource::erase::<Secret>(&()),
            Self::NetworkPolicy => ApiResource::erase::<NetworkPolicy>(&()),
            Self::PodDisruptionBudget => ApiResource::erase::<PodDisruptionBudget>(&()),
            Self::Service => ApiResource::erase::<Service>(&()),
            Self::StatefulSet => ApiResource::erase::<StatefulSet>(&()),
            Self::PersistentVolumeClaim => ApiResource::erase::<PersistentVolumeClaim>(&()),
            Self::Deployment => ApiResource::erase::<Deployment>(&()),
            Self::CronJob => ApiResource::erase::<CronJob>(&()),
            Self::Job => ApiResource::erase::<Job>(&()),
            Self::Ingress => ApiResource::erase::<Ingress>(&()),
            Self::HttpRoute => {
                ApiResource::from_gvk(&GroupVersionKind::gvk("gateway.networking.k8s.io", "v1", "HTTPRoute"))
            }
        }
    }

    /// Whether every cluster has this kind.
    #[must_use]
    pub const fn is_built_in(self) -> bool {
        !matches!(self, Self::HttpRoute)
    }

    /// The kind as manifests write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ServiceAccount => "ServiceAccount",
            Self::Role => "Role",
            Self::RoleBinding => "RoleBinding",
            Self::Secret => "Secret",
            Self::NetworkPolicy => "NetworkPolicy",
            Self::PodDisruptionBudget => "PodDisruptionBudget",
            Self::Service => "Service",
            Self::StatefulSet => "StatefulSet",
            Self::PersistentVolumeClaim => "PersistentVolumeClaim",
            Self::Deployment => "Deployment",
            Self::CronJob => "CronJob",
            Self::Job => "Job",
            Self::Ingress => "Ingress",
            Self::HttpRoute => "HTTPRoute",
        }
    }
}

/// Kind and name, which tell two objects of one app apart. Keys are ordered as objects are applied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Kind.
    pub kind: Kind,
    /// Name within the app's namespace.
    pub name: String,
}

impl Key {
    /// Kind and name.
    pub fn new(kind: Kind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }
}
