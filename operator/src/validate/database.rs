//! Where an app keeps accounts and letters.

use crds::app::{ExternalDatabase, ManagedDatabase};
use k8s_openapi::api::core::v1::PersistentVolumeClaimSpec;

use super::pod::PodSettings;
use super::secret;
use super::violation::Violations;
use crate::names::{self, AppName};
use crate::observed::Observed;
use crate::quantity::Quantity;

/// Where accounts and letters are kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Database {
    /// Postgres of our own.
    Managed(Box<Managed>),
    /// Postgres that runs outside the app.
    External(External),
}

/// Postgres that the operator runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Managed {
    /// Its image.
    pub image: String,
    /// Size of a new volume, more than nothing.
    pub size: Quantity,
    /// Storage class of a new volume; `None` for the cluster's own.
    pub storage_class: Option<String>,
    /// Size to which its volume should grow.
    pub grows_to: Option<Quantity>,
    /// Settings of its pod.
    pub pod: PodSettings,
}

/// Where a Postgres outside the app is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    /// Secret with the URL.
    pub secret: String,
    /// Key of the URL in it.
    pub key: String,
    /// Port in the URL.
    pub port: i32,
}

impl Database {
    /// The one database that `given` names. `image` is the image for those that name none.
    pub(super) fn parse(
        given: &crds::app::Database,
        image: &str,
        observed: &Observed,
        app: Option<&AppName>,
        violations: &mut Violations,
    ) -> Option<Self> {
        match (&given.managed, &given.external) {
            // A `managed` beside it is a default that an earlier version stored.
            (_, Some(external)) => External::parse(external, observed, violations).map(Self::External),
            (managed, None) => {
                let managed = managed.clone().unwrap_or_default();
                let stored = app.map(|app| Stored::of(observed, app)).unwrap_or_default();
                Managed::parse(&managed, image, stored, violations).map(|managed| Self::Managed(Box::new(managed)))
            }
        }
    }
}

impl Managed {
    fn parse(given: &ManagedDatabase, image: &str, stored: Stored, violations: &mut Violations) -> Option<Self> {
        if given.backup.is_some() {
            violations.add("`database.managed.backup` is not supported yet by this version: leave it out");
        }
        let size = Quantity::parse(&given.storage.size).filter(|size| !size.is_zero());
        let size = violations
            .require(size, || "`database.managed.storage.size` must be a positive quantity such as 2Gi".to_owned());
        if let (Some(size), Some(volume)) = (&size, &stored.volume)
            && size < volume
        {
            violations.add_partial(format!(
                "`database.managed.storage.size` must be at least {volume}, as the volume is: a volume cannot shrink"
            ));
        }
        let class = &given.storage.storage_class_name;
        if let (Some(given), Some(kept)) = (class, &stored.class)
            && given != kept
        {
            violations.add_partial(format!(
                "`database.managed.storage.storageClassName` must stay {kept}: the volume of a database cannot move to another class"
            ));
        }
        let pod = PodSettings::parse(&given.pod, "database.managed", violations);
        let size = size?;
        let grows_to = stored.volume.filter(|volume| *volume < size).map(|_| size.clone());
        Some(Self {
            image: given.image.clone().unwrap_or_else(|| image.to_owned()),
            size,
            storage_class: class.clone(),
            grows_to,
            pod: pod?,
        })
    }
}

impl External {
    fn parse(given: &ExternalDatabase, observed: &Observed, violations: &mut Violations) -> Option<Self> {
        let reference = &given.url_secret_ref;
        let fact = observed.external_database.as_ref().filter(|fact| fact.has_url);
        let fact = violations.require(fact, || {
            format!(
                "`database.external.urlSecretRef` must name a Secret with a connection URL: there is no key `{}` in a Secret `{}`",
                reference.key, reference.name
            )
        })?;
        if !secret::may_use(&reference.name, observed) {
            violations.add(secret::sentence("database.external.urlSecretRef", &reference.name));
        }
        let port = fact.port.unwrap_or(names::DATABASE_PORT);
        Some(Self { secret: reference.name.clone(), key: reference.key.clone(), port })
    }
}

/// What the cluster has of the database already.
#[derive(Default)]
struct Stored {
    /// Storage class of the volume.
    class: Option<String>,
    /// Size that the volume has or is growing to.
    volume: Option<Quantity>,
}

impl Stored {
    fn of(observed: &Observed, app: &AppName) -> Self {
        let claim = observed.children.claim(&names::database_claim(app)).and_then(|claim| claim.spec.as_ref());
        Self { class: claim.and_then(|claim| claim.storage_class_name.clone()), volume: claim.and_then(size) }
    }
}

fn size(claim: &PersistentVolumeClaimSpec) -> Option<Quantity> {
    Quantity::parse(&claim.resources.as_ref()?.requests.as_ref()?.get("storage")?.0)
}
