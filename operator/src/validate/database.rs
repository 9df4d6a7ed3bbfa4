//! Where an app keeps accounts and letters.

use crds::app::{ExternalDatabase, ManagedDatabase};

use super::pod::PodSettings;
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
    /// Size of its volume, more than nothing.
    pub size: Quantity,
    /// Storage class of its volume; `None` for the cluster's own.
    pub storage_class: Option<String>,
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
            (Some(managed), None) => {
                let stored = app.and_then(|app| stored_size(observed, app));
                Managed::parse(managed, image, stored.as_ref(), violations)
                    .map(|managed| Self::Managed(Box::new(managed)))
            }
            (None, Some(external)) => External::parse(external, observed, violations).map(Self::External),
            _ => {
                violations.add("`database` must have exactly one of `managed` and `external`");
                None
            }
        }
    }
}

impl Managed {
    fn parse(
        given: &ManagedDatabase,
        image: &str,
        stored: Option<&Quantity>,
        violations: &mut Violations,
    ) -> Option<Self> {
        if given.backup.is_some() {
            violations.add("`database.managed.backup` is not supported yet by this version: leave it out");
        }
        let size = Quantity::parse(&given.storage.size).filter(|size| !size.is_zero());
        let size = violations
            .require(size, || "`database.managed.storage.size` must be a positive quantity such as 2Gi".to_owned());
        if let (Some(size), Some(stored)) = (&size, stored)
            && size != stored
        {
            violations.add(format!(
                "`database.managed.storage.size` must stay {stored}: this version cannot resize a volume"
            ));
        }
        let pod = PodSettings::parse(&given.pod, "database.managed", violations);
        Some(Self {
            image: given.image.clone().unwrap_or_else(|| image.to_owned()),
            size: size?,
            storage_class: given.storage.storage_class_name.clone(),
            pod: pod?,
        })
    }
}

impl External {
    fn parse(given: &ExternalDatabase, observed: &Observed, violations: &mut Violations) -> Option<Self> {
        let reference = &given.url_secret_ref;
        let fact = observed.external_database.as_ref().filter(|fact| fact.version.is_some());
        let fact = violations.require(fact, || {
            format!(
                "`database.external.urlSecretRef` must name a Secret with a connection URL: there is no key `{}` in a Secret `{}`",
                reference.key, reference.name
            )
        })?;
        let port = fact.port.unwrap_or(names::DATABASE_PORT);
        Some(Self { secret: reference.name.clone(), key: reference.key.clone(), port })
    }
}

/// Size of the volume that the database has, if it has one.
fn stored_size(observed: &Observed, app: &AppName) -> Option<Quantity> {
    let spec = observed.children.stateful_set(&names::database(app))?.spec.as_ref()?;
    let claim = spec.volume_claim_templates.as_ref()?.first()?.spec.as_ref()?;
    let size = claim.resources.as_ref()?.requests.as_ref()?.get("storage")?;
    Quantity::parse(&size.0)
}
